"""``decode``: predicted observable flips of shots, in one call; and how many were predicted wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.decoding.decoder import DecodingProblem
from qec_leak.decoding.named_decoders import AnyDecoder
from qec_leak.decoding.ready import ReadyDecoder

if TYPE_CHECKING:
    from qec_leak.engine import ShotBatch  # at run time it would load the kernels into processes that only decode
    from qec_leak.records import ShotFolder


def decode(
    circuit: stim.Circuit | str | ShotFolder,
    batch: ShotBatch | ShotFolder | None = None,
    *,
    decoder: AnyDecoder = "pymatching",
) -> npt.NDArray[np.bool_]:
    """Decode shots: ``decode(circuit, batch)``, or ``decode(read_folder(path))``.

    Args:
        circuit: the circuit that was sampled, or its text; its error model is made by Stim and leaves leakage out.
            Or a folder of shots: then its noisy circuit, or its error model where the circuit has no noise.
        batch: what the sampler returned, or a folder of shots of the circuit; left out after a folder.
        decoder: a name ("pymatching", "pymatching-correlated", what is installed, "module:attribute"), a
            ``qec_leak.decoding.Decoder``, or a ``sinter.Decoder``.

    Returns:
        Predicted observable flips, bool (shots, observables).

    Raises:
        ValueError: there is no noise to decode by, or a folder has no detection events.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(1000)
        >>> wrong = ql.decode(memory.circuit, batch) != batch.observable_flips
        >>> bool(wrong.mean() < 0.15)
        True
    """
    if isinstance(circuit, str):
        from qec_leak.circuits.arguments import as_circuit  # workers that only decode do without it

        circuit = as_circuit("circuit", circuit)
    if not hasattr(circuit, "circuit"):  # no folder
        return ReadyDecoder(DecodingProblem(circuit), decoder).decode(batch)  # type: ignore[arg-type]
    if batch is not None:
        return ReadyDecoder(DecodingProblem(circuit.circuit), decoder).decode(batch)
    return ReadyDecoder(_problem_of(circuit), decoder).decode(circuit)


def _problem_of(data: ShotFolder) -> DecodingProblem:
    """The problem of a folder: its circuit if that has noise, else its error model."""
    if data.circuit.detector_error_model(flatten_loops=False).num_errors:
        return DecodingProblem(data.circuit)
    if data.detector_error_model is not None:
        return DecodingProblem(data.circuit, data.detector_error_model)
    raise ValueError(
        f"`{data.path}` must hold a noisy circuit or a detector error model to decode by, but its circuit has no "
        "noise; give decode(noisy_circuit, data)"
    )


def count_logical_errors(predicted_b8: npt.NDArray[np.uint8], observable_flips_b8: npt.NDArray[np.uint8]) -> int:
    """Number of shots in which any observable was predicted wrongly.

    Args:
        predicted_b8: uint8 (shots, ceil(observables/8)), bit-packed little-endian.
        observable_flips_b8: the actual flips, alike.

    Returns:
        The number.

    Raises:
        ValueError: the two differ in shape.

    Examples:
        >>> import numpy as np
        >>> count_logical_errors(np.array([[0], [1]], dtype=np.uint8), np.array([[1], [1]], dtype=np.uint8))
        1
    """
    if predicted_b8.shape != observable_flips_b8.shape:
        raise ValueError(
            f"`predicted_b8` must have the shape of `observable_flips_b8`, {observable_flips_b8.shape}, but has "
            f"{predicted_b8.shape}; decode the same shots"
        )
    return int(np.any(predicted_b8 != observable_flips_b8, axis=1).sum())
