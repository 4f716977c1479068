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

**sinter itself samples without leakage.** A decoder that is given to ``sinter.collect`` as it is, your own or one of
sinter's, decodes shots of stock Stim, which does not read tags: too few errors, and nothing says so. Only names that
begin with "qec_leak-" have the leakage. ``samplers(decoder)`` makes them of any decoder:

>>> custom = samplers({"mine": MyDecoder()})  # doctest: +SKIP
>>> sinter.collect(..., custom_decoders=custom, decoders=["qec_leak-mine"])  # doctest: +SKIP

Leakage is in the circuit's tags, so circuits with different leakage have different strong ids and one resume file keeps
them apart.
sinter takes no seed, so each run is a new one; ``qec-leak sweep`` runs can be repeated bit for bit.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sinter
import stim

from qec_leak import _checks
from qec_leak.circuits.moments import operated_qubits
from qec_leak.decode import Decoder, matching_error_model
from qec_leak.engine import ShotBatch, compile_sampler
from qec_leak.engine.kernels import BLOCK_SHOTS
from qec_leak.sweep.counting import MAX_ROUNDS
from qec_leak.sweep.point import DECODERS, SAMPLED_BY

_CALL_SECONDS = 1.0
"""sinter is answered about once a second: often enough for its progress and for Ctrl-C."""

_MAX_CALL_SHOTS = 1 << 16
_MAX_REFUSED_CALLS = 1000


def samplers(decoder: sinter.Decoder | Mapping[str, sinter.Decoder] | None = None) -> dict[str, sinter.Sampler]:
    """The samplers by name, for ``sinter.collect(custom_decoders=samplers())``: "qec_leak-pymatching" and
    "qec_leak-pymatching-correlated".

    Args: decoder: your own sinter.Decoder, which becomes "qec_leak-" and the name of its class, or decoders by name.
    They decode shots that have leakage, on the task's error model.
    Raises TypeError for what is no decoder, a ``sinter.Sampler`` among them: that would sample without leakage.
    """
    if decoder is None:
        return {SAMPLED_BY + name: Sampler(correlated=name == "pymatching-correlated") for name in DECODERS}
    named = decoder if isinstance(decoder, Mapping) else {type(decoder).__name__: decoder}
    for name, one in named.items():
        if not isinstance(one, sinter.Decoder):
            fix = "give a sinter.Decoder, or a mapping of names to them"
            raise TypeError(_checks.broken_rule(str(name), "be a sinter.Decoder", one, fix))
    return {SAMPLED_BY + str(name).removeprefix(SAMPLED_BY): Sampler(decoder=one) for name, one in named.items()}


def usable(tasks: Iterable[sinter.Task]) -> list[sinter.Task]:
    """The tasks that can be sampled, with their error models; a warning names each other one. sinter ends a whole
    collection when one of its circuits has no error model."""
    out = []
    for task in tasks:
        try:
            circuit = _circuit_of(task)
            model = task.detector_error_model
            if model is None:
                try:
                    model = matching_error_model(circuit)
                except ValueError as error:
                    if "decompose" not in str(error):
                        raise
                    model = circuit.detector_error_model(approximate_disjoint_errors=True)
            compile_sampler(circuit)
        except (TypeError, ValueError, OSError) as error:
            warnings.warn(f"left out, for it cannot be sampled: {_title(task)}: {error}", stacklevel=2)
            continue
        values = {name: getattr(task, name) for name in _TASK_FIELDS}
        out.append(sinter.Task(circuit=circuit, detector_error_model=model, **values))
    return out


_TASK_FIELDS = (
    "decoder",
    "postselection_mask",
    "postselected_observables_mask",
    "json_metadata",
    "collection_options",
)


def _circuit_of(task: sinter.Task) -> stim.Circuit:
    return task.circuit if task.circuit is not None else stim.Circuit.from_file(str(task.circuit_path))


def _title(task: sinter.Task) -> str:
    return f"task {task.json_metadata!r}" if task.circuit_path is None else str(task.circuit_path)


@dataclass(frozen=True)
class Sampler(sinter.Sampler):  # type: ignore[misc]  # sinter has no types
    """Samples a circuit with the leakage in its tags, and decodes on the task's error model.

    custom_counts: ``detectors_checked`` and ``detection_events`` as sinter counts them; ``qubits_data`` (qubits times
    shots), ``leaked_data_r1``, ... (how often one of them was in level 2 or 3 at the end of that round, i.e. at each
    ``TICK[LEAKAGE_POPULATION]``), and so on for ``measure`` and ``removal`` qubits.

    A task that cannot be sampled does not end the collection: a warning says why, and all its shots are discards.

    correlated: decode with PyMatching's two-pass correlated matching.
    decoder: decode with this instead of PyMatching.
    """

    correlated: bool = False
    decoder: sinter.Decoder | None = None

    def compiled_sampler_for_task(self, task: sinter.Task) -> sinter.CompiledSampler:
        """Compile the sampler of one task."""
        try:
            return _CompiledSampler(task, self.correlated, self.decoder)
        except (TypeError, ValueError) as error:
            reason = f"{_title(task)} cannot be sampled, its shots are discards: {' '.join(str(error).split())}"
            warnings.warn(reason, stacklevel=2)
            return _Refused(reason)


class _Refused(sinter.CompiledSampler):  # type: ignore[misc]
    """Stands for a task that cannot be sampled."""

    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._calls = 0

    def sample(self, suggested_shots: int) -> sinter.AnonTaskStats:
        """Discard them all. Raises ValueError in the end, for a task that waits for errors would never be done."""
        self._calls += 1
        if self._calls > _MAX_REFUSED_CALLS:
            raise ValueError(self._reason)
        return sinter.AnonTaskStats(shots=suggested_shots, discards=suggested_shots)

    def handles_throttling(self) -> bool:
        """True."""
        return True


class _OwnDecoder:
    """A user's decoder, compiled: what ``_CompiledSampler`` uses of ``qec_leak.decode.Decoder``."""

    def __init__(self, model: stim.DetectorErrorModel, decoder: sinter.Decoder) -> None:
        self._model, self._decoder = model, decoder
        self._compiled: sinter.CompiledDecoder | None
        try:
            self._compiled = decoder.compile_decoder_for_dem(dem=model)
        except NotImplementedError:  # it decodes files
            self._compiled = None

    def decode_batch(self, events_b8: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        width = (self._model.num_observables + 7) // 8
        if not len(events_b8):
            return np.zeros((0, width), dtype=np.uint8)
        events_b8 = np.ascontiguousarray(events_b8)
        if self._compiled is not None:
            predicted = self._compiled.decode_shots_bit_packed(bit_packed_detection_event_data=events_b8)
        else:
            predicted = self._decode_files(events_b8)
        predicted = np.asarray(predicted)
        if predicted.dtype != np.uint8 or predicted.shape != (len(events_b8), width):
            raise ValueError(
                f"`{type(self._decoder).__name__}` must predict uint8 {(len(events_b8), width)}, bit-packed, but "
                f"predicts {predicted.dtype} {predicted.shape}; pack its bits"
            )
        return predicted

    def _decode_files(self, events_b8: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self._model.to_file(folder / "model.dem")
            events_b8.tofile(folder / "events.b8")
            self._decoder.decode_via_files(
                num_shots=len(events_b8),
                num_dets=self._model.num_detectors,
                num_obs=self._model.num_observables,
                dem_path=folder / "model.dem",
                dets_b8_in_path=folder / "events.b8",
                obs_predictions_b8_out_path=folder / "flips.b8",
                tmp_dir=folder,
            )
            return np.fromfile(folder / "flips.b8", dtype=np.uint8).reshape(len(events_b8), -1)


class _CompiledSampler(sinter.CompiledSampler):  # type: ignore[misc]
    def __init__(self, task: sinter.Task, correlated: bool, decoder: sinter.Decoder | None) -> None:
        circuit = _circuit_of(task)
        model = task.detector_error_model
        self._decoder: Decoder | _OwnDecoder
        if decoder is None:
            self._decoder = Decoder(circuit if model is None else model, correlated=correlated)
        else:
            self._decoder = _OwnDecoder(matching_error_model(circuit) if model is None else model, decoder)
        self._sampler = compile_sampler(circuit)
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
