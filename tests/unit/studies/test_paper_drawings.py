"""The paper's figures: what is drawn is what was sampled, in the house style."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer
from PIL import Image

from qec_leak import figures
from qec_leak.figures import registry as former_registry
from qec_leak.studies import FIGURES, STUDIES, results_of
from qec_leak.studies.miao2023 import f1c, f2, f3c, f5a, s4
from qec_leak.studies.miao2023.blog import words
from qec_leak.studies.miao2023.f5a import average, curves

FEW = {"stop.max_shots": 2000}
SMALLER = {"F2": {}, "S4": FEW, "F1c": FEW}


@pytest.fixture(scope="module")
def results():
    """Small results of a study by name, sampled once."""
    kept = {}

    def of(name):
        if name not in kept:
            kept[name] = results_of(name, quick=True, overrides=SMALLER.get(name, FEW))
        return kept[name]

    return of


def drawn(axes):
    return [c for c in axes.containers if isinstance(c, ErrorbarContainer)]


MINE = ("F1c", "F2bc", "F2de", "F3a", "F3c", "S4", "F5a", "S6", "blog")


@pytest.mark.parametrize("name", MINE)
def test_every_figure_is_drawn(name, results, tmp_path):
    figure = FIGURES[name].draw(results(FIGURES[name].study))
    figures.save_figure(figure, tmp_path / "a.png", tmp_path / "a.svg")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size[0] == pytest.approx(300 * figure.get_figwidth(), abs=1) and figure.get_figwidth() <= 7.0
    for axes in figure.axes:
        if axes.axison and axes.get_xlabel():
            assert axes.get_ylabel()


def test_registry_is_complete():
    for name, figure in FIGURES.items():
        assert figure.name == name and STUDIES[figure.study] is figure.source and figure.title and figure.caption
        assert len(f"{name}  {figure.title}") < 130 and "\n" not in figure.title
    assert former_registry.FIGURES is FIGURES  # notebooks of users have this name


@pytest.mark.parametrize("name", MINE)
def test_published_numbers_have_their_simulated_ones(name, results):
    published = FIGURES[name].source.published
    assert set(published) <= set(FIGURES[name].source.numbers(results(FIGURES[name].study)))
    assert all(number.source and number.bound in ("", "<", ">") for number in published.values())


def test_detection_curves(results):
    sampled = results("F5a")
    _, [axes] = figures.new_figure()
    f5a.plot_detection_curves(axes, sampled, 4)
    for strategy, container in zip(("NO_RESET", "MLR", "DQLR"), drawn(axes), strict=True):
        fraction, _ = average(curves(sampled, strategy, 4))
        assert container.lines[0].get_xdata().tolist() == list(range(3, 31))
        assert np.allclose(container.lines[0].get_ydata(), fraction[2:])
        assert to_hex(container.lines[0].get_color()) == figures.STRATEGY_COLORS[strategy]
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["No reset", "MLR", "DQLR", "measured"]


def test_moments(results):
    sampled = results("F3c")
    _, [axes] = figures.new_figure()
    f3c.plot_moments(axes, sampled)
    labels = [t.get_text() for t in axes.get_xticklabels()]
    assert labels[0] == "start" and labels[-3:] == ["reset", "LiSWAP", "reset"]
    assert [c.lines[0].get_marker() for c in drawn(axes)] == ["s", "o", "s", "o"]
    assert np.allclose(drawn(axes)[0].lines[0].get_ydata(), sampled["MLR.population"][0])


def test_decay_legend_tells_the_fit(results):
    _, [axes] = figures.new_figure()
    f1c.plot_decay(axes, results("F1c"))
    mlr = STUDIES["F1c"].numbers(results("F1c"))["MLR decay, cycles"]
    texts = [t.get_text() for t in axes.get_legend().get_texts()]
    assert f"MLR: {mlr} cycles" in texts


def test_phases(results):
    _, [axes] = figures.new_figure()
    f2.plot_phases(axes, results("F2"))
    points = [line.get_ydata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    assert points[:3] == pytest.approx(results("F2")["phase_low"] % 2, abs=1e-3)


def test_lattice_colours_what_is_significant(results):
    sampled = results("S4")
    _, [axes] = figures.new_figure()
    at = int(np.flatnonzero(sampled["MLR.cycle"] > 0)[0])
    s4.plot_lattice(axes, sampled, "MLR", at)
    data, measure = axes.collections
    colors = data.get_facecolors()
    assert len(colors) == 9 and len(measure.get_facecolors()) == 8
    injected = int(sampled.scalar("qubit"))
    assert colors[injected].tolist() != [1, 1, 1, 1]
    assert (np.delete(colors, injected, axis=0) == 1).all()  # only one qubit was put into |2>


def test_animation(results, tmp_path):
    sampled = results("S4")
    s4.animate(sampled, tmp_path / "a.gif")
    moments = np.ceil(sampled["DQLR.cycle"] - 1e-9)
    shown = 0  # a moment that looks like the one before makes that one's frame last longer
    with Image.open(tmp_path / "a.gif") as gif:
        for frame in range(gif.n_frames):
            gif.seek(frame)
            shown += gif.info["duration"]
    assert shown == s4.FRAME_MS * ((moments > 0) & (moments <= 5)).sum()


def test_words_of_the_result(results):
    text = words(results("blog"))
    assert "from 1 % to 0.0" in text and "of all qubits" in text
