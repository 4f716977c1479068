"""The rows of Miao et al. that the preset is fitted to, and those that it predicts."""

import importlib.util
from pathlib import Path

import pytest

import qec_leak as ql

FIT = Path(__file__).parents[2] / "experiments" / "fit_miao2023.py"
SPEC = importlib.util.spec_from_file_location("fit_miao2023", FIT)
fit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fit)

SHOTS = 40_000


@pytest.fixture(scope="module")
def values():
    device = ql.Device.preset("miao2023")
    return {**fit.fitted_values(device, SHOTS), **fit.predicted_values(device, SHOTS)}


@pytest.mark.parametrize("row", fit.ROWS, ids=lambda row: row.name)
def test_row(row, values):
    assert row.low <= values[row.name] <= row.high


def test_rows_can_fail():
    """Without heating and with a tenth of the CZ leakage, the leakage rows are missed."""
    weak = ql.Device.preset("miao2023").replace({"cz.leakage": 1.2e-4, "idle.heating_per_us": 0.0})
    values = fit.fitted_values(weak, 10_000)
    missed = {row.name for row in fit.ROWS if row.fitted and not row.low <= values[row.name] <= row.high}
    assert {"NO_RESET data, cycle 30", "MLR data, cycle 30", "MLR measure, cycle 30"} <= missed
