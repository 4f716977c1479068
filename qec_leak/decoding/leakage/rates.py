"""How often transmons leak, fitted to detection events."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.decoding.error_model import matching_error_model
from qec_leak.decoding.leakage.inference import LeakageInference
from qec_leak.decoding.leakage.model import LeakageModel
from qec_leak.decoding.leakage.seen import checked_events, checked_heralds
from qec_leak.decoding.leakage.tables import Floats

_ITERATIONS = 12
_CLOSE = 0.01
"""Relative change of the scale at which the fit is done."""
_QUIET, _NEGLIGIBLE = 0.02, 3e-4
"""See ``LeakageInference``."""
_LEAST, _SEED = 500, 1
"""Of samples of the circuit itself: shots at least, and seed."""
_SHOTS = 256
"""Shots that are inferred at once."""


def scaled_leaking(model: LeakageModel, scale: float) -> LeakageModel:
    """The model with every probability to leak multiplied by ``scale``.

    Transport from a leaked partner, and returns, stay as they are. A product above 1 becomes 1.
    """
    if scale == 1.0:
        return model
    pairs = model.pairs.copy()
    flat = pairs[:, :, 0, 0].reshape(len(pairs), 2, 9)
    flat[:, :, 1:] = _scaled(flat[:, :, 1:], scale)
    flat[:, :, 0] = 1.0 - flat[:, :, 1:].sum(axis=-1)
    pairs[:, :, 0, 0] = flat.reshape(len(pairs), 2, 3, 3)
    return dataclasses.replace(
        model, pairs=pairs, singles=_row_scaled(model.singles, scale), segments=_row_scaled(model.segments, scale)
    )


def _row_scaled(tables: Floats, scale: float) -> Floats:
    out = tables.copy()
    out[:, 0, 1:] = _scaled(out[:, 0, 1:], scale)
    out[:, 0, 0] = 1.0 - out[:, 0, 1:].sum(axis=-1)
    return out


def _scaled(leaking: Floats, scale: float) -> Floats:
    """Probabilities to leak, by row, times the scale."""
    total = leaking.sum(axis=-1, keepdims=True)
    return np.asarray(leaking * np.minimum(scale, 1.0 / np.maximum(total, 1e-300)))


def fit_leakage_scale(
    circuit: stim.Circuit,
    detection_events: npt.NDArray[np.bool_],
    heralds: npt.NDArray[np.uint8] | None = None,
) -> float:
    """Fit how often transmons leak to detection events: expectation and maximization of one factor.

    Each step infers the levels with the present factor. Then it multiplies the factor by the mean leaked population
    that was inferred, over the one that the rates alone predict. At the end both are equal. Inference misses some short
    leakage, so this factor is too low. The same fit to samples of the circuit itself, whose factor is 1, says by how
    much, and is divided out. Give the factor to ``infer_leakage`` or ``LeakageAware``.

    Args:
        circuit: the circuit that was run, with noise, and leakage in its tags.
        detection_events: bool (shots, detectors).
        heralds: uint8 (shots, measurements): level at each measurement, 0, 2 or 3; None: not known.

    Returns:
        The factor: transmons leak that many times more often than the tags say. Returns and transport are taken from
        the tags.

    Raises:
        ValueError: an array is of another circuit, the circuit cannot be read, or it has no leakage.

    Examples:
        >>> import qec_leak as ql
        >>> device = ql.Device.preset("willow").replace({"cz.high": "data"})
        >>> told = ql.memory_experiment(distance=3, rounds=20, strategy="MLR", device=device)
        >>> run = ql.memory_experiment(
        ...     distance=3, rounds=20, strategy="MLR", device=device.replace({"cz.leakage": 6e-4})
        ... )
        >>> events = ql.compile_sampler(run.circuit, seed=1).sample(500).detection_events
        >>> 1.5 < fit_leakage_scale(told.circuit, events) < 3.0
        True
    """
    from qec_leak.engine import compile_sampler  # at import it would load the engine into processes that only decode

    events = checked_events(detection_events, circuit)
    levels = checked_heralds(heralds, len(events), circuit)
    model = LeakageModel.of_circuit(circuit, matching_error_model(circuit))
    if not model.num_events:
        raise ValueError(
            "`circuit` must have leakage in its tags to fit how much, but has none; dress it with a device"
        )
    if not len(events):
        raise ValueError("`detection_events` must have shots to fit to, but has none; sample some")
    found = _fixed_point(model, np.packbits(events, axis=1, bitorder="little"), levels)
    own = compile_sampler(circuit, seed=_SEED).sample(max(len(events), _LEAST), heralds=levels is not None)
    return found / _fixed_point(model, own.detection_events_b8, own.heralds)


def _fixed_point(model: LeakageModel, packed: npt.NDArray[np.uint8], heralds: npt.NDArray[np.uint8] | None) -> float:
    """The factor at which inferred and predicted populations are equal."""
    scale = 1.0
    for _ in range(_ITERATIONS):
        inference = LeakageInference(scaled_leaking(model, scale), quiet=_QUIET, negligible=_NEGLIGIBLE)
        alone = float(inference.prior_levels[inference.awake, 1:].sum())
        ratio = _population(inference, packed, heralds) / max(alone, 1e-300)
        scale *= ratio
        if abs(ratio - 1.0) < _CLOSE:
            break
    return scale


def _population(
    inference: LeakageInference, packed: npt.NDArray[np.uint8], heralds: npt.NDArray[np.uint8] | None
) -> float:
    """Posterior of leaked levels, summed over events of transmons that leak, mean over shots."""
    total = 0.0
    for start in range(0, len(packed), _SHOTS):
        rows = slice(start, start + _SHOTS)
        known = inference.known_levels(len(packed[rows]), None if heralds is None else heralds[rows])
        total += float(
            inference.infer(packed[rows], known, levels=True).levels[:, inference.awake].sum(dtype=np.float64)
        )
    return total / len(packed)
