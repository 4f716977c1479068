"""The rows of Miao et al. that the preset is fitted to, and those that it predicts."""

import importlib
import sys
from pathlib import Path

import pytest

import qec_leak as ql

SHOTS = 40_000
sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))
fit = importlib.import_module("fit_miao2023")
sys.path.pop(0)
ROWS = fit.FIT.rows


@pytest.fixture(scope="module")
def values():
    return fit.values(ql.Device.preset("miao2023"), SHOTS, [row.name for row in ROWS])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row, values):
    assert row.agrees(values[row.name])


def test_rows_can_fail():
    """Without heating and with a tenth of the CZ leakage, the leakage rows are missed."""
    weak = ql.Device.preset("miao2023").replace({"cz.leakage": 1.2e-4, "idle.heating_per_us": 0.0})
    values = fit.fitted_values(weak, 10_000)
    missed = {row.name for row in ROWS if row.fitted and not row.agrees(values[row.name])}
    assert {"NO_RESET data, cycle 30", "MLR data, cycle 30", "MLR measure, cycle 30"} <= missed
