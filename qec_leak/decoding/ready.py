"""``compile_decoder``: a decoder ready for one circuit, which checks what goes in and what comes out."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak.decoding.decoder import Decoded, DecodingProblem, Shots, ShotSlice
from qec_leak.decoding.named_decoders import AnyDecoder, decoder_name, find_decoder
from qec_leak.records.packed_events import check_events


class ReadyDecoder:
    """A decoder compiled for one problem, for any batch of its shots. It can be pickled; a copy is compiled again.

    It has the fields ``problem``, ``name`` (of the decoder in results) and ``needs_heralds``, which is True if shots
    must have heralds. Sample with ``heralds=decoder.needs_heralds``.

    Args:
        problem: the circuit and its error model.
        decoder: as for ``compile_decoder``.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> decoder = ReadyDecoder(ql.decoding.DecodingProblem(memory.circuit))
        >>> decoder.name, decoder.needs_heralds
        ('pymatching', False)
    """

    def __init__(self, problem: DecodingProblem, decoder: AnyDecoder = "pymatching") -> None:
        self._given = decoder
        found = find_decoder(decoder)
        self.problem = problem
        self.name = decoder_name(decoder)
        self.needs_heralds = "heralds" in found.needs
        self._compiled = found.compile(problem)
        self._flips_width = (problem.num_observables + 7) // 8

    def __reduce__(self) -> tuple[Any, ...]:
        return _compiled_again, (self.problem, self._given)

    @property
    def detector_error_model(self) -> stim.DetectorErrorModel:
        """The error model to decode by, part of sinter's identity of a task."""
        return self.problem.detector_error_model

    def slice(self, shots: Shots) -> ShotSlice:
        """The part of some shots that the decoder needs.

        Args:
            shots: a batch, a folder of shots, or a ``ShotSlice``.

        Returns:
            The shots.

        Raises:
            ValueError: the shots are of another circuit, or lack what the decoder needs.
            TypeError: they are no shots.
        """
        if not hasattr(shots, "detection_events_b8"):
            raise TypeError(
                f"`batch` must be what a sampler returned, but is {type(shots).__name__}; give sampler.sample(shots)"
            )
        events = check_events(shots.detection_events_b8, self.problem.num_detectors)
        if not self.needs_heralds:
            return ShotSlice(events)
        if shots.heralds is None:
            raise ValueError(
                f"`batch` must have heralds, which {self.name} needs, but has none; sample with heralds=True"
            )
        heralds = np.asarray(shots.heralds)
        circuit = self.problem.circuit
        columns = heralds.shape[-1] if circuit is None else circuit.num_measurements
        if heralds.dtype != np.uint8 or heralds.shape != (len(events), columns):
            raise ValueError(
                f"`heralds` must be uint8 {(len(events), columns)}, but is {heralds.dtype} {heralds.shape}; give those "
                "of the circuit that the decoder was made for"
            )
        return ShotSlice(events, heralds)

    def decode_batch(self, shots: Shots) -> Decoded:
        """Predict observable flips of shots.

        Args:
            shots: a batch, a folder of shots, or a ``ShotSlice``.

        Returns:
            The flips, bit-packed, and what the decoder counts.

        Raises:
            ValueError: the shots are of another circuit or lack what the decoder needs, or its predictions are no
                bit-packed flips.
            TypeError: they are no shots.
        """
        part = self.slice(shots)
        if not len(part):
            return Decoded(np.zeros((0, self._flips_width), dtype=np.uint8))
        result = self._compiled.decode_batch(part)
        decoded = result if isinstance(result, Decoded) else Decoded(np.asarray(result))
        flips, shape = decoded.flips_b8, (len(part), self._flips_width)
        if flips.dtype != np.uint8 or flips.shape != shape:
            raise ValueError(
                f"`{self.name}` must predict uint8 {shape}, bit-packed, but predicts {flips.dtype} {flips.shape}; "
                "pack its bits"
            )
        return decoded

    def decode(self, shots: Shots) -> npt.NDArray[np.bool_]:
        """Predict observable flips of shots.

        Args:
            shots: a batch, a folder of shots, or a ``ShotSlice``.

        Returns:
            bool (shots, observables).
        """
        packed = self.decode_batch(shots).flips_b8
        bits = np.unpackbits(packed, axis=1, count=self.problem.num_observables, bitorder="little")
        return bits.astype(np.bool_)


def _compiled_again(problem: DecodingProblem, decoder: AnyDecoder) -> ReadyDecoder:
    with warnings.catch_warnings():  # they were given where the first one was made
        warnings.simplefilter("ignore")
        return ReadyDecoder(problem, decoder)


def compile_decoder(
    circuit: stim.Circuit | stim.DetectorErrorModel, decoder: AnyDecoder = "pymatching"
) -> ReadyDecoder:
    """Compile a decoder for a circuit, or for an error model with decomposed errors.

    Args:
        circuit: the circuit that is sampled; its error model is made by Stim and leaves leakage out.
        decoder: a name ("pymatching", "pymatching-correlated", what is installed, "module:attribute"), a
            ``qec_leak.decoding.Decoder``, or a ``sinter.Decoder``.

    Returns:
        The decoder, ready for any batch of the circuit's shots.

    Raises:
        ValueError: there is no such decoder, or it cannot decode the circuit.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> decoder = ql.compile_decoder(memory.circuit)
        >>> decoder.decode(ql.compile_sampler(memory.circuit, seed=1).sample(10)).shape
        (10, 1)
    """
    if isinstance(circuit, stim.Circuit):
        return ReadyDecoder(DecodingProblem(circuit), decoder)
    if isinstance(circuit, stim.DetectorErrorModel):
        return ReadyDecoder(DecodingProblem(None, circuit), decoder)
    fix = "give memory.circuit"
    raise TypeError(_checks.broken_rule("circuit", "be a stim.Circuit or stim.DetectorErrorModel", type(circuit), fix))
