"""Leakage populations: exact counts of leaked shots by snapshot, qubit and level, and the file that holds them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ROLES = ("data", "measure", "removal")


@dataclass(frozen=True, eq=False)
class LeakagePopulations:
    """How many shots had each qubit in level 2 and in level 3, at each snapshot (by default: each round's end).

    Attributes:
        counts: int64 (snapshots, qubits, 2); the last axis is level 2, level 3.
        shots: shots in which they were counted, the same for every entry.
        qubits: qubit indices (second axis of ``counts``) by role: "data", "measure", "removal". Empty if the circuit's
            qubits have no roles: then "all qubits" are all of the second axis.

    Examples:
        >>> import numpy as np
        >>> populations = LeakagePopulations(np.array([[[10, 0], [20, 10]]]), 1000, {"data": (0,), "measure": (1,)})
        >>> populations.leakage_population("measure").tolist()
        [0.03]
    """

    counts: npt.NDArray[np.int64]
    shots: int
    qubits: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        if self.counts.ndim != 3 or self.counts.shape[2] != 2:
            raise ValueError(
                f"`counts` must be (snapshots, qubits, 2), but is {self.counts.shape}; give one count a level"
            )
        if self.counts.size and not 0 <= int(self.counts.min()) <= int(self.counts.max()) <= self.shots:
            raise ValueError(f"`counts` must lie in 0..{self.shots} (`shots`), but do not; add counts and shots alike")
        unknown = [role for role in self.qubits if role not in _ROLES]
        if unknown:
            raise ValueError(f"`qubits` must be keyed by {_ROLES}, but has {unknown[0]!r}; rename it")
        self.counts.setflags(write=False)

    def __add__(self, other: LeakagePopulations) -> LeakagePopulations:
        """Counts of both sets of shots together."""
        if not isinstance(other, LeakagePopulations):
            return NotImplemented
        if self.counts.shape != other.counts.shape or dict(self.qubits) != dict(other.qubits):
            raise ValueError(
                f"populations must be of the same circuit to be added, but have shapes {self.counts.shape} and "
                f"{other.counts.shape}; add those of one circuit"
            )
        return LeakagePopulations(self.counts + other.counts, self.shots + other.shots, self.qubits)

    def level_population(self, level: int, role: str | None = None) -> npt.NDArray[np.float64]:
        """P(level) by snapshot, averaged over qubits.

        Args:
            level: 2 or 3.
            role: of the qubits. None: all qubits.

        Returns:
            float64 (snapshots,).

        Raises:
            ValueError: there is no such level or role.
        """
        if level not in (2, 3):
            raise ValueError(f"`level` must be 2 or 3, but is {level!r}; the computational levels are not counted")
        return self._mean(self.counts[:, :, level - 2], role)

    def leakage_population(self, role: str | None = None) -> npt.NDArray[np.float64]:
        """P(level >= 2) by snapshot, averaged over qubits.

        Args:
            role: of the qubits. None: all qubits.

        Returns:
            float64 (snapshots,).
        """
        return self._mean(self.counts.sum(axis=2), role)

    def leakage_population_error(self, role: str | None = None) -> npt.NDArray[np.float64]:
        """Standard error (1 sigma) of ``leakage_population``.

        The error is binomial for each qubit, and treats the qubits as independent, since the counts do not have the
        correlations between them. These are small: leakage is rare, and transport moves it without multiplying it.

        Args:
            role: of the qubits. None: all qubits.

        Returns:
            float64 (snapshots,).
        """
        p = self.counts.sum(axis=2)[:, list(self._members(role))] / self.shots
        return np.asarray(np.sqrt((p * (1 - p)).sum(axis=1) / self.shots) / max(p.shape[1], 1))

    def _members(self, role: str | None) -> tuple[int, ...]:
        if role is None and not self.qubits:
            return tuple(range(self.counts.shape[1]))
        if role is None:
            return tuple(q for r in _ROLES for q in self.qubits.get(r, ()))
        if role not in self.qubits:
            raise ValueError(f"`role` must be one of {tuple(self.qubits)}, but is {role!r}; the circuit has no others")
        return self.qubits[role]

    def _mean(self, counts: npt.NDArray[np.int64], role: str | None) -> npt.NDArray[np.float64]:
        members = list(self._members(role))
        return np.asarray(counts[:, members].sum(axis=1) / (self.shots * max(len(members), 1)))


def write_populations(path: str | os.PathLike[str], populations: Mapping[str, LeakagePopulations]) -> None:
    """Write populations by name, for example of a strategy, to one npz file.

    Arrays: ``NAME.counts`` int64 (snapshots, qubits, 2), ``NAME.shots`` int64, and for each role ``NAME.ROLE_qubits``
    int64 (qubit indices). ``numpy.load`` reads it anywhere; ``read_populations`` puts the parts together again.

    Args:
        path: the file, replaced if it exists.
        populations: by name.

    Examples:
        >>> import tempfile
        >>> import numpy as np
        >>> populations = LeakagePopulations(np.array([[[10, 0], [20, 10]]]), 1000, {"data": (0,), "measure": (1,)})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_populations(f"{folder}/populations.npz", {"MLR": populations})
        ...     read_populations(f"{folder}/populations.npz")["MLR"].shots
        1000
    """
    arrays: dict[str, npt.NDArray[np.int64]] = {}
    for name, part in populations.items():
        arrays[f"{name}.counts"] = part.counts
        arrays[f"{name}.shots"] = np.asarray(part.shots, dtype=np.int64)
        for role, members in part.qubits.items():
            arrays[f"{name}.{role}_qubits"] = np.asarray(members, dtype=np.int64)
    with open(path, "wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its options


def read_populations(path: str | os.PathLike[str]) -> dict[str, LeakagePopulations]:
    """Read a file of ``write_populations``.

    Args:
        path: the file.

    Returns:
        Populations by name, in the order written.

    Raises:
        ValueError: the file does not read as one of ``write_populations``.
        OSError: it cannot be read.

    Examples:
        >>> read_populations("nowhere.npz")
        Traceback (most recent call last):
        ...
        FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.npz'
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = [key.removesuffix(".counts") for key in arrays.files if key.endswith(".counts")]
            out = {}
            for name in names:
                qubits = {
                    role: tuple(int(q) for q in arrays[f"{name}.{role}_qubits"])
                    for role in _ROLES
                    if f"{name}.{role}_qubits" in arrays.files
                }
                out[name] = LeakagePopulations(arrays[f"{name}.counts"], int(arrays[f"{name}.shots"]), qubits)
            return out
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"`{os.fspath(path)}` must be a file of write_populations, but does not read as one ({error}); "
            "give a populations.npz"
        ) from error
