"""Leakage for sinter: samplers that ``sinter.collect`` and sinter's command line take as custom decoders.

>>> import sinter
>>> import qec_leak as ql
>>> from qec_leak.sinter import samplers
>>> memory = ql.memory_experiment(distance=3, rounds=5, strategy="DQLR", device="miao2023")
>>> task = sinter.Task(circuit=memory.circuit, json_metadata={"d": 3, "r": 5})
>>> [stats] = sinter.collect(  # doctest: +SKIP
...     num_workers=2, tasks=[task], custom_decoders=samplers(), decoders=["qec_leak-pymatching"], max_shots=10_000
... )

On the command line::

    sinter collect --circuits *.stim --decoders qec_leak-pymatching --max_shots 10000 --processes 2
        --custom_decoders_module_function qec_leak.sinter:samplers --save_resume_filepath stats.csv

Leakage is in the circuit's tags, so circuits with different leakage have different strong ids and one resume file keeps
them apart. The names begin with "qec_leak-": sinter's own "pymatching" samples the same circuit without its leakage.
sinter takes no seed, so each run is a new one; ``qec-leak sweep`` runs can be repeated bit for bit.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import sinter
import stim

from qec_leak.circuits.moments import operated_qubits
from qec_leak.decode import Decoder
from qec_leak.engine import LeakageSampler, ShotBatch
from qec_leak.engine.kernels import BLOCK_SHOTS
from qec_leak.program import compile_program
from qec_leak.sweep.counting import MAX_ROUNDS
from qec_leak.sweep.point import DECODERS, SAMPLED_BY

_CALL_SECONDS = 1.0
"""sinter is answered about once a second: often enough for its progress and for Ctrl-C."""

_MAX_CALL_SHOTS = 1 << 16


def samplers() -> dict[str, sinter.Sampler]:
    """The samplers by name, for ``sinter.collect(custom_decoders=samplers())``: "qec_leak-pymatching" and
    "qec_leak-pymatching-correlated"."""
    return {SAMPLED_BY + name: Sampler(correlated=name == "pymatching-correlated") for name in DECODERS}


@dataclass(frozen=True)
class Sampler(sinter.Sampler):  # type: ignore[misc]  # sinter has no types
    """Samples a circuit with the leakage in its tags, and decodes with PyMatching on the task's error model.

    custom_counts: ``detectors_checked`` and ``detection_events`` as sinter counts them; ``qubits_data`` (qubits times
    shots), ``leaked_data_r1``, ... (how often one of them was in level 2 or 3 at the end of that round, i.e. at each
    ``TICK[LEAKAGE_POPULATION]``), and so on for ``measure`` and ``removal`` qubits.

    correlated: decode with PyMatching's two-pass correlated matching.
    """

    correlated: bool = False

    def compiled_sampler_for_task(self, task: sinter.Task) -> sinter.CompiledSampler:
        """Compile the sampler of one task."""
        return _CompiledSampler(task, self.correlated)


class _CompiledSampler(sinter.CompiledSampler):  # type: ignore[misc]
    def __init__(self, task: sinter.Task, correlated: bool) -> None:
        circuit = task.circuit if task.circuit is not None else stim.Circuit.from_file(str(task.circuit_path))
        model = circuit if task.detector_error_model is None else task.detector_error_model
        self._decoder = Decoder(model, correlated=correlated)
        self._sampler = LeakageSampler(compile_program(circuit))
        self._discard_events: npt.NDArray[np.uint8] | None = task.postselection_mask
        self._discard_flips: npt.NDArray[np.uint8] | None = task.postselected_observables_mask
        self._qubits = _qubits_by_role(circuit)
        self._call_shots = BLOCK_SHOTS

    def sample(self, suggested_shots: int) -> sinter.AnonTaskStats:
        """Sample and decode at most ``suggested_shots``."""
        start = time.thread_time()
        batch = self._sampler.sample(max(1, min(suggested_shots, self._call_shots)), populations="rounds")
        events, flips = batch.detection_events_b8, batch.observable_flips_b8
        kept = np.ones(batch.shots, dtype=np.bool_)
        if self._discard_events is not None:
            kept &= ~np.any(events & self._discard_events, axis=1)
        wrong = self._decoder.decode_batch(events[kept]) ^ flips[kept]
        discards = int(batch.shots - kept.sum())
        if self._discard_flips is not None:
            discarded = np.any(wrong & self._discard_flips, axis=1)
            discards += int(discarded.sum())
            wrong = wrong[~discarded]
        counts = self._counts(batch)
        seconds = time.thread_time() - start
        self._adapt(batch.shots, seconds)
        return sinter.AnonTaskStats(
            shots=batch.shots,
            errors=int(np.any(wrong, axis=1).sum()),
            discards=discards,
            seconds=seconds,
            custom_counts=counts,
        )

    def handles_throttling(self) -> bool:
        """True: calls are kept short here; sinter's throttle would ask for a few shots of blocks of 1,024."""
        return True

    def _adapt(self, shots: int, seconds: float) -> None:
        wanted = shots * _CALL_SECONDS / max(seconds, 1e-6) // BLOCK_SHOTS * BLOCK_SHOTS
        self._call_shots = int(min(max(wanted, BLOCK_SHOTS), 2 * self._call_shots, _MAX_CALL_SHOTS))

    def _counts(self, batch: ShotBatch) -> Counter[str]:
        out: Counter[str] = Counter()
        out["detectors_checked"] = batch.num_detectors * batch.shots
        out["detection_events"] = int(batch.detection_events.sum(dtype=np.int64))
        assert batch.population_counts is not None, "sampled with populations"
        leaked = batch.population_counts.sum(axis=2)
        rounds = range(len(leaked)) if len(leaked) <= MAX_ROUNDS else range(len(leaked) - 1, len(leaked))
        for role, members in self._qubits.items():
            out[f"qubits_{role}"] = len(members) * batch.shots
            for k in rounds:
                out[f"leaked_{role}_r{k + 1}"] = int(leaked[k, members].sum())
        return out


def _qubits_by_role(circuit: stim.Circuit) -> dict[str, list[int]]:
    """data: qubits of the last measurements (no TICK between them); measure: other measured qubits; removal: those that
    are never measured. Right for memory circuits; of others the best that can be told."""
    last: set[int] = set()
    measured: set[int] = set()
    operated: set[int] = set()
    ended = False
    for instruction in circuit.flattened():
        if instruction.name == "TICK":
            ended = True
        qubits = operated_qubits(instruction)
        operated |= qubits
        if stim.gate_data(instruction.name).produces_measurements:
            last = qubits if ended else last | qubits
            measured |= qubits
            ended = False
    roles = {"data": last, "measure": measured - last, "removal": operated - measured}
    return {role: sorted(members) for role, members in roles.items() if members}
