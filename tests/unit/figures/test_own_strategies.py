"""Strategies that are not built in: colours of their own, names as they are, and nothing runs out of the picture."""

import itertools
import warnings

import numpy as np
import pytest
import sinter

from qec_leak import figures
from qec_leak.analysis import DetectionStatistics, detector_layout
from qec_leak.circuits import memory, surface_patch
from qec_leak.figures.legends import broken, text_width
from qec_leak.figures.style import strategy_colors
from qec_leak.figures.sweep_curves import plot_curves
from qec_leak.records import LeakagePopulations
from qec_leak.sweep.curves import Curve, CurvePoint

OWN = (
    "strategies_of_our_laboratory:SecondResetOfMeasureQubits",
    "strategies_of_our_laboratory:ThirdResetOfMeasureQubits",
    "_strategies_of_our_laboratory:Fourth_reset_of_measure_qubits_with_many_words_in_its_name",
)
BUILT_IN = ("NO_RESET", "MLR", "DQLR")


def populations():
    return LeakagePopulations(np.ones((5, 3, 2), dtype=np.int64), 1000, {"data": (0, 1), "measure": (2,)})


def detection():
    layout = detector_layout(memory.memory_experiment(distance=3, rounds=5))
    return DetectionStatistics.of(layout, np.random.default_rng(1).random((50, len(layout.round))) < 0.1)


def curves(strategies):
    fit = sinter.Fit(low=0.01, best=0.02, high=0.03)
    return [Curve({"circuit.strategy": s}, tuple(CurvePoint(d, fit) for d in (3, 5))) for s in strategies]


def leakage_picture(strategies):
    figure, [axes] = figures.new_figure()
    figures.plot_leakage_population(axes, dict.fromkeys(strategies, populations()))
    return figure, axes.get_legend()


def detection_picture(strategies):
    figure, [axes] = figures.new_figure()
    figures.plot_detection_fraction(axes, dict.fromkeys(strategies, detection()))
    return figure, axes.get_legend()


def sweep_picture(strategies):
    figure, [axes] = figures.new_figure()
    plot_curves(axes, curves(strategies), x="circuit.distance", y="logical_error_per_cycle")
    return figure, figure.legends[0]


PICTURES = [leakage_picture, detection_picture, sweep_picture]


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("strategies", [OWN, (*BUILT_IN, *OWN), ("DQLR", OWN[0])])
def test_they_have_colours_and_names_of_their_own(picture, strategies):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, legend = picture(strategies)
    entries = dict(zip((t.get_text().strip() for t in legend.get_texts()), legend.legend_handles, strict=True))
    colors = [entries[name].get_color() for name in strategies if name in OWN]
    assert len(set(colors)) == len(colors) and not set(colors) & set(figures.STRATEGY_COLORS.values())


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("strategies", [OWN, (*BUILT_IN, *OWN)])
def test_legends_stay_in_the_picture(picture, strategies):
    figure, legend = picture(strategies)
    figure.draw_without_rendering()
    box = legend.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
    axes = figure.axes[0].get_window_extent()
    assert box.y0 >= axes.y1 and axes.height > 1.2 * figure.dpi and axes.width > 2 * figure.dpi
    boxes = [text.get_window_extent() for text in legend.get_texts() if text.get_text().strip()]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


@pytest.mark.parametrize("picture", PICTURES)
def test_pictures_of_built_in_strategies_have_their_size(picture):
    figure, _ = picture(BUILT_IN)
    assert tuple(figure.get_size_inches()) == (3.4, 2.5)


def test_names_on_an_axis_do_not_touch():
    figure, [axes] = figures.new_figure()
    fit = sinter.Fit(low=0.01, best=0.02, high=0.03)
    points = tuple(CurvePoint(name, fit) for name in ("MLR", *OWN))
    plot_curves(axes, [Curve({}, points)], x="circuit.strategy", y="logical_error_per_cycle")
    figure.draw_without_rendering()
    labels = axes.get_xticklabels()
    assert sorted(t.get_text().replace("\n", "").strip() for t in labels) == sorted(("MLR", *OWN))
    boxes = [label.get_window_extent() for label in labels]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0 for box in boxes)


def test_titles_over_lattices_do_not_touch():
    patch = surface_patch(3)
    width, height = figures.lattice_size(patch, bar=True)
    titles = [figures.strategy_title(name, width) for name in OWN]
    assert [title.replace("\n", "").strip() for title in titles] == list(OWN)
    assert figures.strategy_title("NO_RESET", width) == "NO RESET"
    figure, axes = figures.new_figure(width=3 * width, height=height + 0.6, panels=3)
    for one, title in zip(axes, titles, strict=True):
        figures.plot_qubit_leakage(one, patch, dict.fromkeys(range(17), 0.01), title=title)
    figure.draw_without_rendering()
    boxes = [one.title.get_window_extent() for one in axes]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height for box in boxes)


def test_names_are_broken_behind_punctuation():
    assert broken("short", 1.0, 8) == "short"
    assert broken("module_of_mine:Strategy", 1.0, 8).split("\n") == ["module_of_mine:", "Strategy"]
    lines = broken("x" * 100, 1.0, 8).split("\n")
    assert "".join(lines) == "x" * 100 and all(text_width(line, 8) <= 1.0 for line in lines)


def test_names_with_dollars_are_no_mathematics():
    _, legend = leakage_picture(("a$b$c",))
    assert legend.get_texts()[0].get_text() == r"a\$b\$c"


def test_many_strategies_have_different_colours():
    names = [f"own:{number}" for number in range(30)]
    assert len(set(strategy_colors(names).values())) == 33
