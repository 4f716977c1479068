"""Results: the named arrays from which a figure is drawn, the file that holds them, and the record of their origin."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qec_leak.records import StagedFolder

Array = npt.NDArray[Any]

_METADATA = "metadata"


@dataclass(frozen=True, eq=False)
class Results:
    """What a study has sampled.

    study: name of the study.
    fingerprint: of what was sampled (``Study.fingerprint``).
    arrays: numbers by name; the study's module says which, with shapes and units.
    metadata: what fits into JSON: the experiment's tables, the package's version, seconds taken.
    """

    study: str
    fingerprint: str
    arrays: Mapping[str, Array]
    metadata: Mapping[str, Any]

    def __getitem__(self, name: str) -> Array:
        """The array ``name``."""
        if name not in self.arrays:
            raise ValueError(
                f"results of {self.study} have no array {name!r}, only {', '.join(sorted(self.arrays))}; sample them "
                "again with this version"
            )
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def strategies(self, name: str) -> list[str]:
        """The strategies S that have an array "S.name"."""
        return [key.removesuffix(f".{name}") for key in self.arrays if key.endswith(f".{name}")]

    def scalar(self, name: str) -> float:
        """The array ``name`` of a single number."""
        return float(self[name])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one npz file, whole or not at all. ``numpy.load`` reads it anywhere."""
        file = Path(path)
        text = {"study": self.study, "fingerprint": self.fingerprint, **self.metadata}
        arrays: dict[str, Any] = {_METADATA: np.asarray(json.dumps(text)), **self.arrays}
        with StagedFolder(file.parent) as folder:
            with open(folder.path(file.name), "wb") as stream:
                np.savez_compressed(stream, **arrays)
            folder.commit(last=file.name)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Results:
        """Read a file of ``save``. Raises ValueError if it is not such a file, OSError if there is no file."""
        try:
            with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
                metadata = json.loads(str(file[_METADATA]))
                arrays = {name: file[name] for name in file.files if name != _METADATA}
            return cls(metadata.pop("study"), metadata.pop("fingerprint"), arrays, metadata)
        except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"`{os.fspath(path)}` must be a results file of qec-leak figure, but does not read as one ({error}); "
                "remove it and run again"
            ) from error
