"""Files that may be gzipped: NAME or NAME.gz."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

SUFFIX = ".gz"


def find_file(folder: Path, name: str) -> Path | None:
    """The file of that name, or its gzipped form; None if there is neither."""
    for path in (folder / name, folder / f"{name}{SUFFIX}"):
        if path.is_file():
            return path
    return None


def read_whole(path: Path) -> bytes:
    """Contents of a file, unpacked if its name ends in .gz. Raises ValueError if it does not unpack."""
    data = path.read_bytes()
    if path.suffix != SUFFIX:
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"`{path}` must be a gzip file, but does not unpack ({error}); copy it again") from None
