"""Makes docs/viewer.png, a picture of the page of ``qec-leak view`` in a browser. It needs chromium.

Usage: python docs/make_viewer_picture.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import qec_leak as ql

ROOT = Path(__file__).parent.parent


def main() -> None:
    sys.path.insert(0, str(ROOT / "tests" / "viewer"))
    from chromium import Chromium

    memories = [
        ql.memory_experiment(distance=5, rounds=30, strategy=strategy) for strategy in ("NO_RESET", "MLR", "DQLR")
    ]
    with tempfile.TemporaryDirectory() as folder, Chromium() as browser:
        page = Path(folder) / "leakage.html"
        ql.view(memories, page, shots=20_000, seed=1)
        browser.open(f"{page.as_uri()}#step=19&show=shot3", width=1100, height=640)
        browser.screenshot(ROOT / "docs" / "viewer.png", whole=False)


if __name__ == "__main__":
    main()
