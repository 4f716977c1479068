"""PyMatching, plain and correlated, on the error model that Stim makes of a circuit.

The error model does not know of leakage (Stim ignores the tags): that is the decoder whose failure under leakage Miao
et al. measure. Correlated matching is PyMatching's two-pass method (Fowler, arXiv:1310.0863).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pymatching
import stim

if TYPE_CHECKING:
    from qec_leak.engine import ShotBatch  # at run time it would load the kernels into processes that only decode
    from qec_leak.records import ShotFolder

_CHUNK_BITS = 1 << 16
"""Detection events handed to PyMatching at once, some ms: meanwhile it hears no Ctrl-C and lets no other thread in."""


def matching_error_model(circuit: stim.Circuit) -> stim.DetectorErrorModel:
    """The circuit's detector error model for matching: hyperedges decomposed into edges, exclusive Pauli channels
    taken as independent (Stim's two flags, set as sinter sets them; a circuit of ours gives the same model without the
    second). Leakage in the tags is not in it. Raises ValueError, in one line, for a circuit that has no such model."""
    try:
        return circuit.detector_error_model(decompose_errors=True, approximate_disjoint_errors=True)
    except ValueError as error:
        raise ValueError(_refusal(str(error))) from None


def _refusal(reason: str) -> str:
    """Stim's reason, which has several lines, as one."""
    hyperedge = re.search(r"failed to decompose is '([^']*)'", reason)
    if hyperedge:
        return (
            "`circuit` must have errors that decompose into edges, of two detectors at most, to be matched, but "
            f"{hyperedge[1]} does not; give qec_leak.sinter.samplers a decoder that is no matching"
        )
    instruction = re.search(r"\[which is ([^\]]*\][^\]]*|[^\]]*)\]", reason)
    what = f"{reason.partition(chr(10))[0].rstrip('.')}{f': {instruction[1]}' if instruction else ''}"
    return f"`circuit` must have a detector error model, but Stim makes none ({what}); correct the circuit"


class Decoder:
    """A matching decoder compiled once from a circuit or a detector error model.

    ``name`` is what sinter calls the method: "pymatching" or "pymatching-correlated".
    """

    def __init__(self, model: stim.Circuit | stim.DetectorErrorModel, *, correlated: bool = False) -> None:
        """Args:
        model: circuit (its leakage-free error model is made by Stim) or error model with decomposed errors.
        correlated: use PyMatching's two-pass correlated matching.
        """
        if isinstance(model, stim.Circuit):
            model = matching_error_model(model)
        elif not isinstance(model, stim.DetectorErrorModel):
            raise TypeError(
                f"`model` must be a stim.Circuit or stim.DetectorErrorModel, but is {type(model).__name__}; "
                "give memory.circuit"
            )
        self.detector_error_model = model
        self.correlated = bool(correlated)
        text = str(model)
        if ignored := ignored_by_matching(model):
            warnings.warn(ignored, stacklevel=2)
        self._flips: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]] | None = None
        if _LIKELY.search(text):
            model, detectors, observables = _without_likely_errors(model)
            self._flips = np.packbits(detectors, bitorder="little"), np.packbits(observables, bitorder="little")
        self._matching = pymatching.Matching.from_detector_error_model(model, enable_correlations=self.correlated)

    def __reduce__(self) -> tuple[Callable[[stim.DetectorErrorModel, bool], Decoder], tuple[object, ...]]:
        return _made_again, (self.detector_error_model, self.correlated)

    @property
    def name(self) -> str:
        """sinter's name of the method."""
        return "pymatching-correlated" if self.correlated else "pymatching"

    def decode_batch(self, detection_events_b8: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Predict observable flips of bit-packed shots.

        Args: detection_events_b8: uint8 (shots, ceil(detectors/8)), bit-packed little-endian.
        Returns uint8 (shots, ceil(observables/8)), bit-packed little-endian.
        """
        num_detectors = self.detector_error_model.num_detectors
        events = np.asarray(detection_events_b8)
        width = (num_detectors + 7) // 8
        if events.dtype != np.uint8 or events.ndim != 2 or events.shape[1] != width:
            raise ValueError(
                f"`detection_events_b8` must be uint8 (shots, {width}), but is {events.dtype} {events.shape}; "
                "give bit-packed events of the circuit that the decoder was made for"
            )
        out = np.zeros((len(events), (self.detector_error_model.num_observables + 7) // 8), dtype=np.uint8)
        if not out.shape[1]:
            return out
        chunk = max(64, _CHUNK_BITS // max(num_detectors, 1))
        for start in range(0, len(events), chunk):
            try:
                out[start : start + chunk] = self._matching.decode_batch(
                    np.ascontiguousarray(self._usual(events[start : start + chunk])),
                    bit_packed_shots=True,
                    bit_packed_predictions=True,
                    enable_correlations=self.correlated,
                )
            except ValueError as error:
                if "perfect matching" not in str(error):
                    raise
                raise ValueError(
                    "`detection_events_b8` must have events that the error model explains, but a shot has one that no "
                    "error of the model makes (of leakage alone?); give the circuit some Pauli noise everywhere"
                ) from None
        return out if self._flips is None else out ^ self._flips[1]

    def _usual(self, events: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Events as they would be if every error that is likelier than not had happened once less."""
        return events if self._flips is None else events ^ self._flips[0]

    def decode(self, batch: ShotBatch | ShotFolder) -> npt.NDArray[np.bool_]:
        """Predict observable flips of a batch, or of a folder of shots: bool (shots, observables)."""
        if not hasattr(batch, "detection_events_b8"):
            raise TypeError(
                f"`batch` must be what a sampler returned, but is {type(batch).__name__}; give sampler.sample(shots)"
            )
        packed = self.decode_batch(batch.detection_events_b8)
        bits = np.unpackbits(packed, axis=1, count=self.detector_error_model.num_observables, bitorder="little")
        return bits.astype(np.bool_)


_HYPEREDGE = re.compile(r"^\s*error[^\n]*?D\d+(?: L\d+)* D\d+(?: L\d+)* D\d+", re.MULTILINE)
"""An error of a model's text with more than two detectors between separators."""

_LIKELY = re.compile(r"^\s*error(?:\[[^\n]*?\])?\((?:1|0?\.[5-9])", re.MULTILINE)
"""An error of a model's text that happens with a probability of one half or more."""


def _made_again(model: stim.DetectorErrorModel, correlated: bool) -> Decoder:
    with warnings.catch_warnings():  # they were given where the first one was made
        warnings.simplefilter("ignore")
        return Decoder(model, correlated=correlated)


def ignored_by_matching(model: stim.DetectorErrorModel) -> str:
    """What matching does not see of a model, in one line; "" if it sees all."""
    if not _HYPEREDGE.search(str(model)):
        return ""
    probabilities = []
    example = ""
    for error in model.flattened():
        if error.type == "error" and _HYPEREDGE.match(str(error)):
            probabilities.append(error.args_copy()[0])
            example = example or " ".join(str(target) for target in error.targets_copy())
    return (
        f"{len(probabilities):,} errors of the detector error model flip more than two detectors, as {example}, and "
        f"matching ignores them (together {sum(probabilities):.3g} a shot); decompose them, or give "
        "qec_leak.sinter.samplers a decoder that is no matching"
    )


def _without_likely_errors(
    model: stim.DetectorErrorModel,
) -> tuple[stim.DetectorErrorModel, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """A model in which no error is likelier than not, and the detectors and observables that errors flip which are: an
    error with probability p is one with 1 - p after a flip that always happens. PyMatching takes no certain errors, and
    no likely ones for correlated matching."""
    out = stim.DetectorErrorModel()
    detectors = np.zeros(model.num_detectors, dtype=np.bool_)
    observables = np.zeros(model.num_observables, dtype=np.bool_)
    for error in model.flattened():
        if error.type == "error" and (p := error.args_copy()[0]) > 0.5:
            for target in error.targets_copy():
                if target.is_relative_detector_id():
                    detectors[target.val] ^= True
                elif target.is_logical_observable_id():
                    observables[target.val] ^= True
            if p < 1.0:
                out.append("error", 1.0 - p, error.targets_copy())
        else:
            out.append(error)
    for kind, count in (("detector", model.num_detectors), ("logical_observable", model.num_observables)):
        if count:  # the model keeps its size without its last errors
            make = stim.target_relative_detector_id if kind == "detector" else stim.target_logical_observable_id
            out.append(kind, [], [make(count - 1)])
    return out, detectors, observables


def decode(
    circuit: stim.Circuit | str | ShotFolder, batch: ShotBatch | ShotFolder | None = None, *, correlated: bool = False
) -> npt.NDArray[np.bool_]:
    """Decode shots with PyMatching: ``decode(circuit, batch)``, or ``decode(read_folder(path))``.

    Args:
        circuit: the circuit that was sampled, or its text; its error model is made by Stim and leaves leakage out.
            Or a folder of shots: then its noisy circuit, or its error model where the circuit has no noise.
        batch: what the sampler returned, or a folder of shots of the circuit; left out after a folder.
        correlated: use correlated matching.
    Returns predicted observable flips, bool (shots, observables).
    Raises ValueError where there is no noise to decode by, or a folder has no detection events.
    """
    if isinstance(circuit, str):
        from qec_leak.circuits.arguments import as_circuit  # workers that only decode do without it

        circuit = as_circuit("circuit", circuit)
    if not hasattr(circuit, "circuit"):  # no folder
        return Decoder(circuit, correlated=correlated).decode(batch)  # type: ignore[arg-type]
    if batch is not None:
        return Decoder(circuit.circuit, correlated=correlated).decode(batch)
    return Decoder(_model_of(circuit), correlated=correlated).decode(circuit)


def _model_of(data: ShotFolder) -> stim.Circuit | stim.DetectorErrorModel:
    """What the folder has to decode by: its circuit, if that has noise."""
    if data.circuit.detector_error_model(flatten_loops=False).num_errors:
        return data.circuit
    if data.detector_error_model is not None:
        return data.detector_error_model
    raise ValueError(
        f"`{data.path}` must hold a noisy circuit or a detector error model to decode by, but its circuit has no "
        "noise; give decode(noisy_circuit, data)"
    )


def count_logical_errors(predicted_b8: npt.NDArray[np.uint8], observable_flips_b8: npt.NDArray[np.uint8]) -> int:
    """Number of shots in which any observable was predicted wrongly.

    Args: predicted flips and actual flips, both uint8 (shots, ceil(observables/8)), bit-packed little-endian.
    """
    if predicted_b8.shape != observable_flips_b8.shape:
        raise ValueError(
            f"`predicted_b8` must have the shape of `observable_flips_b8`, {observable_flips_b8.shape}, but has "
            f"{predicted_b8.shape}; decode the same shots"
        )
    return int(np.any(predicted_b8 != observable_flips_b8, axis=1).sum())
