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

**sinter itself samples without leakage.** A decoder that is given to ``sinter.collect`` directly, your own or one of
sinter's, decodes shots of stock Stim, which ignores the tags. These shots have too few errors, without any warning.
Only decoders whose names begin with "qec_leak-" get shots with leakage. ``samplers(decoder)`` makes such a decoder from
any other:

>>> custom = samplers({"mine": MyDecoder()})  # doctest: +SKIP
>>> sinter.collect(..., custom_decoders=custom, decoders=["qec_leak-mine"])  # doctest: +SKIP

A decoder of ``qec_leak.decoding`` can also ask for heralds, the levels that a three-state readout would report
(docs/extending.md).

Leakage is in the circuit's tags, so circuits with different leakage have different strong ids in a resume file. sinter
takes no seed, so each run gives other shots. Runs of ``qec-leak sweep`` can be repeated bit for bit.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import sinter
import stim

from qec_leak.decoding import (
    AnyDecoder,
    DecodingProblem,
    ReadyDecoder,
    ShotSlice,
    decoder_name,
    decoder_names,
    find_decoder,
)
from qec_leak.engine import compile_sampler
from qec_leak.engine.kernels import BLOCK_SHOTS
from qec_leak.sweep.counting import ShotCounter, decoder_counts
from qec_leak.sweep.point import SAMPLED_BY

_CALL_SECONDS = 1.0
"""sinter is answered about once a second: often enough for its progress and for Ctrl-C."""

_MAX_CALL_SHOTS = 1 << 16
_MAX_REFUSED_CALLS = 1000


def samplers(decoder: AnyDecoder | Mapping[str, AnyDecoder] | None = None) -> dict[str, sinter.Sampler]:
    """The samplers by name, for ``sinter.collect(custom_decoders=samplers())``: "qec_leak-pymatching",
    "qec_leak-pymatching-correlated", and those of installed decoders.

    They decode shots with leakage, on the error model of the task, and get heralds if they need them.

    Args:
        decoder: your own decoder, of sinter or of ``qec_leak.decoding``. Its name is "qec_leak-" and the name of its
            class. Or "module:attribute", or decoders by name.

    Raises:
        ValueError: a name is not known.
        TypeError: an argument is not a decoder. A ``sinter.Sampler`` is refused too, since it would sample without
            leakage.
    """
    if decoder is None:
        return {SAMPLED_BY + name: Sampler(name) for name in decoder_names()}
    named = decoder if isinstance(decoder, Mapping) else {decoder_name(decoder): decoder}
    for name, one in named.items():
        find_decoder(one, name=str(name))
    return {SAMPLED_BY + str(name).removeprefix(SAMPLED_BY): Sampler(one) for name, one in named.items()}


def usable(tasks: Iterable[sinter.Task]) -> list[sinter.Task]:
    """The tasks that can be sampled, with their error models. A warning names each of the others. sinter ends a whole
    collection if one of its circuits has no error model."""
    out = []
    for task in tasks:
        try:
            circuit = _circuit_of(task)
            model = DecodingProblem(circuit, task.detector_error_model).detector_error_model
            compile_sampler(circuit)
        except (TypeError, ValueError, OSError) as error:
            warnings.warn(f"left out, since it cannot be sampled: {_title(task)}: {error}", stacklevel=2)
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

    The custom_counts are those of sweeps (``qec_leak.sweep.counting``). A round ends at each
    ``TICK[LEAKAGE_POPULATION]``.

    A task that cannot be sampled does not end the collection. A warning says why, and all its shots are discards.

    Args:
        decoder: its name, "module:attribute", a ``qec_leak.decoding.Decoder`` or a ``sinter.Decoder``.
    """

    decoder: AnyDecoder = "pymatching"

    def compiled_sampler_for_task(self, task: sinter.Task) -> sinter.CompiledSampler:
        """Compile the sampler of one task."""
        try:
            return _CompiledSampler(task, self.decoder)
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


class _CompiledSampler(sinter.CompiledSampler):  # type: ignore[misc]
    def __init__(self, task: sinter.Task, decoder: AnyDecoder) -> None:
        circuit = _circuit_of(task)
        self._decoder = ReadyDecoder(DecodingProblem(circuit, task.detector_error_model), decoder)
        self._sampler = compile_sampler(circuit)
        self._discard_events: npt.NDArray[np.uint8] | None = task.postselection_mask
        self._discard_flips: npt.NDArray[np.uint8] | None = task.postselected_observables_mask
        self._counter = ShotCounter.of_circuit(circuit)
        self._call_shots = BLOCK_SHOTS

    def sample(self, suggested_shots: int) -> sinter.AnonTaskStats:
        """Sample and decode at most ``suggested_shots``."""
        start = time.thread_time()
        shots = max(1, min(suggested_shots, self._call_shots))
        batch = self._sampler.sample(shots, populations="rounds", heralds=self._decoder.needs_heralds)
        events, flips = batch.detection_events_b8, batch.observable_flips_b8
        kept = np.ones(batch.shots, dtype=np.bool_)
        if self._discard_events is not None:
            kept &= ~np.any(events & self._discard_events, axis=1)
        decoded = self._decoder.decode_batch(ShotSlice(events, batch.heralds)[kept])
        wrong = decoded.flips_b8 ^ flips[kept]
        discards = int(batch.shots - kept.sum())
        if self._discard_flips is not None:
            discarded = np.any(wrong & self._discard_flips, axis=1)
            discards += int(discarded.sum())
            wrong = wrong[~discarded]
        counts = self._counter.counts(batch)
        counts.update(decoder_counts(decoded))
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
