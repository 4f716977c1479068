"""Figures of logical errors and correlations: what is drawn is what was sampled."""

import numpy as np
import pytest
from matplotlib.container import ErrorbarContainer
from PIL import Image

from qec_leak import figures
from qec_leak.studies import FIGURES, results_of
from qec_leak.studies.miao2023 import f5c
from qec_leak.studies.miao2023.f5c import inverse_lambda

SMALL = {"stop.max_shots": 1024, "run.block_shots": 1024}
SMALLER = {
    "F4a": SMALL | {"circuit.distance": 5, "circuit.rounds": 12},
    "S5": {"stop.max_shots": 2048, "circuit.distance": 5, "axes.circuit.rounds": [4, 8, 16]},
    "F5b": SMALL,
    "F5c": {"stop.max_shots": 2048, "device.preset": "willow", "axes.circuit.distance": [3, 5], "circuit.rounds": 8},
    "S7": {"stop.max_shots": 4000, "circuit.rounds": 8, "study.window": [3, 7]},
    "beyond1": SMALL | {"circuit.rounds": 8},
    "beyond2": SMALL | {"circuit.rounds": 10},
    "beyond3": SMALL | {"circuit.rounds": 8},
}


@pytest.fixture(scope="module")
def results():
    """Small results of a study by name, sampled once."""
    kept = {}

    def of(name):
        if name not in kept:
            kept[name] = results_of(name, quick=True, overrides=SMALLER[name])
        return kept[name]

    return of


@pytest.mark.parametrize("name", SMALLER)
def test_every_figure_is_drawn(name, results, tmp_path):
    figure = FIGURES[name].draw(results(FIGURES[name].study))
    figures.save_figure(figure, tmp_path / "a.png", tmp_path / "a.svg")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size[0] == pytest.approx(300 * figure.get_figwidth(), abs=1) and figure.get_figwidth() <= 7.0
    assert FIGURES[name].numbers(results(name))


def test_inverse_lambda_is_drawn_with_its_line(results):
    _, [axes] = figures.new_figure()
    f5c.plot_inverse_lambda(axes, results("F5c"), "pymatching-correlated")
    drawn = [c for c in axes.containers if isinstance(c, ErrorbarContainer)]
    for container, strategy in zip(drawn, ("MLR", "DQLR"), strict=True):
        leakage, value, _ = inverse_lambda(results("F5c"), strategy, "pymatching-correlated")
        assert np.allclose(container.lines[0].get_xdata(), 1e3 * leakage)
        assert np.allclose(container.lines[0].get_ydata(), value)
