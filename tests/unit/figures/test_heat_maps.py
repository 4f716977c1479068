"""Pictures of values on the lattice, and of pairs of detectors: what is drawn is what is given."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

import qec_leak as ql
from qec_leak import figures
from qec_leak.analysis import DetectorLayout

PATCH = ql.surface_patch(3)


def words(axes):
    return [text.get_text() for text in axes.texts]


def darkness(color):
    return 3 - sum(to_rgba(color)[:3])


def test_stabilizers():
    _, [axes] = figures.new_figure(width=4, height=4)
    fraction = {q: 0.01 * (k + 1) for k, q in enumerate(PATCH.measure_qubits)}
    figures.plot_stabilizer_detection(axes, PATCH, fraction, top=0.1, title="x")
    assert words(axes) == [*map(str, range(9)), *(f"{k + 1}.0" for k in range(8))]
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "s"]
    assert len(faces) == 8 and list(map(darkness, faces)) == sorted(map(darkness, faces))


def test_a_bad_pair_stands_out():
    _, [axes] = figures.new_figure(width=4, height=4)
    pairs = {(q, s.measure_qubit): 0.001 for s in PATCH.stabilizers for q in s.support} | {(4, 15): 0.006}
    figures.plot_leakage_gain(axes, PATCH, dict.fromkeys(range(17), 0.002), pairs)
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2]
    bad = max(lines, key=lambda line: (line.get_linewidth(), darkness(line.get_color())))
    place = list(zip(bad.get_xdata(), bad.get_ydata(), strict=True))
    assert place == [PATCH.coordinates[4], PATCH.coordinates[15]]
    assert len(lines) == 2 * len(pairs)


@pytest.mark.parametrize("values", [{}, {0: 0.0}])
def test_nothing_leaks(values):
    _, [axes] = figures.new_figure(width=4, height=4)
    figures.plot_leakage_gain(axes, PATCH, values, {})
    assert words(axes) == ["0"] * len(values)


def test_p_ij_is_sorted_by_stabilizer_then_round():
    layout = DetectorLayout(
        stabilizer=np.array([0, 1, 0, 1]), weight=np.full(4, 2), round=np.array([1, 1, 2, 2]), rounds=1, lookback=1
    )
    matrix = np.full((4, 4), np.nan)
    matrix[0, 2] = matrix[2, 0] = 0.01  # stabilizer 0, rounds 1 and 2
    matrix[1, 2] = matrix[2, 1] = -0.3
    figure, [axes] = figures.new_figure()
    image = figures.plot_p_ij(axes, matrix, layout, title="x")
    shown = image.get_array()
    assert shown[0, 1] == shown[1, 0] == 0.01
    assert (np.delete(np.ravel(shown), [1, 4]) == 1e-4).all()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "1"]
    figure.canvas.draw()
