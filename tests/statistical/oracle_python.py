"""The Python that has leakysim: that of the environment variable, or what ``make test`` installs."""

import os
from pathlib import Path

from qec_leak.validate.oracle import DEFAULT, VARIABLE

ORACLE_PYTHON = os.environ.get(VARIABLE, str(Path(__file__).resolve().parents[2] / DEFAULT))
