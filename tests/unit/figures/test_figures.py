"""Figures: the drawn points are the statistics, files are reproducible, pyplot is left alone."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.container import ErrorbarContainer

from qec_leak import figures
from qec_leak.analysis import DetectionStatistics, detector_layout
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.patches import make_patch
from qec_leak.circuits.strategy import Strategy
from qec_leak.records import LeakagePopulations


def populations() -> LeakagePopulations:
    counts = np.zeros((5, 3, 2), dtype=np.int64)
    counts[:, 0, 0] = [1, 2, 3, 4, 5]
    return LeakagePopulations(counts, 1000, {"data": (0, 1), "measure": (2,)})


def detection() -> DetectionStatistics:
    patch = make_patch("surface", 3)
    memory = SimpleNamespace(
        patch=patch, strategy=Strategy.MLR, rounds=5, circuit=ideal_memory_circuit(patch, "MLR", 5, "Z")
    )
    layout = detector_layout(memory)
    return DetectionStatistics.of(layout, np.random.default_rng(1).random((50, len(layout.round))) < 0.1)


def drawn(axes) -> list[ErrorbarContainer]:
    return [c for c in axes.containers if isinstance(c, ErrorbarContainer)]


def test_leakage_points():
    _, [axes] = figures.new_figure()
    figures.plot_leakage_population(axes, {"MLR": populations()}, title="x")
    data, measure = drawn(axes)
    assert data.lines[0].get_xdata().tolist() == [1, 2, 3, 4, 5]
    assert np.allclose(data.lines[0].get_ydata(), np.arange(1, 6) / 2000)
    assert data.lines[0].get_marker() == "s" and measure.lines[0].get_marker() == "o"
    assert to_hex(data.lines[0].get_color()) == figures.STRATEGY_COLORS["MLR"]
    assert np.isnan(measure.lines[0].get_ydata()).all()  # zeros have no place on a logarithmic axis


def test_no_leakage_at_all_is_said():
    _, [axes] = figures.new_figure()
    nothing = LeakagePopulations(np.zeros((5, 3, 2), dtype=np.int64), 10, {"data": (0, 1), "measure": (2,)})
    figures.plot_leakage_population(axes, {"MLR": nothing})
    assert [text.get_text() for text in axes.texts] == ["no leakage in any shot"]
    assert axes.get_xlim()[1] > 5


def test_detection_points():
    stats = detection()
    _, [axes] = figures.new_figure()
    figures.plot_detection_fraction(axes, {"MLR": stats, "DQLR": stats})
    heavy, light = drawn(axes)[:2]
    assert np.allclose(heavy.lines[0].get_ydata(), stats.fraction(4)[:-1])
    assert np.allclose(light.lines[0].get_ydata(), stats.fraction(2)[:-1])
    legend = {text.get_text() for text in axes.get_legend().get_texts()}
    assert legend >= {"MLR", "DQLR", "weight 4", "weight 2"}


def test_transport_matrix_blocks():
    matrix = np.eye(25)
    matrix[[5 + 2, 15], :] = 0
    matrix[5 + 2, 15] = matrix[15, 5 + 2] = 1.0  # |30> <-> |12>
    _, [axes] = figures.new_figure()
    figures.plot_transport_matrix(axes, matrix, levels=5, title="x")
    names = [text.get_text() for text in axes.get_xticklabels()]
    assert names[:4] == ["00", "01", "10", "11"] and len(names) == 16
    shown = axes.images[0].get_array()
    assert shown[names.index("12"), names.index("30")] == 1.0
    assert shown[names.index("30"), names.index("30")] == 0.0


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_files_are_reproducible(tmp_path, suffix):
    for name in ("a", "b"):
        figure, [axes] = figures.new_figure()
        figures.plot_leakage_population(axes, {"MLR": populations()})
        figures.save_figure(figure, tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_pyplot_is_left_alone():
    import subprocess
    import sys

    code = "import sys, qec_leak.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def lab_seen_by(color, kind):
    """CIE L*a*b* of a colour as seen with full protanopia or deuteranopia (Machado et al. 2009, Table 1)."""
    seen = {
        "protanopia": [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        "deuteranopia": [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
        "all": np.eye(3),
    }[kind]
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ np.clip(np.array(seen) @ linear, 0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("kind", ["all", "protanopia", "deuteranopia"])
def test_strategies_stay_apart_for_the_colour_blind(kind):
    """A distance of 10 in L*a*b* is seen at a glance."""
    colors = list(figures.STRATEGY_COLORS.values())
    for i, one in enumerate(colors):
        for other in colors[:i]:
            assert np.linalg.norm(lab_seen_by(one, kind) - lab_seen_by(other, kind)) > 15
    red_green = np.linalg.norm(lab_seen_by("#cc3311", "deuteranopia") - lab_seen_by("#6f7f00", "deuteranopia"))
    assert red_green < 15  # a pair that does not do
