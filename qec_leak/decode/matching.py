"""PyMatching, plain and correlated, on the error model that Stim makes of a circuit.

The error model does not know of leakage (Stim ignores the tags): that is the decoder whose failure under leakage Miao
et al. measure. Correlated matching is PyMatching's two-pass method (Fowler, arXiv:1310.0863).
"""

from __future__ import annotations

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
    second). Leakage in the tags is not in it."""
    return circuit.detector_error_model(decompose_errors=True, approximate_disjoint_errors=True)


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
        self._matching = pymatching.Matching.from_detector_error_model(model, enable_correlations=self.correlated)

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
            out[start : start + chunk] = self._matching.decode_batch(
                np.ascontiguousarray(events[start : start + chunk]),
                bit_packed_shots=True,
                bit_packed_predictions=True,
                enable_correlations=self.correlated,
            )
        return out

    def decode(self, batch: ShotBatch | ShotFolder) -> npt.NDArray[np.bool_]:
        """Predict observable flips of a batch, or of a folder of shots: bool (shots, observables)."""
        packed = self.decode_batch(batch.detection_events_b8)
        bits = np.unpackbits(packed, axis=1, count=self.detector_error_model.num_observables, bitorder="little")
        return bits.astype(np.bool_)


def decode(
    circuit: stim.Circuit | ShotFolder, batch: ShotBatch | ShotFolder | None = None, *, correlated: bool = False
) -> npt.NDArray[np.bool_]:
    """Decode shots with PyMatching: ``decode(circuit, batch)``, or ``decode(read_folder(path))``.

    Args:
        circuit: the circuit that was sampled; its error model is made by Stim and leaves leakage out. Or a folder of
            shots: then its noisy circuit, or its error model where the circuit has no noise.
        batch: what the sampler returned, or a folder of shots of the circuit; left out after a folder.
        correlated: use correlated matching.
    Returns predicted observable flips, bool (shots, observables).
    Raises ValueError where there is no noise to decode by, or a folder has no detection events.
    """
    if batch is not None:
        return Decoder(_circuit_of(circuit), correlated=correlated).decode(batch)
    if isinstance(circuit, stim.Circuit):
        raise TypeError("`batch` must be shots of the circuit, but is missing; give decode(circuit, batch)")
    return Decoder(_model_of(circuit), correlated=correlated).decode(circuit)


def _circuit_of(source: stim.Circuit | ShotFolder) -> stim.Circuit:
    return source if isinstance(source, stim.Circuit) else source.circuit


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
