"""One memory circuit with a given leakage history, in two forms: tags for the engine, and tables for leakysim."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.patches import surface_patch
from qec_leak.circuits.strategy import Strategy
from qec_leak.engine import compile_sampler
from qec_leak.validate.compare import Bits
from qec_leak.validate.oracle import run_oracle

TableRow = tuple[list[int], list[int], str, float]
_ANNOTATIONS = ("DETECTOR", "OBSERVABLE_INCLUDE", "QUBIT_COORDS", "SHIFT_COORDS", "TICK")


@dataclass(frozen=True)
class History:
    """What happens to ``qubit``, leaked to level 2 at the start of round ``leaves`` (0-based).

    returns: round at whose start it comes back, with ``value`` (None: random); None: it stays.
    partner_z: probability of a Z on the computational partner after each CZ with the leaked qubit.
    transport: probability that the leakage moves to the partner in such a CZ.   spread: that the partner leaks too.
    depolarize: noise of data qubits a round.
    """

    qubit: int
    distance: int = 3
    strategy: Strategy = Strategy.MLR
    rounds: int = 8
    leaves: int = 3
    returns: int | None = None
    value: int | None = 0
    partner_z: float = 0.0
    transport: float = 0.0
    spread: float = 0.0
    depolarize: float = 0.004


@dataclass(frozen=True)
class Renderings:
    """``ours`` is the tagged circuit; ``theirs`` the leakysim circuit with its ``channels``."""

    ours: str
    theirs: str
    channels: list[list[TableRow]]


def _complete(rows: Sequence[TableRow], labels: Sequence[list[int]]) -> list[TableRow]:
    """``rows`` with what is left of each incoming row doing nothing."""
    out = [row for row in rows if row[3] > 0]
    for label in labels:
        left = 1 - sum(row[3] for row in out if row[0] == label)
        if left > 1e-12:
            out.append((label, label, "I" * len(labels[0]), left))
    return out


def _channels(h: History) -> list[list[TableRow]]:
    """leakysim's tables: leave, CZ with a leaked qubit, return with a random value."""
    rows: list[TableRow] = []
    for leaked, other, z in (([1, 0], [0, 1], "IZ"), ([0, 1], [1, 0], "ZI")):
        moves = [(leaked, other, "II", h.transport), (leaked, [1, 1], "II", h.spread)]
        rows += [(leaked, leaked, z, h.partner_z), *moves]
    return [
        [([0], [1], "I", 1.0), ([1], [1], "I", 1.0)],
        _complete(rows, [[0, 0], [1, 0], [0, 1], [1, 1]]),
        [([1], [0], "I", 1.0), ([0], [0], "I", 1.0)],
    ]


def render(h: History) -> Renderings:
    """Round by round from the noise-free circuit: rounds end at the LEAKAGE_POPULATION tick."""
    ideal = ideal_memory_circuit(surface_patch(h.distance), h.strategy, h.rounds, "Z").flattened()
    pair = (
        f"II_ERROR[LEAKAGE_TRANSITION_2: ({h.partner_z}, 2_U-->2_U, IZ) ({h.partner_z}, U_2-->U_2, ZI) "
        f"({h.transport}, 2_U<->U_2) ({h.spread}, 2_U-->2_2) ({h.spread}, U_2-->2_2)]"
    )
    data = " ".join(map(str, range(h.distance**2)))
    ours: list[str] = []
    theirs: list[str] = []
    round_index, fresh, prepared = 0, True, False
    for item in ideal:
        if fresh and prepared:
            fresh = False
            ours.append(f"DEPOLARIZE1({h.depolarize}) {data}")
            theirs.append(ours[-1])
            if round_index == h.leaves:
                ours.append(f"I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] {h.qubit}")
                theirs.append(f"I[leaky<0>] {h.qubit}")
            if round_index == h.returns:
                after = "U" if h.value is None else str(h.value)
                ours.append(f"I_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->{after})] {h.qubit}")
                definite = [f"R {h.qubit}"] + ([f"X {h.qubit}"] if h.value else [])
                theirs += [f"I[leaky<2>] {h.qubit}"] if h.value is None else definite
        if item.name == "TICK":
            prepared = True
            if item.tag:
                round_index += 1
                fresh = True
            continue
        ours.append(str(item))
        if item.name not in _ANNOTATIONS:
            theirs.append(str(item))
        if item.name == "CZ":
            targets = " ".join(str(t.value) for t in item.targets_copy())
            ours.append(f"{pair} {targets}")
            theirs.append(f"I[leaky<1>] {targets}")
    return Renderings("\n".join(ours), "\n".join(theirs), _channels(h))


def leakysim_records(python: str, rendered: Renderings, shots: int, seed: int) -> npt.NDArray[np.uint8]:
    """Records of leakysim, uint8 (shots, measurements): 0, 1, and the level of a leaked qubit."""
    job: dict[str, object] = {
        "task": "sample",
        "circuit": rendered.theirs,
        "channels": rendered.channels,
        "shots": shots,
        "seed": seed,
    }
    with tempfile.TemporaryDirectory() as folder:
        return np.asarray(run_oracle(python, job, Path(folder))["records"]).astype(np.uint8)


def leakysim_bits(python: str, rendered: Renderings, shots: int, seed: int) -> Bits:
    """bool (shots, detectors + measurements): detection events, where a leaked qubit reads 1, as in our readout by
    default; then whether the measured qubit was leaked."""
    records = leakysim_records(python, rendered, shots, seed)
    return np.hstack([detection_events(rendered.ours, records > 0), records >= 2])


def detection_events(circuit: str, records: Bits) -> Bits:
    """Detection events of records, bool (shots, detectors)."""
    converter = stim.Circuit(circuit).compile_m2d_converter()
    return np.asarray(converter.convert(measurements=records, append_observables=False))


def engine_bits(rendered: Renderings, shots: int, seed: int) -> Bits:
    """The same as ``leakysim_bits`` of the engine."""
    batch = compile_sampler(rendered.ours, seed=seed).sample(shots, heralds=True, populations=None)
    assert batch.heralds is not None
    return np.hstack([batch.detection_events, batch.heralds >= 2])
