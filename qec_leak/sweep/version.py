"""Which code a process runs: blocks of different code are not blocks of one sweep."""

from __future__ import annotations

import hashlib
from pathlib import Path

import qec_leak

_DECIDES = ("channels", "circuits", "decoding", "device", "engine", "program", "sweep")
"""Packages that decide what is sampled, decoded and counted."""


def _fingerprint() -> str:
    root = Path(qec_leak.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for package in _DECIDES for path in (root / package).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


VERSION = f"{qec_leak.__version__} ({_fingerprint()})"
"""Release and a hash of the sources, as they are when they are imported."""
