"""The decoder that knows of leakage: posteriors of levels -> probabilities of edges per shot -> correlated matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from qec_leak import _checks
from qec_leak.decoding.decoder import CompiledDecoder, Decoded, Decoder, DecodingProblem, Need, ShotSlice
from qec_leak.decoding.leakage.flags import DETOUR, FLAG, Flags, flagged_matching
from qec_leak.decoding.leakage.inference import LeakageInference
from qec_leak.decoding.leakage.model import LeakageModel
from qec_leak.decoding.leakage.rates import scaled_leaking
from qec_leak.decoding.matching import CompiledMatching

Bytes = npt.NDArray[np.uint8]
Heralds = Literal["none", "levels"]
HERALDS: tuple[Heralds, ...] = ("none", "levels")
FirstPass = Literal["auto", "usual", "told"]
FIRST_PASSES: tuple[FirstPass, ...] = ("auto", "usual", "told")

SUSPECTED = 0.3
"""A shot in which no transmon is leaked with more than this probability goes to PyMatching."""
QUIET = 0.05
"""Transmons that are nowhere leaked with this probability are inferred alone."""
NEGLIGIBLE = 3e-4
"""Transmons that are leaked less often, or not for longer than a round, are inferred only where a herald says that they
are."""

_CHUNK_BYTES = 1 << 21
"""Detection events and flags, and known levels, that are held at once."""


@dataclass(frozen=True)
class LeakageAware(Decoder):
    """Correlated matching with each shot's own weights, from the posterior of each qubit's level.

    heralds: "levels": the level at each measurement is known; "none": detection events alone.
    suspected: shots with no posterior above it are matched by PyMatching with the usual weights.
    leak_scale: factor on the rates at which transmons leak, such as ``fit_leakage_scale`` finds.
    first_pass: whether the first pass of matching has the usual weights or is told those of the shot, as the second one
        is; "auto": told if there are heralds and leakage flips edges more often than errors do.
    """

    heralds: Heralds = "none"
    suspected: float = SUSPECTED
    leak_scale: float = 1.0
    first_pass: FirstPass = "auto"

    def __post_init__(self) -> None:
        _checks.check_choice("heralds", self.heralds, HERALDS)
        _checks.check_positive("leak_scale", self.leak_scale)
        _checks.check_choice("first_pass", self.first_pass, FIRST_PASSES)

    @property
    def needs(self) -> tuple[Need, ...]:  # type: ignore[override]
        """ "heralds" too, if it is to use them."""
        return ("events", "heralds") if self.heralds == "levels" else ("events",)

    @property
    def name(self) -> str:
        """Its name in the registry."""
        return "leakage-aware-heralded" if self.heralds == "levels" else "leakage-aware"

    def compile(self, problem: DecodingProblem) -> CompiledLeakageAware:
        """Find what leakage does in the circuit. Raises ValueError for a problem without a circuit, or errors that are
        no edges."""
        if problem.circuit is None:
            raise ValueError(
                f"`circuit` must be given to {self.name}, which reads leakage from its tags, but only an error model "
                "is; give the circuit"
            )
        first_pass = "usual" if self.first_pass == "auto" and self.heralds == "none" else self.first_pass
        return CompiledLeakageAware(problem, self.suspected, leak_scale=self.leak_scale, first_pass=first_pass)


class CompiledLeakageAware(CompiledDecoder):
    """Inference and both matchings of one circuit."""

    def __init__(
        self,
        problem: DecodingProblem,
        suspected: float,
        *,
        snapshots: bool = False,
        leak_scale: float = 1.0,
        first_pass: FirstPass = "auto",
    ) -> None:
        """Args: snapshots: true levels may be known.   first_pass: "auto": told if leakage flips most edges."""
        assert problem.circuit is not None, "checked before"
        model = LeakageModel.of_circuit(problem.circuit, problem.matching_model, snapshots=snapshots)
        model = scaled_leaking(model, leak_scale)
        self._inference = LeakageInference(model, quiet=QUIET, negligible=NEGLIGIBLE)
        struck = np.zeros(model.num_edges, dtype=np.bool_)
        struck[model.slot_edges] = True
        told = _leakage_flips_most(self._inference) if first_pass == "auto" else first_pass == "told"
        kind = DETOUR if told else FLAG
        self._flags = Flags.of_graph(model.graph, struck, problem.num_detectors, kind)
        self._matching = flagged_matching(problem.matching_model, model.graph, self._flags)
        self._usual = CompiledMatching(problem.matching_model, two_passes=True)
        self._suspected = suspected
        self._width = (problem.num_observables + 7) // 8
        self._chunk = max(1, _CHUNK_BYTES // max(self._flags.total // 8 + model.num_events, 1))

    def decode_batch(self, shots: ShotSlice) -> Decoded:
        """Predict observable flips; counts "suspected" shots, those that got weights of their own."""
        return self.decode_known(shots, None)

    def decode_known(self, shots: ShotSlice, levels: Bytes | None) -> Decoded:
        """The same, where the true levels (shots, snapshots, qubits) may be known."""
        out = np.zeros((len(shots), self._width), dtype=np.uint8)
        suspected = 0
        for start in range(0, len(shots), self._chunk):
            rows = slice(start, start + self._chunk)
            flips, count = self._decode(shots[rows], None if levels is None else levels[rows])
            out[rows] = flips
            suspected += count
        return Decoded(out, {"suspected": suspected})

    def _decode(self, shots: ShotSlice, levels: Bytes | None) -> tuple[Bytes, int]:
        known = self._inference.known_levels(len(shots), shots.heralds, levels)
        inferred = self._inference.infer(shots.detection_events_b8, known, flags=self._flags, suspected=self._suspected)
        suspected = inferred.most > self._suspected
        flips = np.zeros((len(shots), self._width), dtype=np.uint8)
        if not suspected.all():
            flips[~suspected] = self._usual.decode_batch(shots[~suspected])
        if suspected.any():
            flips[suspected] = self._matching.decode_batch(ShotSlice(inferred.flagged_b8[suspected]))
        return flips, int(suspected.sum())


def _leakage_flips_most(inference: LeakageInference) -> bool:
    """Whether edges are flipped by leakage more often than by errors."""
    return bool(inference.prior_flips.sum() > inference.model.probability.sum())
