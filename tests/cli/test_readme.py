"""The README's example prints what the README says."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="an installed package has no README.md beside its tests")
def test_example_prints_what_it_says():
    spec = importlib.util.spec_from_file_location("update_readme", ROOT / "docs" / "update_readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    said, printed = module.example_output((ROOT / "README.md").read_text(encoding="utf-8"))
    assert said == printed, "run docs/update_readme.py"


def test_make_demo_is_the_command_of_the_table():
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    spec = importlib.util.spec_from_file_location("update_readme", ROOT / "docs" / "update_readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.DEMO in " ".join(makefile.split())
