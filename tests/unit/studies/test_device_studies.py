"""Studies of whole devices: numbers are those of made-up results, and every figure is drawn."""

import math

import numpy as np
import pytest
from PIL import Image

from qec_leak import figures
from qec_leak.device import Device
from qec_leak.studies import FIGURES, Results, results_of
from qec_leak.studies.beyond import beyond3, crossover
from qec_leak.studies.devices import memories, own_time, repetition, willow
from qec_leak.studies.logical import LogicalCounts

SMALL = {"stop.max_shots": 1024, "circuit.rounds": 6}
SMALLER = {
    "willow": {"stop.max_shots": 512},
    "sycamore": SMALL | {"axes.circuit.basis": ["Z"]},
    "own_time": SMALL,
    "repetition": {"stop.max_shots": 8192},
    "crossover": SMALL,
}


def made(shots=10**6, rounds=20, **columns):
    """Results with these columns, errors from the probabilities per shot ``p``."""
    p = np.asarray(columns.pop("p"))
    arrays = {"shots": np.full(len(p), shots), "errors": np.round(p * shots).astype(int)}
    arrays["rounds"] = np.full(len(p), rounds)
    return Results("x", "", arrays | {f"axis.{k}": np.asarray(v) for k, v in columns.items()}, {})


def per_shot(per_cycle, rounds=20):
    return (1 - (1 - 2 * np.asarray(per_cycle)) ** rounds) / 2


@pytest.mark.parametrize("name", SMALLER)
def test_every_figure_is_drawn(name, tmp_path):
    results = results_of(name, quick=True, overrides=SMALLER[name])
    figure = FIGURES[name].draw(results)
    figures.save_figure(figure, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size[0] == pytest.approx(300 * figure.get_figwidth(), abs=1) and figure.get_figwidth() <= 7.0
    assert FIGURES[name].numbers(results)


def test_memories_are_averaged_over_bases():
    eps = {"X": {3: 0.02, 5: 0.01}, "Z": {3: 0.03, 5: 0.01}}
    rows = [(basis, d) for basis in "XZ" for d in (3, 5)]
    results = made(p=[float(per_shot(eps[b][d])) for b, d in rows], basis=[b for b, _ in rows], strategy=["MLR"] * 4)
    extra = {"axis.distance": np.array([d for _, d in rows])}
    names = ("detection", "detection_error", "detection_w4", "detection_w2", "leaked")
    extra |= {name: np.array([0.1, 0.2, 0.3, 0.4]) for name in names}
    found = memories.numbers(Results("x", "", {**results.arrays, **extra}, {}))
    head = "MLR, 20 cycles: "
    assert found[f"{head}eps_3"].value == pytest.approx(0.025, rel=1e-3)
    assert found[f"{head}Lambda 3/5"].value == pytest.approx(2.5, rel=1e-3)
    assert found[f"{head}Lambda 3/5 Z"].value == pytest.approx(3.0, rel=1e-3)
    assert found[f"{head}detection, d = 3"].value == pytest.approx(0.2)
    assert found[f"{head}data leakage, d = 5"].value == pytest.approx(0.3)


def test_detection_fractions_are_those_of_the_statistics():
    """By weight and together: the whole is the mean over detectors."""
    found = memories.numbers(results_of("sycamore", quick=True, overrides=SMALLER["sycamore"]))
    head = "MLR, 6 cycles: detection"
    whole, four, two = (found[f"{head}{of}, d = 3"].value for of in ("", " of weight 4", " of weight 2"))
    assert whole == pytest.approx((four + two) / 2) and four > two  # of eight stabilizers four are of each weight


def test_what_lambda_loses():
    rows = [(s, d) for s in ("DQLR", "MLR") for d in (3, 5)]
    per_cycle = {("DQLR", 3): 0.02, ("DQLR", 5): 0.01, ("MLR", 3): 0.03, ("MLR", 5): 0.02}
    results = made(rounds=60, p=[float(per_shot(per_cycle[row], 60)) for row in rows], strategy=[s for s, _ in rows])
    arrays = {**results.arrays, "axis.distance": np.array([d for _, d in rows]), "axis.basis": np.array(["Z"] * 4)}
    arrays |= {f"detection{end}": np.full(4, 0.1) for end in ("", "_error", "_w4", "_w2")} | {"leaked": np.zeros(4)}
    assert willow.numbers(Results("x", "", arrays, {}))[willow.LOST].value == pytest.approx(0.25, rel=2e-3)


def test_own_time_has_the_order():
    results = made(p=[0.3, 0.2, 0.4, 0.3], basis=["X", "X", "Z", "Z"], strategy=["NO_RESET", "MLR"] * 2)
    found = own_time.numbers(results)
    assert found["NO_RESET"].value == pytest.approx(0.35) and found["NO_RESET - MLR"].value == pytest.approx(0.1)


def test_a_line_of_the_repetition_code():
    d = np.array([3, 5, 7])
    results = made(shots=10**9, p=per_shot(0.1 * 4.0 ** (-d / 2)), preset=["sycamore"] * 3, distance=d)
    found = repetition.numbers(results)
    assert found["sycamore Lambda"].value == pytest.approx(4.0, rel=1e-2)
    assert found["sycamore eps_25"].value == pytest.approx(0.1 * 4.0**-12.5, rel=2e-2)


class TestCrossover:
    @pytest.mark.parametrize(
        ("cost", "gain", "expected"), [(0.2, 200.0, 1e-3), (0.0, 200.0, 0.0), (0.2, 0.0, math.inf)]
    )
    def test_break_even_of_lines(self, cost, gain, expected):
        """MLR over DQLR is 1 - cost + gain L; where nothing is gained, never."""
        leakage = np.array([0.0, 1e-3, 3e-3])
        dqlr, mlr = np.full(3, 4e-3), 4e-3 * (1 - cost + gain * leakage) - (1e-5 * leakage / 3e-3 if not gain else 0)
        counts = [
            LogicalCounts.of(made(shots=10**9, p=per_shot(eps), **{"cz.leakage": leakage})) for eps in (mlr, dqlr)
        ]
        found = crossover.break_even(*counts)
        assert found.value == pytest.approx(expected, rel=1e-2, abs=1e-6)

    def test_nothing_is_told_near_one_half(self):
        leakage = np.array([0.0, 1e-3, 3e-3])
        counts = LogicalCounts.of(made(p=[0.3, 0.495, 0.495], **{"cz.leakage": leakage}))
        assert math.isnan(crossover.break_even(counts, counts).value)

    @pytest.mark.parametrize(
        ("ratios", "last", "expected"),
        [
            ([0.5, 0.9, 1.1, 1.2], 0.3, 6.5e-4),  # the line through all would meet 1 at 1.6e-3
            ([0.5, 0.6, 0.7, 1.2], 0.3, 2.2e-3),
            ([0.5, 0.6, 0.7, 0.9], 0.3, math.inf),
            ([0.5, 0.9, 1.1, 1.2], 0.495, 6.5e-4),
            ([0.5, 0.6, 0.7, 0.9], 0.495, math.nan),  # nothing is known of the largest leakage
        ],
    )
    def test_break_even_lies_between_its_neighbours(self, ratios, last, expected):
        leakage = np.array([0.0, 3e-4, 1e-3, 3e-3])
        dqlr = np.array([0.01, 0.01, 0.01, (1 - (1 - 2 * last) ** (1 / 20)) / 2])
        counts = [
            LogicalCounts.of(made(shots=10**9, p=per_shot(eps), **{"cz.leakage": leakage}))
            for eps in (dqlr * ratios, dqlr)
        ]
        assert crossover.break_even(*counts).value == pytest.approx(expected, rel=1e-3, nan_ok=True)

    def test_cost_of_dqlr(self):
        """Data qubits wait as long in a DQLR cycle as if the second reset alone were longer."""
        device = Device.preset("miao2023")
        changed = crossover.with_cost(device, 300.0, 1e-3)
        assert crossover.dqlr_time_ns(device) == 172.0 and changed.dqlr.error == 1e-3
        taken = 2 * changed.reset.mlr_ns + changed.dqlr.iswap_ns
        assert taken == pytest.approx(device.reset.mlr_ns + 300.0)

    def test_points(self):
        """What is varied is varied at one distance and the preset's T1 only."""
        results = results_of("crossover", quick=True, overrides=SMALL)
        counts = LogicalCounts.of(results)
        varied = counts.where(varied=True)
        assert set(varied["distance"]) == {3} and len(varied) == 3 + 3 * 2
        assert set(varied.where(strategy="DQLR")["time_ns"]) == {50.0, 300.0}
        assert set(counts["t1_us"]) == {68.0}


def test_heating_of_the_budget_lasts_as_long_as_the_cycle():
    """On `willow` MLR waits until its cycle of 1.1 us is over, so it is heated as often as with DQLR."""
    [heating] = [process for process in beyond3.PROCESSES if process.name == "heating"]
    mlr, dqlr = (beyond3.probability(heating, Device.preset("willow"), s) for s in ("MLR", "DQLR"))
    assert mlr == pytest.approx(dqlr, rel=1e-6) and mlr == pytest.approx(2.5e-4, rel=0.02)
