"""A decoder that is told the levels of all qubits by round. No device has them: it bounds what inference can do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.decoding.decoder import Decoded, DecodingProblem, Shots, ShotSlice
from qec_leak.decoding.leakage.aware import CompiledLeakageAware

Bytes = npt.NDArray[np.uint8]


class Genie:
    """Decodes batches that were sampled with ``levels="rounds"``, as the decoder leakage-aware does, with the levels of
    all qubits known at the end of each round, and at each measurement if there are heralds."""

    def __init__(self, circuit: stim.Circuit) -> None:
        self.problem = DecodingProblem(circuit)
        self._compiled = CompiledLeakageAware(self.problem, suspected=0.0, snapshots=True)

    def decode_batch(self, batch: Shots) -> Decoded:
        """Predict observable flips of a ``ShotBatch``. Raises ValueError where it has no levels."""
        levels = getattr(batch, "levels", None)
        if levels is None:
            raise ValueError(
                "`batch` must have levels to be decoded by them, but has none; sample with levels='rounds', "
                "heralds=True"
            )
        return self._compiled.decode_known(ShotSlice(batch.detection_events_b8, batch.heralds), levels)

    def decode(self, batch: Shots) -> npt.NDArray[np.bool_]:
        """Predict observable flips: bool (shots, observables)."""
        packed = self.decode_batch(batch).flips_b8
        count = self.problem.num_observables
        return np.unpackbits(packed, axis=1, count=count, bitorder="little").astype(np.bool_)
