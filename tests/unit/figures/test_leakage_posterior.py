"""The picture of one shot's posterior: what is drawn is what is given."""

import functools
import itertools
import re

import numpy as np
import pytest
import stim
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

import qec_leak as ql
from qec_leak import figures

ROUNDS = 6


@functools.cache
def _memory(**kind):
    return ql.memory_experiment(**{"distance": 3, "rounds": ROUNDS, "strategy": "MLR", "device": "willow", **kind})


def _posterior(memory, shots=2):
    """P(level 2) = P(level 3) is told by qubit and round, in shot 1."""
    qubits, measurements = memory.circuit.num_qubits, memory.circuit.num_measurements
    levels = np.zeros((shots, ROUNDS, qubits, 2), dtype=np.float32)
    levels[1] = np.linspace(0, 0.5, ROUNDS * qubits).reshape(ROUNDS, qubits, 1)
    return ql.LeakagePosterior(levels, np.zeros((shots, measurements, 2), dtype=np.float32))


def _drawn(memory, shot=1, **given):
    width, height = figures.posterior_size(memory.circuit, ROUNDS)
    figure, [axes] = figures.new_figure(width=width, height=height)
    figures.plot_leakage_posterior(axes, memory.circuit, _posterior(memory), shot, **given)
    return figure, axes


def _names(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def _dots(axes):
    [line] = [line for line in axes.lines if line.get_marker() == "o"]
    return [(int(x), _names(axes)[int(y)].split()[0]) for x, y in zip(*line.get_data(), strict=True)]


def test_colours_are_probabilities_of_the_named_qubits():
    memory = _memory()
    _, axes = _drawn(memory)
    [image] = axes.images
    qubits = [int(name.split()[0]) for name in _names(axes)]
    assert sorted(qubits) == list(range(17))
    assert np.array_equal(image.get_array(), _posterior(memory).leakage_probability[1][:, qubits].T)
    assert image.get_clim() == (0.0, 1.0)
    assert tuple(image.get_extent()) == (0.5, ROUNDS + 0.5, 16.5, -0.5)
    assert "4  (3, 3)" in _names(axes)
    heights = [memory.patch.coordinates[q][::-1] for q in qubits]
    assert heights == sorted(heights)
    colors = {label.get_text().split()[0]: label.get_color() for label in axes.get_yticklabels()}
    assert colors["4"] == "#000000" != colors["10"]


def test_outlines_are_the_true_levels():
    memory = _memory()
    levels = np.zeros((2, ROUNDS, 17), dtype=np.uint8)
    levels[1, 1:3, 4] = 2
    levels[1, 3:, 4] = 3
    levels[1, 5, 4] = 0
    levels[0] = 2
    _, axes = _drawn(memory, levels=levels)
    row = _names(axes).index("4  (3, 3)")
    frames = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    two, three = frames
    assert (two.get_x(), two.get_width(), two.get_y(), two.get_height()) == (1.5, 2, row - 0.5, 1)
    assert (three.get_x(), three.get_width(), three.get_y(), three.get_height()) == (3.5, 2, row - 0.5, 1)
    assert to_rgba(two.get_edgecolor()) != to_rgba(three.get_edgecolor())


@pytest.mark.parametrize("kind", [{}, {"basis": "X", "strategy": "NO_RESET"}, {"code": "repetition"}])
def test_dots_stand_at_measure_qubits_and_rounds(kind):
    memory = _memory(**kind)
    layout = ql.analysis.detector_layout(memory)
    events = np.zeros((2, memory.circuit.num_detectors), dtype=bool)
    events[1, ::3] = True
    figure, axes = _drawn(memory, detection_events=events)
    qubits = [memory.patch.stabilizers[number].measure_qubit for number in layout.stabilizer[::3]]
    assert _dots(axes) == list(zip(layout.round[::3].tolist(), map(str, qubits), strict=True))
    assert axes.get_xlim() == (0.5, ROUNDS + 1.5)
    figure.canvas.draw()


@pytest.mark.parametrize("distance", [3, 5])
def test_names_do_not_overlap(distance):
    memory = _memory(distance=distance)
    events = np.ones((2, memory.circuit.num_detectors), dtype=bool)
    levels = np.full((2, ROUNDS, memory.circuit.num_qubits), 3, dtype=np.uint8)
    figure, axes = _drawn(memory, levels=levels, detection_events=events, title="x")
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    boxes += [text.get_window_extent() for text in (axes.yaxis.label, *axes.get_legend().get_texts())]
    boxes += [figure.axes[1].get_tightbbox(), axes.bbox, figure._suptitle.get_window_extent()]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)


def test_a_circuit_without_coordinates():
    lines = str(_memory().circuit).splitlines()
    circuit = stim.Circuit("\n".join(re.sub(r"(DETECTOR)\(.*?\)", r"\1", x) for x in lines if "COORDS" not in x))
    _, [axes] = figures.new_figure()
    posterior = _posterior(_memory())
    figures.plot_leakage_posterior(axes, circuit, posterior, 1)
    assert _names(axes) == [str(q) for q in range(17)]
    with pytest.raises(ValueError, match="must stand on a measure qubit"):
        figures.plot_leakage_posterior(
            axes, circuit, posterior, 1, detection_events=np.ones((2, circuit.num_detectors), dtype=bool)
        )


@pytest.mark.parametrize(
    "given",
    [
        {"shot": 2},
        {"shot": -1},
        {"levels": np.zeros((2, ROUNDS + 1, 17), dtype=np.uint8)},
        {"detection_events": np.zeros((1, 48), dtype=bool)},
    ],
)
def test_wrong_arrays_are_refused(given):
    with pytest.raises(ValueError, match=f"`{next(iter(given))}` must"):
        _drawn(_memory(), **given)
