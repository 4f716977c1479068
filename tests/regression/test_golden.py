"""A seed's bits do not change unless they are meant to."""

import importlib.util
import json
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("make_golden", Path(__file__).with_name("make_golden.py"))
golden = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(golden)


@pytest.mark.parametrize("name", golden.CASES)
def test_seed_gives_the_same_bits(name):
    expected = json.loads(golden.GOLDEN.read_text())[name]
    assert golden.outcome(golden.CASES[name]) == expected
