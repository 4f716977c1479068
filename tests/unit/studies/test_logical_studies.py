"""Studies of logical errors: counts are read rightly, numbers are those of made-up results."""

import numpy as np
import pytest

from qec_leak.studies import Experiment, Results, Run, results_of
from qec_leak.studies.beyond import beyond1, beyond2
from qec_leak.studies.beyond import beyond3 as budget
from qec_leak.studies.logical import LogicalCounts, axis_name, crossing
from qec_leak.studies.miao2023 import f4a, f5b, f5c, s5


def made(study, shots=10**6, **columns):
    """Results with these columns, errors from the probabilities ``p``."""
    p = np.asarray(columns.pop("p"))
    size = len(p)
    arrays = {
        "shots": np.full(size, shots),
        "errors": np.round(p * shots).astype(int),
        "rounds": np.asarray(columns.pop("rounds", np.full(size, 20))),
    }
    return Results(study, "", arrays | {f"axis.{k}": np.asarray(v) for k, v in columns.items()}, {})


def per_shot(per_cycle, rounds=20):
    return (1 - (1 - 2 * np.asarray(per_cycle)) ** rounds) / 2


class TestCounts:
    def test_columns_and_choice(self):
        results = made("x", p=[0.1, 0.2, 0.3], strategy=["MLR", "MLR", "DQLR"], **{"cz.leakage": [0.0, 1e-3, 0.0]})
        counts = LogicalCounts.of(results)
        part = counts.where(strategy="MLR", cz_leakage=1e-3)
        assert part.probability.tolist() == [0.2] and part.error[0] == pytest.approx(np.sqrt(0.16 / 1e6))
        assert counts.values("cz.leakage") == [0.0, 1e-3]
        assert axis_name("device.cz.leakage") == "cz.leakage" and axis_name("decoder.name") == "decoder"

    def test_sampled_counts_are_those_of_the_points(self):
        done = []
        overrides = {"stop.max_shots": 2048, "circuit.rounds": 3}
        results = results_of("F5b", quick=True, overrides=overrides, run=Run(progress=done.append))
        counts = LogicalCounts.of(results)
        assert sum(done) == counts.shots.sum() == 2048 * 6 and set(counts.rounds) == {3}
        assert counts.values("inject_leakage") == [0.0, 6e-3]
        assert ((counts.probability > 0.01) & (counts.probability < 0.3)).all()

    @pytest.mark.parametrize("level", [0.05, 0.3])
    def test_crossing(self, level):
        """Of a straight line in log x, and where its error comes from."""
        x = np.array([1e-3, 1e-2, 1e-1])
        y = np.array([0.0, 0.2, 0.4])
        at = crossing(x, y, np.full(3, 1e-3), level)
        assert np.log10(at.value / 1e-3) == pytest.approx(level / 0.2)
        moved = crossing(x, y - 1e-3, np.zeros(3), level)
        assert moved.value - at.value == pytest.approx(1e-3 / 0.2 * np.log(10) * at.value, rel=0.02)
        assert 0.6 < at.error / (moved.value - at.value) < 1.02
        assert crossing(x, y, np.full(3, 1e-3), 0.5).value == np.inf

    def test_crossing_of_a_line_in_x(self):
        at = crossing(np.array([1.0, 3.0]), np.array([0.0, 1.0]), np.full(2, 0.1), 0.75, linear=True)
        assert at == pytest.approx((2.5, 2.0 * np.hypot(0.25 * 0.1, 0.75 * 0.1)))


class TestBitFlip:
    def test_populations_at_40_percent(self):
        leakage, pauli = [0.0, 0.01, 0.03, 0.0, 0.0], [0.0, 0.0, 0.0, 0.01, 0.1]
        p = [0.01, 0.3, 0.5, 0.1, 0.5]
        results = made("F4a", p=p, strategy=["NO_RESET"] * 5, inject_leakage=leakage, inject_pauli=pauli)
        numbers = f4a.numbers(results)
        assert numbers["NO_RESET leakage at 40%"].value == pytest.approx(np.sqrt(0.01 * 0.03))
        assert numbers["NO_RESET pauli at 40%"].value == pytest.approx(0.01 * 10**0.75)
        assert numbers["NO_RESET without injection"].value == 0.01

    def test_gompertz(self):
        rounds = np.arange(5, 61, 5)
        p = 0.5 * np.exp(-5 * np.exp(-0.04 * rounds))
        results = made("S5", p=[*p, *np.zeros(12)], rounds=[*rounds, *rounds], strategy=["MLR"] * 12 + ["DQLR"] * 12)
        fit = s5.gompertz(results, "MLR")
        assert abs(fit.rate - 0.04) < 5 * fit.rate_error < 0.01
        assert s5.gompertz(results, "DQLR") is None
        assert s5.numbers(results)["DQLR at cycle 60"].value == 0.0


class TestSuppression:
    def table(self):
        leakage = np.array([0.0, 1e-3, 2e-3, 3e-3, 4e-3])
        inverse = {"MLR": 0.15 + 0.5 * (1 - np.exp(-leakage / 1e-3)), "DQLR": 0.2 + 111 * leakage}
        columns = {"p": [], "strategy": [], "distance": [], "inject_leakage": [], "decoder": []}
        for strategy, values in inverse.items():
            for distance, eps in ((5, np.full(5, 1e-3)), (7, 1e-3 * values)):
                columns["p"] += per_shot(eps).tolist()
                columns["strategy"] += [strategy] * 5
                columns["distance"] += [distance] * 5
                columns["inject_leakage"] += leakage.tolist()
                columns["decoder"] += ["pymatching"] * 5
        return made("F5c", shots=10**8, **columns)

    def test_line_and_curvature(self):
        numbers = f5c.numbers(self.table())
        assert numbers["DQLR slope, pymatching"].value == pytest.approx(111, rel=1e-2)
        assert numbers["DQLR offset, pymatching"].value == pytest.approx(0.2, rel=1e-2)
        assert numbers["DQLR R^2, pymatching"].value > 0.999
        assert numbers["MLR Lambda without leakage, pymatching"].value == pytest.approx(1 / 0.15, rel=1e-2)
        bend = numbers["MLR curvature, pymatching"]
        assert bend.value < -5 * bend.error
        assert numbers["MLR - DQLR at the end, pymatching"].value == pytest.approx(0.641 - 0.644, abs=3e-3)

    def test_order(self):
        strategies = ["NO_RESET", "MLR", "DQLR"]
        results = made("F5b", p=[0.45, 0.44, 0.43], strategy=strategies, inject_leakage=[1e-3] * 3)
        numbers = f5b.numbers(results)
        assert numbers["MLR - DQLR at 0.001"].value == pytest.approx(0.01)
        assert numbers["MLR - DQLR at 0.001"].error == pytest.approx(np.sqrt((0.44 * 0.56 + 0.43 * 0.57) / 1e6))


class TestBeyond:
    def test_best_interval(self):
        every = [1, 1, 2, 4]
        p = per_shot([3e-3, 2.5e-3, 2e-3, 2.2e-3])
        strategy = ["MLR", "DQLR", "DQLR", "DQLR"]
        numbers = beyond2.numbers(
            made("beyond2", p=p, strategy=strategy, dqlr_every=every, **{"cz.leakage": [1e-3] * 4})
        )
        assert numbers["best interval at 0.001, cycles"].value == 2
        assert numbers["DQLR in every cycle - MLR at 0.001"].value == pytest.approx(-5e-4, rel=1e-2)

    def test_where_lambda_falls_below_one(self):
        leakage = np.array([1e-5, 1e-4, 1e-3, 1e-2])
        eps = {3: np.full(4, 1e-2), 5: 1e-2 * np.array([0.5, 0.5, 0.75, 1.25])}
        columns = {"p": np.concatenate([per_shot(e) for e in eps.values()]), "strategy": ["MLR"] * 8}
        columns |= {"distance": np.repeat([3, 5], 4), "cz.leakage": np.tile(leakage, 2)}
        numbers = beyond1.numbers(made("beyond1", shots=10**8, **columns))
        assert numbers["MLR Lambda 3/5 at 1e-05"].value == pytest.approx(2, rel=1e-2)
        assert numbers["MLR Lambda 3/5 < 1 from"].value == pytest.approx(10**-2.5, rel=1e-2)


class TestBudget:
    def test_weights_are_difference_quotients(self):
        """A made-up device whose 1/Lambda is 0.3 + 90 leakage + 5 readout."""
        experiment = Experiment.find("beyond3", quick=True)
        points = []
        for point in experiment.points:
            points.append(budget._changed(point, "", 1.0, point.device))
            for name in ("CZ leakage", "readout"):
                for factor in (0.5, 2.0):
                    points.append(budget._changed(point, name, factor, point.device))
        leakage, readout = points[0].device.cz.leakage, points[0].device.readout.error

        def inverse(point):
            factors = {"CZ leakage": 1.0, "readout": 1.0, point.labels["process"]: point.labels["factor"]}
            return 0.3 + 90 * leakage * factors["CZ leakage"] + 5 * readout * factors["readout"]

        p = [per_shot(1e-3 if q.circuit["distance"] == 3 else 1e-3 * inverse(q)) for q in points]
        columns = {key: [q.labels[full] for q in points] for key, full in (
            ("preset", "device.preset"), ("strategy", "circuit.strategy"), ("distance", "circuit.distance"),
            ("process", "process"), ("factor", "factor"),
        )}  # fmt: skip
        arrays = made("beyond3", shots=10**10, p=p, **columns).arrays
        processes = [q for q in budget.PROCESSES if q.name in ("CZ leakage", "readout")]
        results = Results("beyond3", "", budget._weights(points, arrays, processes), {})
        names, _, weights, errors = budget.rows(results, "willow", "DQLR")
        for name, expected in (("CZ leakage", 90), ("readout", 5)):
            at = names.index(name)
            assert abs(weights[at] - expected) < 5 * errors[at] and errors[at] < expected
        assert budget.cases(results)[0][2].value == pytest.approx(0.3 + 90 * leakage + 5 * readout, rel=1e-2)

    def test_half_of_the_noise(self):
        device = Experiment.find("beyond3").points[0].device
        half = budget.scaled(device, 0.5)
        for process in budget.PROCESSES:
            assert budget._parameter(half, process.key) == budget._parameter(device, process.key) / 2
        assert (half.idle.t1_ns, half.idle.t2_ns) == (2 * device.idle.t1_ns, 2 * device.idle.t2_ns)
        assert half.readout.duration_ns == device.readout.duration_ns

    def test_probabilities_per_cycle(self):
        device = Experiment.find("beyond3").points[0].device
        by_name = {process.name: process for process in budget.PROCESSES}
        # Acharya: heating 6.4e-4 per cycle of 921 ns; here a cycle has fewer one-qubit layers or more, within 5 %.
        assert budget.probability(by_name["heating"], device, "MLR") == pytest.approx(6.4e-4, rel=0.05)
        assert budget.probability(by_name["data idle"], device, "MLR") == pytest.approx(7.0e-3, rel=0.01)


class TestCorrelations:
    def test_matrix_and_means(self):
        overrides = {"stop.max_shots": 5000, "circuit.rounds": 8, "study.window": [4, 7]}
        results = results_of("S7", quick=True, overrides=overrides)
        assert results["window"].tolist() == [4, 7] and results["MLR.same"].shape == (4,)
        for strategy in results.strategies("same"):
            matrix = results[f"{strategy}.matrix"]
            assert matrix.shape == (9, 9) and np.isnan(matrix.diagonal()).all()
            assert np.allclose(matrix, matrix.T, equal_nan=True)
            window = matrix[3:7, 3:7]
            assert results[f"{strategy}.same"][1] == pytest.approx(np.diagonal(window, 1).mean())
            assert np.isnan(results[f"{strategy}.same"][0]) and np.isfinite(results[f"{strategy}.neighbor"]).all()
