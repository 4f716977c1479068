"""Compiled kernels are used again, but not after an edit of another file that they hold something of."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import qec_leak

CALL = """
from qec_leak.engine.kernels.bits import planes_of
from qec_leak.engine.simd.jit import entry

@entry
def first_word(q):
    return planes_of(q)

print(first_word(3), sum(first_word.stats.cache_hits.values()))
"""


def test_compiled_kernels_know_the_files_that_they_depend_on(tmp_path):
    package = tmp_path / "qec_leak"
    shutil.copytree(Path(qec_leak.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    script = tmp_path / "call.py"
    script.write_text(CALL)

    def call() -> list[int]:
        command = [sys.executable, str(script)]
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | settings, capture_output=True, text=True, check=True
        )
        return [int(word) for word in done.stdout.split()]

    assert call() == [240, 0]
    assert call() == [240, 1]
    packed = package / "engine" / "plan" / "formats.py"
    text = packed.read_text()
    assert text.count("QUBIT_WORDS = 80") == 1
    packed.write_text(text.replace("QUBIT_WORDS = 80", "QUBIT_WORDS = 96"))
    assert call() == [288, 0]
    packed.write_text(text)
    assert call() == [240, 1]
