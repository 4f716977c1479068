"""A results file as a table: records, suppression factors, and their order."""

import math
from collections import Counter

import pytest
import sinter

from qec_leak import sweep
from qec_leak.analysis import logical_error_per_cycle_fit, suppression_factor_fit
from qec_leak.sweep.rows import HEADER


def write(path, *rows):
    """A results file of (metadata, shots, errors, counts)."""
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
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


COUNTS = {"qubits_data": 9000, "leaked_data_r5": 90, "detectors_checked": 1000, "detection_events": 100}


def test_one_record_a_point(tmp_path):
    path = write(tmp_path / "r.csv", ({"d": 5, "device.cz.leakage": 1e-3}, 1000, 20, {}), ({"d": 3}, 1000, 100, COUNTS))
    first, second = sweep.read(path)
    assert list(first) == list(second)
    assert list(first)[:7] == ["code", "distance", "rounds", "strategy", "device.cz.leakage", "decoder", "shots"]
    assert (first["distance"], first["device.cz.leakage"], second["device.cz.leakage"]) == (3, None, 1e-3)
    assert (first["shots"], first["errors"], first["leakage_data"], first["detection_fraction"]) == (
        1000,
        100,
        0.01,
        0.1,
    )
    fit = logical_error_per_cycle_fit(1000, 100, 5)
    names = [f"logical_error_per_cycle{end}" for end in ("", "_low", "_high")]
    assert [first[name] for name in names] == [fit.best, fit.low, fit.high]
    assert first["leakage_data_low"] < 0.01 < first["leakage_data_high"]
    assert second["leakage_data"] is None and second["detection_fraction"] is None
    assert first["suppression_factor"] is None  # the other leaks more: no pair
    assert all(isinstance(v, int | float | str) or v is None for v in first.values())


def test_data_frame(tmp_path):
    pandas = pytest.importorskip("pandas")
    path = write(tmp_path / "r.csv", ({"d": 5}, 1000, 20, COUNTS), ({"d": 3}, 1000, 100, COUNTS))
    frame = pandas.DataFrame(sweep.read(path))
    assert list(frame["distance"]) == [3, 5] and frame["errors"].sum() == 120
    assert frame["leakage_data"].dtype == float


def test_order_is_that_of_the_values(tmp_path):
    """Not that of the file, which depends on the workers, nor that of the letters."""
    strategies = ("DQLR", "MLR", "NO_RESET")
    rows = [({"d": d, "strategy": s, "p": p}, 10, 1, {}) for p in (10.0, 9.0) for s in strategies for d in (11, 3)]
    records = sweep.read(write(tmp_path / "r.csv", *rows))
    expected = [(d, s, p) for d in (3, 11) for s in ("NO_RESET", "MLR", "DQLR") for p in (9.0, 10.0)]
    assert [(r["distance"], r["strategy"], r["p"]) for r in records] == expected


def test_suppression_factors(tmp_path):
    rows = [
        ({"d": d, "strategy": s}, 10_000, errors, {})
        for s in ("MLR", "DQLR")
        for d, errors in ((3, 1000), (5, 500), (7, 100), (11, 20))
    ]
    path = write(tmp_path / "r.csv", *rows)
    factors = sweep.suppression_factors(path)
    pairs = [(f["strategy"], f["distance"], f["next_distance"]) for f in factors]
    assert pairs == [("MLR", 3, 5), ("DQLR", 3, 5), ("MLR", 5, 7), ("DQLR", 5, 7)]
    fit = suppression_factor_fit((10_000, 500, 5), (10_000, 100, 5))
    names = [f"suppression_factor{end}" for end in ("", "_low", "_high")]
    assert [factors[2][name] for name in names] == [fit.best, fit.low, fit.high]
    by_point = {(r["strategy"], r["distance"]): r["suppression_factor"] for r in sweep.read(path)}
    assert by_point["MLR", 5] == fit.best and by_point["MLR", 7] is None and by_point["DQLR", 11] is None


def test_rounds_that_go_with_the_distance_make_pairs(tmp_path):
    zipped = [({"d": d, "r": 3 * d, "p": p}, 10_000, 1000, {}) for d in (3, 5) for p in (1, 2)]
    factors = sweep.suppression_factors(write(tmp_path / "zip.csv", *zipped))
    assert [(f["p"], f["rounds"]) for f in factors] == [(1, 9), (2, 9)]
    assert factors[0]["suppression_factor"] > 1.0  # as many errors in more rounds
    product = [({"d": d, "r": r}, 10_000, 1000, {}) for d in (3, 5) for r in (9, 15)]
    factors = sweep.suppression_factors(write(tmp_path / "product.csv", *product))
    assert [f["rounds"] for f in factors] == [9, 15]
    assert all(f["suppression_factor"] == pytest.approx(1.0) for f in factors)


def test_no_errors_leave_no_bound(tmp_path):
    path = write(tmp_path / "r.csv", ({"d": 3}, 1000, 50, {}), ({"d": 5}, 1000, 0, {}))
    [factor] = sweep.suppression_factors(path)
    assert math.isinf(factor["suppression_factor"]) and math.isinf(factor["suppression_factor_high"])
    assert factor["suppression_factor_low"] > 1.0


def test_rows_of_sinters_own_are_records_too(tmp_path):
    stats = sinter.TaskStats(strong_id="x", decoder="pymatching", json_metadata=None, shots=10, errors=1)
    path = tmp_path / "r.csv"
    path.write_text(f"{HEADER}\n{stats.to_csv_line()}\n")
    [record] = sweep.read(path)
    assert record["logical_error_probability"] == 0.1 and record["logical_error_per_cycle"] is None
    assert sweep.suppression_factors(path) == []


def test_refusals(tmp_path):
    with pytest.raises(ValueError, match="`paths` must name a results file, but is empty"):
        sweep.read()
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{HEADER}\nnonsense\nnonsense\n")
    with pytest.raises(ValueError, match=r"^\S*bad.csv line 2: it must have 8 columns"):
        sweep.read(bad)


OLD_RUN = (
    "      3000,       408,         0,    26.9,pymatching,f5d9408dbe848be9d3426ec4ef52f3ce4dbb0d48e785567"
    'f4d62c8027034a6e3,"{""b"":""Z"",""c"":""surface"",""d"":3,""device"":""miao2023"",""r"":4,""strategy'
    '"":""NO_RESET""}","{""detection_events_weight_2"":4653,""detection_events_weight_4"":7117,""leaked_d'
    'ata_qubits"":287,""leaked_measure_qubits"":105}"'
)


def test_rows_of_older_runs_are_read(tmp_path):
    """`run` had other names of custom_counts; what they do not tell is not told."""
    path = tmp_path / "old.csv"
    path.write_text(f"{sinter.CSV_HEADER}\n{OLD_RUN}\n")
    [record] = sweep.read(path)
    assert (record["shots"], record["errors"]) == (3000, 408)
    assert (record["decoder"], record["strategy"]) == ("pymatching", "NO_RESET")
    assert 0.03 < record["logical_error_per_cycle"] < 0.05 and record["leakage_data"] is None
