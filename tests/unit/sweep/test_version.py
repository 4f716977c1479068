"""The digest of sources sees all code that a block is run with, whatever is edited."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import qec_leak
from qec_leak.sweep.version import _DECIDES, SOURCES, VERSION, source_digest

ROOT = Path(qec_leak.__file__).parent
SCRIPT = """
import sys
from qec_leak.sweep import parse_sweep
from qec_leak.sweep.block import Block, CompiledPoint
[point] = parse_sweep("[circuit]\\ndistance = 3\\nrounds = 2\\nstrategy = 'DQLR'\\n[stop]\\nmax_shots = 10").points
CompiledPoint(point).run(0, Block(0, 10))
print(*sorted({name.split(".")[1] for name in sys.modules if name.startswith("qec_leak.")}))
"""


def test_all_that_a_block_loads_is_in_it():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=200)
    loaded = set(done.stdout.split())
    assert {"analysis", "decoding", "engine", "tableau"} <= loaded
    assert loaded <= {name.removesuffix(".py") for name in _DECIDES}


@pytest.mark.parametrize(
    "file", ["analysis/detection.py", "certificate/__init__.py", "tableau/kernels.py", "records/event_counts.py"]
)
def test_an_edit_changes_it(file, tmp_path):
    copy = tmp_path / "qec_leak"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert source_digest(copy) == SOURCES and SOURCES[:8] in VERSION
    with open(copy / file, "a") as source:
        source.write("# edited\n")
    assert source_digest(copy) != SOURCES


def test_what_only_shows_is_not_in_it(tmp_path):
    copy = tmp_path / "qec_leak"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "studies" / "miao2023" / "f5c.py").write_text("")
    assert source_digest(copy) == SOURCES
