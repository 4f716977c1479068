"""What the tests of a user's own parts share: the folder, sweeps as a user starts them, results in one order."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import sinter

from qec_leak.cli import main

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def is_on_the_page(file):
    """True if docs/extending.md shows all of this file."""
    return (HERE / file).read_text() in (ROOT / "docs" / "extending.md").read_text()


def read_rows(path):
    """Rows of a results file, by strong id: workers that finish in any order write rows in any order."""
    return sorted(sinter.read_stats_from_csv_files(path), key=lambda row: row.strong_id)


def sweep(folder, text, *more):
    """Rows of a sweep in one process."""
    (folder / "mine.toml").write_text(text)
    assert main(["sweep", str(folder / "mine.toml"), "--out", str(folder / "out.csv"), "--workers", "1", *more]) == 0
    return read_rows(folder / "out.csv")


def sweep_in_processes(folder, text, file):
    """Rows of a sweep in two processes, with the user's file in the current folder.

    -P: Python itself does not look for modules in the current folder."""
    (folder / file).write_text((HERE / file).read_text())
    (folder / "mine.toml").write_text(text)
    words = [sys.executable, "-P", "-m", "qec_leak", "sweep", "mine.toml", "--out", "out.csv", "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    return read_rows(folder / "out.csv")


def refusal(capsys, *words):
    """The one line with which a command refuses what is written wrongly."""
    assert main(list(words)) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "Traceback" not in err
    return err


def sigmas(counts, shots, *, least=10):
    """Of each event, |difference of its fractions in two samples| in sigma.

    Args:
        counts: two arrays, how many shots of either sample have each event.   shots: of either sample.
        least: events are left out of which one sample is expected to have fewer, with or without them: their tails are
            not normal.
    """
    pooled = (counts[0] + counts[1]) / sum(shots)
    sigma = np.sqrt(pooled * (1 - pooled) * (1 / shots[0] + 1 / shots[1]))
    enough = np.minimum(pooled, 1 - pooled) * min(shots) >= least
    return np.abs(counts[0] / shots[0] - counts[1] / shots[1])[enough] / sigma[enough]
