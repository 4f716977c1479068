"""Version of the code that a process runs. Blocks and results of different code are not mixed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import qec_leak

_DECIDES = (
    "_checks.py",
    "_limits.py",
    "_plugins.py",
    "analysis",
    "certificate",
    "channels",
    "circuits",
    "decoding",
    "device",
    "engine",
    "program",
    "records",
    "sweep",
    "tableau",
)
"""Packages and modules that decide what is sampled, decoded and counted: all that a block is run with."""


def source_digest(root: Path) -> str:
    """Hash of the sources that decide, 16 hexadecimal digits. Args: root: the folder of the package."""
    digest = hashlib.sha256()
    for name in _DECIDES:
        for path in [root / name] if name.endswith(".py") else sorted((root / name).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


SOURCES = source_digest(Path(qec_leak.__file__).parent)
"""Hash of the sources as they are when they are imported."""

VERSION = f"{qec_leak.__version__} ({SOURCES[:8]})"
"""Release and the beginning of the hash."""
