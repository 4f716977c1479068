"""Quantities that are read off a results file, and their intervals."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import sinter

from qec_leak.analysis import logical_error_per_cycle_fit, suppression_factor_fit
from qec_leak.figures import new_figure
from qec_leak.figures.sweep_curves import plot_curves
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


def drawn(labels, xs=(1e-3, 3e-3), *, x="device.cz.leakage", y="logical_error_per_cycle", title=None, pairs=()):
    """A figure with one curve for each of some labels."""
    points = tuple(CurvePoint(at, sinter.Fit(low=0.01, best=0.02, high=0.03)) for at in xs)
    curves_ = [Curve(part, points, pair) for part, pair in zip(labels, pairs or [None] * len(labels), strict=True)]
    figure, [axes] = new_figure()
    plot_curves(axes, curves_, x=x, y=y, title=title)
    figure.draw_without_rendering()
    return figure, axes


def legend_rows(figure):
    """Texts of the legend from the top, line by line, without those that only fill a place."""
    [legend] = figure.legends
    lines = {}
    for text in legend.get_texts():
        box = text.get_window_extent()
        lines.setdefault(round(box.y0 + box.height / 2) // 10, []).append((box.x0, text.get_text()))
    return [[t for _, t in sorted(line) if t.strip()] for _, line in sorted(lines.items(), reverse=True)]


@pytest.mark.parametrize(
    "count, name", [(2, "MLR"), (8, "qec_leak-pymatching-correlated"), (3, "w" * 90), (40, "DQLR")]
)
def test_legends_are_within_the_figure_and_above_the_axes(count, name):
    figure, axes = drawn([{"name": name, "cz.leakage": float(k)} for k in range(count)], title="Title")
    [legend] = figure.legends
    extent, box = legend.get_window_extent(), axes.get_tightbbox()
    assert extent.x0 >= 0 and extent.x1 <= figure.bbox.width and extent.y1 <= figure.bbox.height + 1
    assert box.y1 <= extent.y0 + 1 and axes.bbox.height > 1.5 * figure.dpi
    assert axes.title.get_window_extent().y1 <= extent.y0 + 1
    ticks = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(ticks))


def test_each_thing_has_its_own_row_of_the_legend():
    """54 curves are three strategies, three distances and six times: 12 entries, not 54."""
    values = itertools.product((15e3, 2e3, 9e3, 50e3, 5e3, 20e3), (3, 5, 7), ("NO_RESET", "MLR", "DQLR"))
    labels = [{"device.idle.t1_ns": t, "circuit.distance": d, "strategy": s} for t, d, s in values]
    figure, axes = drawn(labels)
    rows = legend_rows(figure)
    assert rows[0] == ["strategy", "No reset", "MLR", "DQLR"]
    assert rows[1:3] == [["idle.t1 (µs)", "2", "5", "9"], ["15", "20", "50"]]
    assert rows[-1] == ["distance", "3", "5", "7"]
    [legend] = figure.legends
    assert legend.get_window_extent().height < 0.4 * axes.bbox.height
    styles = {(line.get_color(), line.get_marker(), str(line._unscaled_dash_pattern)) for line in axes.lines}
    assert len(styles) == 54
    for line, of_curve in zip(axes.lines, labels, strict=True):
        same = [m for m, other in zip(axes.lines, labels, strict=True) if other["strategy"] == of_curve["strategy"]]
        assert {m.get_color() for m in same} == {line.get_color()}
    # One time is one marker, one distance one line, in all colours.
    marker, line_of = (lambda line: line.get_marker()), (lambda line: str(line._unscaled_dash_pattern))
    for key, style, count in (("device.idle.t1_ns", marker, 6), ("circuit.distance", line_of, 3)):
        groups = {}
        for line, of_curve in zip(axes.lines, labels, strict=True):
            groups.setdefault(of_curve[key], set()).add(style(line))
        assert all(len(found) == 1 for found in groups.values())
        assert len(set.union(*groups.values())) == count


def test_two_things_are_colour_and_marker():
    figure, axes = drawn([{"strategy": s, "d": d} for d in (3, 5) for s in ("MLR", "DQLR")])
    assert legend_rows(figure) == [["strategy", "MLR", "DQLR"], ["distance", "3", "5"]]
    assert [line.get_color() for line in axes.lines] == 2 * ["#1b9e5a", "#1f5fbf"]
    assert [line.get_marker() for line in axes.lines] == ["o", "o", "s", "s"]
    assert axes.lines[0].get_linestyle() != axes.lines[2].get_linestyle()


def test_many_values_are_many_colours():
    _, axes = drawn([{"cz.leakage": k / 1000} for k in range(20)])
    assert len({line.get_color() for line in axes.lines}) == 20


def test_pairs_of_distances_are_told_apart():
    labels = [{"strategy": s} for s in ("MLR", "DQLR") for _ in range(2)]
    figure, _ = drawn(labels, y="lambda", pairs=[(3, 5), (5, 7)] * 2)
    assert legend_rows(figure) == [["strategy", "MLR", "DQLR"], ["distances", "3 / 5", "5 / 7"]]


def test_one_curve_is_named_too():
    figure, axes = drawn([{"strategy": "MLR", "d": 3}])
    assert legend_rows(figure) == [["strategy", "MLR"], ["distance", "3"]]
    assert axes.lines[0].get_color() == "#1b9e5a"
    figure, _ = drawn([{}])
    assert not figure.legends


@pytest.mark.parametrize(
    "x, xs, label, ticks",
    [
        ("circuit.distance", (3, 5, 7), "distance", ["3", "5", "7"]),
        ("d", (3, 5, 7, 9, 11, 13, 21), "distance", ["3", "5", "7", "9", "11", "13", "21"]),
        ("rounds", (1, 2, 3, 100), "rounds", ["1", "100"]),
        ("device.idle.t1_ns", (2e4, 4.5e4, 1e5, 2e5), "idle.t1 (µs)", ["20", "45", "100", "200"]),
        ("idle.t1_ns", (1e6, 3e6), "idle.t1 (ms)", None),
        ("readout.duration_ns", (100.0, 250.0, 500.0), "readout.duration (ns)", None),
        ("cz.anharmonicity_mhz", (200.0, 220.0), "cz.anharmonicity (MHz)", None),
        ("idle.heating_per_us", (1e-4, 2e-4), "idle.heating (1/µs)", None),
        ("strategy", ("NO_RESET", "DQLR"), "strategy", ["No reset", "DQLR"]),
    ],
)
def test_horizontal_axes(x, xs, label, ticks):
    """Ticks where there are values, times in the unit that suits them, labels that do not touch."""
    figure, axes = drawn([{"name": "a"}], xs, x=x)
    assert axes.get_xlabel() == label
    shown = [t for t in axes.get_xticklabels() if axes.get_xlim()[0] <= t.get_position()[0] <= axes.get_xlim()[1]]
    shown += [t for t in axes.get_xticklabels(minor=True) if t.get_text()]
    if ticks is not None:
        assert [t.get_text() for t in shown] == ticks
    extents = sorted((t.get_window_extent() for t in shown), key=lambda box: box.x0)
    assert len(extents) >= 2 and all(left.x1 < right.x0 for left, right in itertools.pairwise(extents))
    assert "10^" not in axes.xaxis.get_offset_text().get_text() or x.endswith("_per_us")
    [legend] = figure.legends
    assert axes.get_tightbbox().y1 <= legend.get_window_extent().y0 + 1


def test_a_band_without_an_end_does_not_hide_the_rest():
    points = tuple(CurvePoint(d, sinter.Fit(low=0.01, best=0.02, high=high)) for d, high in ((3, 0.03), (5, 0.5)))
    _figure, [axes] = new_figure()
    plot_curves(axes, [Curve({}, points)], x="d", y="logical_error_per_cycle")
    assert axes.get_ylim()[1] == pytest.approx(0.05)


def test_curves_are_sorted_by_their_groups():
    """Numbers by size, strategies from No reset to DQLR, whatever the order of the file."""
    points = summaries(
        *(
            ({"d": d, "strategy": s, "p": p}, 10, 1, {})
            for p in (10.0, 9.0)
            for s in ("DQLR", "NO_RESET")
            for d in (11, 3)
        )
    )
    found = curves(points, x="d", y="logical_error_probability", group=["p", "strategy"])
    assert [tuple(c.labels.values()) for c in found] == [
        (9.0, "NO_RESET"), (9.0, "DQLR"), (10.0, "NO_RESET"), (10.0, "DQLR"),
    ]  # fmt: skip
    assert all([p.x for p in c.points] == [3, 11] for c in found)
