"""Checks of what was seen: arrays that a user gives must fit the circuit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import stim


def checked_events(events: npt.NDArray[np.bool_], circuit: stim.Circuit) -> npt.NDArray[np.bool_]:
    """Detection events, bool (shots, detectors). Raises ValueError if they are not of the circuit."""
    events = np.asarray(events)
    if events.ndim != 2 or events.shape[1] != circuit.num_detectors or events.dtype != np.bool_:
        raise ValueError(
            f"`detection_events` must be bool (shots, {circuit.num_detectors}), but is {events.dtype} {events.shape}; "
            "give those of the circuit"
        )
    return events


def checked_heralds(
    heralds: npt.NDArray[np.uint8] | None, shots: int, circuit: stim.Circuit
) -> npt.NDArray[np.uint8] | None:
    """Levels at measurements, uint8 (shots, measurements), or None. Raises ValueError if not of the circuit."""
    if heralds is None:
        return None
    heralds = np.asarray(heralds)
    if heralds.dtype != np.uint8 or heralds.shape != (shots, circuit.num_measurements):
        raise ValueError(
            f"`heralds` must be uint8 {(shots, circuit.num_measurements)}, but is {heralds.dtype} "
            f"{heralds.shape}; give batch.heralds"
        )
    if not np.isin(heralds, (0, 2, 3)).all():
        raise ValueError(f"`heralds` must be 0, 2 or 3, but has {int(heralds.max())}; give levels at measurements")
    return heralds
