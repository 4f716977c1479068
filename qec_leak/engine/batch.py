"""ShotBatch: what a sampler returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.bool_]


def unpack(packed: Bytes, bits: int) -> Bits:
    """uint8 (shots, ceil(bits/8)), little-endian -> bool (shots, bits)."""
    return np.unpackbits(packed, axis=1, count=bits, bitorder="little").astype(bool)


def _share(packed: Bytes, bits: int) -> str:
    """How many of the bits are set, in percent."""
    total = packed.shape[0] * bits
    return f"{100 * int(np.unpackbits(packed).sum()) / total:.3g} %" if total else "0 %"


@dataclass(frozen=True, eq=False)
class ShotBatch:
    """Outcomes of consecutive shots.

    Arrays with suffix ``_b8`` are uint8 (shots, ceil(n/8)), bit k of a row at byte k // 8, bit k % 8 (little-endian,
    Stim's b8).

    Attributes:
        shots: number of shots.
        first_shot: index of the first shot under the sampler's seed.
        num_qubits: one more than the largest name of a qubit.
        num_detectors: detectors of the circuit.
        num_observables: observables of the circuit.
        num_measurements: measurements of the circuit.
        num_sweep_bits: sweep bits of the circuit.
        detection_events_b8: bit-packed ``detection_events``.
        observable_flips_b8: bit-packed ``observable_flips``.
        sweep_bits_b8: bit-packed ``sweep_bits``.
        measurements_b8: bit-packed ``measurements``; None if not asked for.
        heralds: uint8 (shots, measurements): level at each measurement, 0 (computational), 2 or 3; None if not asked
            for.
        population_counts: int64 (snapshots, qubits, 2): shots in which the qubit is in level 2, 3; None if not asked
            for.
        leaked_b8: uint8 (shots, snapshots, ceil(qubits/8)): whether qubit q is in level 2 or 3, at byte q // 8, bit
            q % 8 of a snapshot; None if not asked for (``levels``). Each snapshot starts at a new byte, and bits
            beyond the last qubit are 0.
        three_b8: whether it is in level 3, packed in the same way.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(100, heralds=True)
        >>> batch.detection_events.shape, batch.heralds.shape, batch.leakage_population.shape
        ((100, 32), (100, 41), (4, 17))
    """

    shots: int
    first_shot: int
    num_qubits: int
    num_detectors: int
    num_observables: int
    num_measurements: int
    num_sweep_bits: int
    detection_events_b8: Bytes
    observable_flips_b8: Bytes
    sweep_bits_b8: Bytes
    measurements_b8: Bytes | None = None
    heralds: Bytes | None = None
    population_counts: npt.NDArray[np.int64] | None = None
    leaked_b8: Bytes | None = None
    three_b8: Bytes | None = None

    @property
    def detection_events(self) -> Bits:
        """bool (shots, detectors): which detectors fired."""
        return unpack(self.detection_events_b8, self.num_detectors)

    @property
    def observable_flips(self) -> Bits:
        """bool (shots, observables): which observables are flipped against the noiseless run."""
        return unpack(self.observable_flips_b8, self.num_observables)

    @property
    def sweep_bits(self) -> Bits:
        """bool (shots, sweep bits): the bits that were given or drawn."""
        return unpack(self.sweep_bits_b8, self.num_sweep_bits)

    @property
    def measurements(self) -> Bits | None:
        """bool (shots, measurements): real outcomes; None if not asked for."""
        return None if self.measurements_b8 is None else unpack(self.measurements_b8, self.num_measurements)

    @property
    def levels(self) -> Bytes | None:
        """uint8 (shots, snapshots, qubits): each qubit's level, 0 (computational), 2 or 3; None if not asked for."""
        if self.leaked_b8 is None or self.three_b8 is None:
            return None
        leaked, three = (
            np.unpackbits(plane, axis=2, count=self.num_qubits, bitorder="little")
            for plane in (self.leaked_b8, self.three_b8)
        )
        leaked <<= 1
        leaked += three
        return leaked

    @property
    def leakage_population(self) -> npt.NDArray[np.float64]:
        """float64 (snapshots, qubits): P(level >= 2).

        Raises:
            ValueError: populations were not asked for.
        """
        return np.asarray(self.level_population.sum(axis=2))

    @property
    def level_population(self) -> npt.NDArray[np.float64]:
        """float64 (snapshots, qubits, 2): P(level 2), P(level 3).

        Raises:
            ValueError: populations were not asked for.
        """
        if self.population_counts is None:
            raise ValueError(
                "`populations` must be 'rounds' or 'moments' to read them, but is None; ask sample() for them"
            )
        return self.population_counts / max(self.shots, 1)

    def _repr_html_(self) -> str:
        from qec_leak._html import card, curve  # only where a notebook shows it

        rows: dict[str, object] = {
            "shots": f"{self.first_shot:,} to {self.first_shot + self.shots - 1:,}" if self.shots else "none",
            "qubits": self.num_qubits,
            "detectors": f"{self.num_detectors:,}, {_share(self.detection_events_b8, self.num_detectors)} fired",
            "observables": f"{self.num_observables}, {_share(self.observable_flips_b8, self.num_observables)} flipped",
        }
        kept = {"measurements": self.measurements_b8, "heralds": self.heralds, "levels": self.leaked_b8}
        rows["kept"] = ", ".join(name for name, part in kept.items() if part is not None) or "events and flips"
        picture = ""
        if self.population_counts is not None and len(self.population_counts):
            leaked = self.leakage_population.mean(axis=1)
            rows["P(leaked), mean of all qubits"] = f"{100 * leaked[0]:.3g} % to {100 * leaked[-1]:.3g} %"
            picture = curve(leaked.tolist(), about=f"P(leaked) at {len(leaked)} snapshots")
        return card("Shots", rows, picture=picture)

    @staticmethod
    def concatenate(batches: Sequence[ShotBatch]) -> ShotBatch:
        """One batch of all shots in order.

        Args:
            batches: batches of one circuit, sampled with the same options.

        Returns:
            The batch.

        Raises:
            ValueError: there is no batch, or batches are of different circuits.
        """
        if not batches:
            raise ValueError("`batches` must hold at least one batch, but is empty; sample first")
        first = batches[0]
        names = ("num_qubits", "num_detectors", "num_observables", "num_measurements", "num_sweep_bits")
        for other in batches[1:]:
            for name in names:
                if getattr(other, name) != getattr(first, name):
                    raise ValueError(
                        f"`batches` must come from one circuit, but {name} is {getattr(first, name)} and "
                        f"{getattr(other, name)}; do not mix them"
                    )

        def rows(name: str) -> Bytes | None:
            parts = [getattr(b, name) for b in batches]
            return None if any(part is None for part in parts) else np.concatenate(parts)

        counts = [b.population_counts for b in batches]
        detection_events, observables, sweep = (
            rows(name) for name in ("detection_events_b8", "observable_flips_b8", "sweep_bits_b8")
        )
        assert detection_events is not None and observables is not None and sweep is not None
        return ShotBatch(
            shots=sum(b.shots for b in batches),
            first_shot=first.first_shot,
            **{name: getattr(first, name) for name in names},
            detection_events_b8=detection_events,
            observable_flips_b8=observables,
            sweep_bits_b8=sweep,
            measurements_b8=rows("measurements_b8"),
            heralds=rows("heralds"),
            leaked_b8=rows("leaked_b8"),
            three_b8=rows("three_b8"),
            population_counts=None
            if any(c is None for c in counts)
            else np.sum([c for c in counts if c is not None], axis=0),
        )

    def __add__(self, other: ShotBatch) -> ShotBatch:
        return ShotBatch.concatenate([self, other])
