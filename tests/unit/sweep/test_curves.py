"""Quantities that are read off a results file, and their intervals."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import sinter

from qec_leak.analysis import logical_error_per_cycle_fit, suppression_factor_fit
from qec_leak.figures import new_figure
from qec_leak.figures.sweep import plot_curves
from qec_leak.sweep import collect, parse_sweep, read_results
from qec_leak.sweep.curves import Curve, CurvePoint, curves
from qec_leak.sweep.quantities import per_cycle_fit
from qec_leak.sweep.rows import parse_row
from qec_leak.sweep.summary import summarize


def summaries(*rows):
    """Of (metadata, shots, errors, counts)."""
    lines = [
        sinter.TaskStats(
            strong_id=str(number),
            decoder="qec_leak-pymatching",
            json_metadata={"c": "surface", "r": 5, "strategy": "MLR", **metadata},
            shots=shots,
            errors=errors,
            custom_counts=Counter(counts),
        ).to_csv_line()
        for number, (metadata, shots, errors, counts) in enumerate(rows)
    ]
    return summarize(parse_row(line, number) for number, line in enumerate(lines, 2))


def test_logical_errors():
    points = summaries(({"d": 5}, 1000, 20, {}), ({"d": 3}, 1000, 100, {}))
    [curve] = curves(points, x="circuit.distance", y="logical_error_per_cycle")
    assert [p.x for p in curve.points] == [3, 5] and curve.title == "all"
    assert curve.points[0].fit == logical_error_per_cycle_fit(1000, 100, 5) == per_cycle_fit(points[1])
    [curve] = curves(points, x="d", y="logical_error_probability")
    assert curve.points[1].fit == sinter.fit_binomial(num_shots=1000, num_hits=20, max_likelihood_factor=1000)


def test_suppression_factors():
    points = summaries(
        *(({"d": d, "p": p}, 10_000, errors, {}) for p in (1, 2) for d, errors in ((3, 1000), (5, 500), (7, 100)))
    )
    first, second = curves(points, x="p", y="lambda")
    assert (first.pair, second.pair) == ((3, 5), (5, 7)) and first.title == "d=3/5"
    assert [p.x for p in first.points] == [1, 2]
    assert second.points[0].fit == suppression_factor_fit((10_000, 500, 5), (10_000, 100, 5))
    [against_d] = curves(points[:3], x="d", y="lambda", group=["d"])
    assert [p.x for p in against_d.points] == [3, 5]
    assert against_d.points[0].fit == suppression_factor_fit((10_000, 1000, 5), (10_000, 500, 5))
    assert curves(points[:1], x="p", y="lambda") == ()
    with pytest.raises(ValueError, match="differ in p; add --group p"):
        curves(points, x="d", y="lambda")


def test_leakage_is_that_of_the_last_round():
    counts = {"qubits_data": 9000, "leaked_data_r9": 1, "leaked_data_r10": 90, "leaked_data_r2": 5}
    [curve] = curves(summaries(({"d": 3}, 1000, 1, counts)), x="d", y="leakage")
    assert curve.points[0].fit == sinter.fit_binomial(num_shots=9000, num_hits=90, max_likelihood_factor=1000)
    with pytest.raises(ValueError, match="must count leaked removal qubits"):
        curves(summaries(({"d": 3}, 1000, 1, counts)), x="d", y="leakage", role="removal")


def test_detection_interval_counts_correlations():
    """Detectors that fire all together carry the information of one a shot; independent ones of all."""
    shots, number, p = 4000, 20, 0.1
    draws = np.random.default_rng(1)
    fits = {}
    for name, fired in {
        "together": np.repeat(draws.random((shots, 1)) < p, number, axis=1),
        "independent": draws.random((shots, number)) < p,
    }.items():
        events = fired.sum(axis=1)
        counts = {
            "bulk_checked": shots * number,
            "bulk_events": int(events.sum()),
            "bulk_squares": int((events**2).sum()),
        }
        [curve] = curves(summaries(({"d": 3}, shots, 1, counts)), x="d", y="detection_fraction")
        fits[name] = curve.points[0].fit
        assert fits[name].best == pytest.approx(fired.mean(), rel=1e-2)
    width = {name: fit.high - fit.low for name, fit in fits.items()}
    assert width["together"] / width["independent"] == pytest.approx(math.sqrt(number), rel=0.1)


def test_detection_fraction_of_sinters_own_counts():
    counts = {"detectors_checked": 1000, "detection_events": 100}
    [curve] = curves(summaries(({"d": 3}, 10, 1, counts)), x="d", y="detection_fraction")
    assert curve.points[0].fit.best == 0.1
    with pytest.raises(ValueError, match="must count detection events"):
        curves(summaries(({"d": 3}, 10, 1, {})), x="d", y="detection_fraction")


def test_keys_may_be_written_in_any_of_three_ways():
    points = summaries(({"d": 3, "device.cz.leakage": 1e-3}, 10, 1, {}))
    for key in ("cz.leakage", "device.cz.leakage"):
        assert points[0].value(key) == 1e-3
    assert [points[0].value(k) for k in ("d", "distance", "circuit.distance")] == [3, 3, 3]
    assert points[0].value("inject_leakage") == 0.0  # the default, which metadata leave out
    assert points[0].value("decoder") == "qec_leak-pymatching"
    with pytest.raises(ValueError, match=r"`cz.leakge` must be known .* did you mean 'device.cz.leakage'"):
        curves(points, x="cz.leakge", y="leakage")


def test_rows_without_rounds_have_no_error_per_cycle():
    stats = sinter.TaskStats(strong_id="x", decoder="pymatching", json_metadata=None, shots=10, errors=1)
    [point] = summarize([parse_row(stats.to_csv_line(), 2)])
    assert per_cycle_fit(point) is None and dict(point.metadata) == {}


def test_picture_of_a_sweep(tmp_path):
    text = """
    [circuit]
    distance = 3
    rounds = 3
    [axes]
    "circuit.strategy" = ["NO_RESET", "DQLR"]
    "circuit.inject_leakage" = {log = [1e-3, 1e-1], points = 3}
    [stop]
    max_shots = 1000
    """
    out = tmp_path / "results.csv"
    collect(parse_sweep(text), out=out)
    drawn = curves(summarize(read_results(out)), x="inject_leakage", y="leakage", group=["strategy"])
    _figure, [axes] = new_figure()
    plot_curves(axes, drawn, x="inject_leakage", y="leakage")
    assert [line.get_label() for line in axes.lines] == ["No reset", "DQLR"]
    assert [line.get_color() for line in axes.lines] == ["#c8102e", "#1f5fbf"]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.lines[0].get_ydata()[2] == drawn[0].points[2].fit.best
    assert len(axes.collections) == 2 and axes.get_ylabel() == "leakage population of data qubits"


@pytest.mark.parametrize("count, name", [(2, "MLR"), (8, "qec_leak-pymatching-correlated"), (3, "w" * 90)])
def test_legends_are_within_the_figure_and_above_the_axes(count, name):
    points = tuple(CurvePoint(x, sinter.Fit(low=0.01, best=0.02, high=0.03)) for x in (1e-3, 3e-3))
    drawn = [Curve({"name": name, "cz.leakage": float(k)}, points) for k in range(count)]
    figure, [axes] = new_figure()
    plot_curves(axes, drawn, x="device.cz.leakage", y="logical_error_per_cycle")
    figure.draw_without_rendering()
    [legend] = figure.legends
    extent, box = legend.get_window_extent(), axes.get_tightbbox()
    assert extent.x0 >= 0 and extent.x1 <= figure.bbox.width and extent.y1 <= figure.bbox.height + 1
    assert box.y1 <= extent.y0 + 1 and axes.bbox.height > 1.5 * figure.dpi
    ticks = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(ticks))
