"""Makes ``chromium`` importable, and shares one browser."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def browser():
    from chromium import Chromium, find_chromium

    if find_chromium() is None:
        pytest.skip("no chromium: the viewer is not tested in a browser (apt-get install chromium)")
    with Chromium() as found:
        yield found
