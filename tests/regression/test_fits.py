"""Published numbers of devices, and presets held against some of them. All: python experiments/fit_NAME.py --check"""

import importlib
import sys
from pathlib import Path

import pytest

import qec_leak as ql
from qec_leak.studies import results_of
from qec_leak.studies.devices import sycamore as sycamore_study
from qec_leak.studies.devices import willow as willow_study

NAMES = ("fit_willow", "fit_sycamore", "fit_miao2023")
sys.path.insert(0, str(Path(__file__).parents[2] / "experiments"))
willow, sycamore, miao2023 = map(importlib.import_module, NAMES)
sys.path.pop(0)
FITS = [willow.FIT, sycamore.FIT, miao2023.FIT]


@pytest.mark.parametrize("fit", FITS, ids=lambda fit: fit.name)
def test_rows_are_ranges_around_their_targets(fit):
    rows = fit.rows
    assert len({row.name for row in rows}) == len(rows) > 2
    assert {row.kind for row in rows} <= {"fitted", "chosen", "predicted"}
    assert sum(row.fitted for row in rows) >= len(fit.start)
    for row in rows:
        assert row.low <= row.target <= row.high and row.source
        assert row.agrees(row.target) and not row.agrees(row.high + 1)
        if row.fitted:
            assert row.distance(row.high) == pytest.approx(1.0)


@pytest.mark.parametrize("fit", FITS, ids=lambda fit: fit.name)
def test_presets_have_the_fitted_parameters(fit):
    """The device of the preset's own parameters and of one of the choices is the preset."""
    preset = ql.Device.preset(fit.name)
    own = {key: getattr(getattr(preset, key.split(".")[0]), key.split(".")[1]) for key in fit.start}
    assert preset in [fit.device(own, choice) for choice in fit.choices]


def test_small_memories_of_the_presets():
    """Detection at d = 3 on `willow`, the logical error at d = 3 on `sycamore`; with another preset both rows fail."""
    few = {"stop.max_shots": 4000, "axes.circuit.basis": ["Z"]}
    dqlr = {"circuit.strategy": ["DQLR"], "circuit.rounds": [25], "circuit.distance": [3]}
    detection = "DQLR, 25 cycles: detection, d = 3"
    eps = "MLR, 25 cycles: detection of weight 4, d = 3"
    low, high = (willow_study.PUBLISHED[detection].value * factor for factor in (1 / 1.1, 1.1))
    for preset, agrees in (("willow", True), ("sycamore", False)):
        device = ql.Device.preset(preset)
        found = willow_study.numbers(results_of("willow", overrides=few | {"axes.zip": [dqlr]}, device=device))
        assert (low <= found[detection].value <= high) == agrees
        found = sycamore_study.numbers(
            results_of("sycamore", overrides=few | {"axes.circuit.distance": [3]}, device=device)
        )
        assert (abs(found[eps].value - sycamore_study.PUBLISHED[eps].value) <= 0.02) != agrees
