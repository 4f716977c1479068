"""PyMatching, plain and correlated, on the error model that Stim makes of a circuit.

The error model has no leakage, since Stim ignores the tags. Miao et al. measure how such a decoder fails under leakage.
Correlated matching is PyMatching's two-pass method (Fowler, arXiv:1310.0863).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymatching
import stim

from qec_leak.decoding.decoder import CompiledDecoder, Decoder, DecodingProblem, ShotSlice
from qec_leak.decoding.error_model import has_likely_errors, ignored_by_matching, without_likely_errors

_CHUNK_BITS = 1 << 16
"""Detection events handed to PyMatching at once, some ms: meanwhile it hears no Ctrl-C and lets no other thread in."""


@dataclass(frozen=True)
class Matching(Decoder):
    """Minimum-weight perfect matching.

    Attributes:
        two_passes: PyMatching's correlated matching.

    Examples:
        >>> Matching(two_passes=True).name
        'pymatching-correlated'
    """

    two_passes: bool = False

    @property
    def name(self) -> str:
        """What sinter calls the method."""
        return "pymatching-correlated" if self.two_passes else "pymatching"

    def compile(self, problem: DecodingProblem) -> CompiledMatching:
        """Build the matching graph. Warns if the model has errors that are not edges.

        Args:
            problem: the circuit and its error model.

        Returns:
            The compiled decoder.
        """
        model = problem.matching_model
        if ignored := ignored_by_matching(model):
            warnings.warn(ignored, stacklevel=3)
        return CompiledMatching(model, two_passes=self.two_passes)


class CompiledMatching(CompiledDecoder):
    """PyMatching on one error model."""

    def __init__(self, model: stim.DetectorErrorModel, *, two_passes: bool) -> None:
        self._two_passes = two_passes
        self._num_detectors, self._num_observables = model.num_detectors, model.num_observables
        self._flips: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]] | None = None
        if has_likely_errors(model):
            model, detectors, observables = without_likely_errors(model)
            self._flips = np.packbits(detectors, bitorder="little"), np.packbits(observables, bitorder="little")
        self._matching = pymatching.Matching.from_detector_error_model(model, enable_correlations=two_passes)

    def decode_batch(self, shots: ShotSlice) -> npt.NDArray[np.uint8]:
        """Predict observable flips: uint8 (shots, ceil(observables/8)). Raises ValueError for events that no error of
        the model makes."""
        events = shots.detection_events_b8
        out = np.zeros((len(events), (self._num_observables + 7) // 8), dtype=np.uint8)
        if not out.shape[1]:
            return out
        chunk = max(64, _CHUNK_BITS // max(self._num_detectors, 1))
        for start in range(0, len(events), chunk):
            try:
                out[start : start + chunk] = self._matching.decode_batch(
                    np.ascontiguousarray(self._usual(events[start : start + chunk])),
                    bit_packed_shots=True,
                    bit_packed_predictions=True,
                    enable_correlations=self._two_passes,
                )
            except ValueError as error:
                if "perfect matching" not in str(error):
                    raise
                raise ValueError(
                    "`detection_events_b8` must have events that the error model explains, but a shot has an event "
                    "that no error of the model makes (leakage alone may); give the circuit Pauli noise everywhere"
                ) from None
        return out if self._flips is None else out ^ self._flips[1]

    def _usual(self, events: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """The events with the flips of all errors of probability > 1/2 taken out."""
        return events if self._flips is None else events ^ self._flips[0]
