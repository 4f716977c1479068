"""Bit-packed detection events as arguments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def check_events(detection_events_b8: npt.ArrayLike, num_detectors: int) -> npt.NDArray[np.uint8]:
    """The events, uint8 (shots, ceil(detectors/8)). Raises ValueError for another type or shape."""
    events, width = np.asarray(detection_events_b8), (num_detectors + 7) // 8
    if events.dtype != np.uint8 or events.ndim != 2 or events.shape[1] != width:
        raise ValueError(
            f"`detection_events_b8` must be uint8 (shots, {width}), but is {events.dtype} {events.shape}; give the "
            f"bit-packed events of this circuit's {num_detectors} detectors"
        )
    return events
