"""The wheel that is built from the sdist works in an empty folder, in an environment of its own."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "try_wheel.py"
SPEC = importlib.util.spec_from_file_location("try_wheel", SCRIPT)
try_wheel = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(try_wheel)


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder(tmp_path):
    try_wheel.use(try_wheel.build(tmp_path), tmp_path)


def test_a_command_that_fails_is_told(tmp_path):
    with pytest.raises(RuntimeError, match="nothing of the kind"):
        try_wheel.run(tmp_path, "python3", "-c", "raise SystemExit('nothing of the kind')")
