"""Mutations still find their text (quick), and all are caught (slow)."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("run_mutations.py")


def test_every_mutation_finds_its_text(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import run_mutations

    assert len(run_mutations.MUTATIONS) >= 10
    for m in run_mutations.MUTATIONS:
        for file, old, _ in m.edits:
            assert (run_mutations.ROOT / file).read_text().count(old) == 1, m.name


@pytest.mark.slow
def test_every_mutation_is_caught():
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
