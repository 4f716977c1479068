"""A ``sinter.Decoder`` as a ``Decoder``. It decodes shots with leakage by the error model, which has none."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sinter

from qec_leak.decoding.decoder import CompiledDecoder, Decoder, DecodingProblem, ShotSlice


@dataclass(frozen=True)
class SinterDecoder(Decoder):
    """A decoder for sinter. decoder: a sinter.Decoder."""

    decoder: sinter.Decoder

    @property
    def name(self) -> str:
        """The name of its class."""
        return type(self.decoder).__name__

    def compile(self, problem: DecodingProblem) -> CompiledDecoder:
        """Compile it, or have it decode files where it cannot be compiled."""
        model = problem.detector_error_model
        try:
            return _Compiled(self.decoder.compile_decoder_for_dem(dem=model))
        except NotImplementedError:
            return _ByFiles(self.decoder, problem)


class _Compiled(CompiledDecoder):
    def __init__(self, compiled: sinter.CompiledDecoder) -> None:
        self._compiled = compiled

    def decode_batch(self, shots: ShotSlice) -> npt.NDArray[np.uint8]:
        events = np.ascontiguousarray(shots.detection_events_b8)
        return np.asarray(self._compiled.decode_shots_bit_packed(bit_packed_detection_event_data=events))


class _ByFiles(CompiledDecoder):
    def __init__(self, decoder: sinter.Decoder, problem: DecodingProblem) -> None:
        self._decoder, self._problem = decoder, problem

    def decode_batch(self, shots: ShotSlice) -> npt.NDArray[np.uint8]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self._problem.detector_error_model.to_file(folder / "model.dem")
            shots.detection_events_b8.tofile(folder / "events.b8")
            self._decoder.decode_via_files(
                num_shots=len(shots),
                num_dets=self._problem.num_detectors,
                num_obs=self._problem.num_observables,
                dem_path=folder / "model.dem",
                dets_b8_in_path=folder / "events.b8",
                obs_predictions_b8_out_path=folder / "flips.b8",
                tmp_dir=folder,
            )
            return np.fromfile(folder / "flips.b8", dtype=np.uint8).reshape(len(shots), -1)
