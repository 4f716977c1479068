"""Runs leakysim, the independent tableau simulator, in an environment of its own (it needs another release of Stim)."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

SCRIPT = Path(__file__).with_name("oracle_leakysim.py")
VARIABLE = "QEC_LEAK_ORACLE_PYTHON"
DEFAULT = Path(".venv-oracle") / "bin" / "python"


def find_oracle(given: str | None) -> str:
    """The Python that should have leakysim: the one given, that of the environment variable, or the default."""
    return given or os.environ.get(VARIABLE) or str(DEFAULT)


@functools.cache
def missing_oracle(python: str | None) -> str:
    """Why leakysim cannot be run by this Python; empty if it can."""
    if python is None:
        return "no Python with leakysim was given"
    if not Path(python).is_file():
        return f"no Python with leakysim at {python}"
    found = subprocess.run([python, "-c", "import leaky, numpy, stim"], capture_output=True, check=False)
    return "" if found.returncode == 0 else f"{python} cannot import leakysim"


def run_oracle(python: str, job: dict[str, object], folder: Path) -> dict[str, npt.NDArray[np.float64]]:
    """Run ``oracle_leakysim.py`` on ``job``; its files are in ``folder``."""
    (folder / "job.json").write_text(json.dumps(job))
    command = [python, str(SCRIPT), str(folder / "job.json"), str(folder / "out.npz")]
    subprocess.run(command, check=True)
    with np.load(folder / "out.npz") as out:
        return {name: out[name] for name in out.files}
