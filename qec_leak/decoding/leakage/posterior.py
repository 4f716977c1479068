"""``infer_leakage``: how likely each qubit is leaked, round by round, in each shot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak.decoding.error_model import matching_error_model
from qec_leak.decoding.leakage.inference import LeakageInference
from qec_leak.decoding.leakage.model import LeakageModel
from qec_leak.decoding.leakage.rates import scaled_leaking
from qec_leak.decoding.leakage.seen import checked_events, checked_heralds

Floats32 = npt.NDArray[np.float32]

_CHUNK_FLOATS = 1 << 22


@dataclass(frozen=True, eq=False)
class LeakagePosterior:
    """Probabilities of leaked levels, given what was seen.

    Attributes:
        level_probability: float32 (shots, snapshots, qubits, 2): of the levels 2 and 3 at each
            TICK[LEAKAGE_POPULATION], the ends of rounds in a memory experiment, as ``ShotBatch.levels`` has the truth.
        level_probability_at_measurements: float32 (shots, measurements, 2): the same at each measurement.

    Examples:
        >>> import numpy as np
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4, strategy="MLR", device="willow")
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(100)
        >>> posterior = ql.infer_leakage(memory.circuit, batch.detection_events)
        >>> posterior.level_probability.shape, posterior.leakage_probability.shape
        ((100, 4, 17, 2), (100, 4, 17))
        >>> kept = posterior.suspicion <= np.quantile(posterior.suspicion, 0.9)  # drops the most suspected tenth
        >>> int(kept.sum())
        90
    """

    level_probability: Floats32
    level_probability_at_measurements: Floats32

    @property
    def leakage_probability(self) -> Floats32:
        """float32 (shots, snapshots, qubits): of level 2 or 3."""
        return np.asarray(self.level_probability.sum(axis=3))

    @property
    def expected_population(self) -> npt.NDArray[np.float64]:
        """float64 (snapshots, qubits): mean over the shots of the probability of level 2 or 3."""
        return np.asarray(self.leakage_probability.mean(axis=0, dtype=np.float64))

    @property
    def suspicion(self) -> Floats32:
        """float32 (shots,): expected number of leaked qubit-rounds, to keep the shots that are least suspected.

        notebooks/leakage_decoding.ipynb says how well it predicts logical errors.
        """
        return np.asarray(self.level_probability.sum(axis=(1, 2, 3)))


def infer_leakage(
    circuit: stim.Circuit,
    detection_events: npt.NDArray[np.bool_],
    heralds: npt.NDArray[np.uint8] | None = None,
    *,
    leak_scale: float = 1.0,
) -> LeakagePosterior:
    """Infer from detection events, and heralds if there are some, which qubits are leaked when.

    Rates of leakage, transport and return, and what a leaked qubit does to its neighbours, are those of the circuit's
    tags. The method and its limits are in docs/leakage_decoding.md: probabilities below one half are too low where
    leakage is short, or neighbours that share checks are suspected too.

    Args:
        circuit: the circuit that was run, noise and leakage in it. Its errors must decompose into edges.
        detection_events: bool (shots, detectors).
        heralds: uint8 (shots, measurements): level at each measurement, 0 (computational), 2 or 3; None: not known.
        leak_scale: factor on the rates at which transmons leak, such as ``fit_leakage_scale`` finds.

    Returns:
        The posterior of the levels.

    Raises:
        ValueError: an array is of another circuit, or the circuit cannot be read.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4, strategy="MLR", device="willow")
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(10)
        >>> ql.infer_leakage(memory.circuit, batch.detection_events).leakage_probability.shape
        (10, 4, 17)
    """
    _checks.check_positive("leak_scale", leak_scale)
    events = checked_events(detection_events, circuit)
    heralds = checked_heralds(heralds, len(events), circuit)
    model = scaled_leaking(LeakageModel.of_circuit(circuit, matching_error_model(circuit)), leak_scale)
    inference = LeakageInference(model)
    packed = np.packbits(events, axis=1, bitorder="little")
    at_ticks, at_measurements = np.flatnonzero(model.snapshot >= 0), np.flatnonzero(model.measurement >= 0)
    levels = np.zeros((len(events), model.num_snapshots, model.num_qubits, 2), dtype=np.float32)
    measured = np.zeros((len(events), model.num_measurements, 2), dtype=np.float32)
    step = max(1, _CHUNK_FLOATS // max(2 * model.num_events, 1))
    for start in range(0, len(events), step):
        rows = slice(start, start + step)
        part = packed[rows]
        known = inference.known_levels(len(part), None if heralds is None else heralds[rows])
        found = inference.infer(part, known, levels=True).levels
        levels[rows, model.snapshot[at_ticks], model.qubit[at_ticks]] = found[:, at_ticks]
        measured[rows, model.measurement[at_measurements]] = found[:, at_measurements]
    return LeakagePosterior(levels, measured)
