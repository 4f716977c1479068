"""Build qec_leak, install the wheel into an environment of its own, and use it in an empty folder.

Usage: python packaging/try_wheel.py [WHEEL]

Without a wheel, an sdist and a wheel are built from this repository and checked by twine. The Python that runs this
script is the one that is tried.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]

COMMANDS = (
    ["--version"],
    ["device", "willow"],
    ["patch", "--distance", "5"],
    ["run", "--rounds", "2", "--shots", "1000", "--seed", "1"],
    ["view", "--rounds", "2", "--shots", "200", "--seed", "1", "--out", "view.html"],
    ["figure", "F2bc", "--quick"],
    ["sweep", "demo_sweep", "--set", "stop.max_shots=500", "--out", "sweep.csv"],
    ["status", "sweep.csv"],
    ["validate", "--quick"],
)
"""Each needs files that the wheel has to hold: presets, experiments, templates."""


def environment(folder: Path, *packages: str) -> Path:
    """The Python of a new environment in ``folder`` with ``packages`` in it."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(folder, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
    return python


def run(folder: Path, *words: str | Path) -> str:
    """What a command prints, run in ``folder``; it must succeed, and find no qec_leak but the installed one."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(w) for w in words], cwd=folder, env=outside, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> Path:
    """Build an sdist, and the wheel from it; check both; return the wheel."""
    python = environment(folder / "tools", "build", "twine")
    run(folder, python, "-m", "build", "--outdir", folder / "dist", ROOT)
    run(folder, python, "-m", "twine", "check", "--strict", *sorted((folder / "dist").iterdir()))
    return next((folder / "dist").glob("*.whl"))


def use(wheel: Path, folder: Path) -> None:
    """Install the wheel and use it."""
    python = environment(folder / "env", str(wheel))
    empty = folder / "empty"
    empty.mkdir()
    place = run(empty, python, "-c", "import qec_leak; print(qec_leak.__file__)")
    assert str(folder) in place, f"another qec_leak was used: {place}"
    for words in COMMANDS:
        run(empty, python, "-m", "qec_leak", *words)
        print("qec-leak", *words, flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        use(Path(sys.argv[1]).resolve() if sys.argv[1:] else build(Path(name)), Path(name))
