"""Studies of the paper's figures: arrays are what they are said to be, numbers are read off them rightly."""

import numpy as np
import pytest

from qec_leak.device import Device
from qec_leak.records import LeakagePopulations
from qec_leak.studies import Results, Run, results_of
from qec_leak.studies.miao2023 import f1c, f2, f5a, injected
from qec_leak.studies.populations import (
    final_population,
    population_arrays,
    population_blocks_in,
    populations_in,
    settling_rounds,
)
from qec_leak.studies.sampling import BLOCKS

FEW = {"stop.max_shots": 4000}


def made(study, arrays):
    return Results(study, "", arrays, {})


class TestInjected:
    def test_decay_of_a_made_up_excess(self):
        cycle = np.arange(0.0, 12.0)
        excess = np.zeros((12, 3))
        excess[:, 1] = 0.9 * np.exp(-cycle / 4.4)
        excess[:, 2] = 0.25
        arrays = {"MLR.excess": excess, "MLR.error": np.full((12, 3), 1e-3), "MLR.cycle": cycle}
        arrays |= {"qubit": np.asarray(1), "data_qubits": np.array([0, 1]), "measure_qubits": np.array([2])}
        results = made("F1c", arrays | {"MLR.centre": np.tile(excess[:, 1], (25, 1))})
        cycles, size = f1c.decay(results, "MLR")
        assert cycles.value == pytest.approx(4.4) and size.value == pytest.approx(0.9)
        assert cycles.error < 1e-6  # all blocks alike
        assert injected.summed_excess(results, "MLR", "measure")[0].tolist() == [0.25] * 12
        assert f1c.numbers(results)["MLR on other data after 1 cycle"].value == 0.0

    def test_error_of_the_decay_covers_its_scatter(self):
        """40 noisy copies, noise correlated in time: (fit - truth)/error has a spread of 1 within 5 sigma, no bias."""
        rng, pulls = np.random.default_rng(3), []
        cycle = np.arange(0.0, 12.0)
        for _ in range(40):
            noise = np.cumsum(rng.normal(0, 5e-3, (25, 12)), axis=1)
            blocks = 0.9 * np.exp(-cycle / 4.4) + noise
            arrays = {"MLR.centre": blocks, "MLR.error": np.full((12, 1), 5e-3), "MLR.cycle": cycle}
            arrays["MLR.excess"] = blocks.mean(axis=0)[:, None]
            cycles, _ = f1c.decay(made("F1c", {**arrays, "qubit": np.asarray(0)}), "MLR")
            pulls.append((cycles.value - 4.4) / cycles.error)
        assert abs(np.std(pulls) - 1) < 5 / np.sqrt(2 * 40) and abs(np.mean(pulls)) < 5 / np.sqrt(40)

    def test_ends_of_cycles_agree_with_moments(self):
        cycles = results_of("F1c", overrides=FEW | {"axes.circuit.strategy": ["MLR"], "circuit.rounds": 4})
        moments = results_of("S4", overrides=FEW | {"axes.circuit.strategy": ["MLR"], "circuit.rounds": 4})
        assert cycles["MLR.cycle"].tolist() == [0, 1, 2, 3]
        assert set(cycles["MLR.cycle"]) <= set(moments["MLR.cycle"])
        for k in (1, 2, 3):
            a, b = (r["MLR.excess"][np.flatnonzero(r["MLR.cycle"] == k)[0], 4] for r in (cycles, moments))
            error = np.hypot(*(r["MLR.error"][np.flatnonzero(r["MLR.cycle"] == k)[0], 4] for r in (cycles, moments)))
            assert abs(a - b) < 5 * error
        first = moments["MLR.excess"][np.flatnonzero(moments["MLR.cycle"] > 0)[0]]
        assert first[4] > 0.95 and np.abs(np.delete(first, 4)).max() < 0.01  # put into |2> just before
        assert moments["MLR.operation"].tolist().count("M") == 3

    def test_without_transport_nothing_moves(self):
        """Given numbers for the CZ without transport: neighbours stay as they are, 5 sigma."""
        given = {"transport_30_12": 0.0, "transport_31_22": 0.0, "leakage_phase_low": 0.65, "leakage_phase_high": 0.1}
        still = Device.preset("miao2023").replace(
            {"cz.model": "given", **{f"cz.{key}": value for key, value in given.items()}}
        )
        results = results_of("F1c", overrides=FEW | {"axes.circuit.strategy": ["NO_RESET"]}, device=still)
        for group in ("other data", "measure"):
            excess, error = injected.summed_excess(results, "NO_RESET", group)
            assert (np.abs(excess) < 5 * error).all()
        moving = results_of("F1c", overrides=FEW | {"axes.circuit.strategy": ["NO_RESET"]})
        excess, error = injected.summed_excess(moving, "NO_RESET", "measure")
        assert (excess > 5 * error).sum() > 5


class TestPopulations:
    def test_read_back(self):
        qubits = {"data": (0, 2), "measure": (1,)}
        blocks = [LeakagePopulations(k + np.arange(24).reshape(4, 3, 2), 100 + k, qubits) for k in (0, 1)]
        results = made("F3a", population_arrays("DQLR", blocks))
        total = populations_in(results)["DQLR"]
        assert np.array_equal(total.counts, 1 + 2 * np.arange(24).reshape(4, 3, 2))
        assert (total.shots, dict(total.qubits)) == (201, qubits)
        assert [block.shots for block in population_blocks_in(results)["DQLR"]] == [100, 101]

    def test_all_qubits_leave_the_removal_qubit_out(self):
        counts = np.zeros((10, 3, 2), dtype=int)
        counts[:, 0, 0], counts[:, 2, 0] = 10, 100
        populations = LeakagePopulations(counts, 100, {"data": (0,), "measure": (1,), "removal": (2,)})
        for strategy in ("MLR", "DQLR"):
            number = final_population([populations] * 2, strategy, None)
            assert number.value == pytest.approx(0.05) and number.error == 0.0

    @pytest.mark.parametrize(("strategy", "expected"), [("MLR", 0.28), ("DQLR", 0.16)])
    def test_which_rounds(self, strategy, expected):
        """The last three rounds, or with DQLR those from the third on; the error from the spread of two blocks."""
        blocks = []
        for shift in (-1, 1):
            counts = np.zeros((29, 1, 2), dtype=int)
            counts[:, 0, 0] = shift + np.arange(1, 30)
            blocks.append(LeakagePopulations(counts, 100, {"data": (0,)}))
        number = final_population(blocks, strategy, "data")
        assert tuple(number) == pytest.approx((expected, 0.01))

    def test_settling(self):
        counts = np.full((30, 1, 2), [1000, 0])
        counts[:4, 0, 0] = [100, 500, 800, 950]
        populations = LeakagePopulations(counts, 10**6, {"data": (0,)})
        assert settling_rounds(populations) == 4


class TestWithinCycle:
    def test_rows_and_moments(self):
        results = results_of("F3c", overrides=FEW | {"circuit.rounds": 6, "study.first_cycle": 3})
        operation = results["DQLR.operation"].tolist()
        assert operation[0] == "" and operation[-3:] == ["R", "LEAKAGE_ISWAP", "R"] and operation.count("CZ") == 4
        assert results["MLR.operation"].tolist() == operation[:-2]
        assert results["DQLR.population"].shape == results["DQLR.error"].shape == (2, len(operation))
        data = results["DQLR.population"][0]
        assert data[operation.index("M")] > 2 * data[-1]  # leaks in the cycle, is removed at its end
        assert data[0] == pytest.approx(data[-1], rel=0.5)  # a cycle starts where the last one ended

    def test_a_cycle_is_from_end_to_end(self):
        """The same shots, counted at the ends of cycles: exactly the first and the last column."""
        overrides = FEW | {"circuit.rounds": 4, "study.first_cycle": 4, "axes.circuit.strategy": ["MLR"]}
        within = results_of("F3c", overrides=overrides | {"run.seed": 7})["MLR.population"]
        ends = results_of("F3a", overrides=FEW | {"circuit.rounds": 4, "axes.circuit.strategy": ["MLR"], "run.seed": 7})
        populations = populations_in(ends)["MLR"]
        for row, role in enumerate(("data", "measure")):
            assert within[row, [0, -1]] == pytest.approx(populations.leakage_population(role)[-2:], abs=1e-12)


class TestDetection:
    def test_numbers_of_made_up_curves(self):
        """A line of slope 1e-3 with known scatter between blocks."""
        rng = np.random.default_rng(5)
        rounds = np.arange(1, 31)
        line = 0.18 + 1e-3 * rounds
        blocks = line + rng.normal(0, 1e-3, (25, 30))
        final = np.full((25, 1), np.nan)
        fraction = np.stack([np.hstack([blocks, final]), np.hstack([blocks - 0.06, final])], axis=1)
        results = made("F5a", {"MLR.fraction": fraction, "weights": np.array([4, 2])})
        numbers = f5a.numbers(results)
        slope = numbers["MLR weight 4, slope per cycle"]
        expected_error = 1e-3 / np.sqrt(25 * np.sum((rounds[2:] - rounds[2:].mean()) ** 2))
        assert abs(slope.value - 1e-3) < 5 * slope.error
        assert slope.error == pytest.approx(expected_error, rel=5 / np.sqrt(2 * 24))
        assert numbers["MLR weight 4"].value == pytest.approx(line[2:].mean(), abs=2e-4)
        assert numbers["MLR weight 2"].value == pytest.approx(line[2:].mean() - 0.06, abs=2e-4)
        assert numbers["MLR weight 4, rise to cycle 15"].value == pytest.approx(14.5e-3 - 3e-3, abs=2e-3)
        assert numbers["MLR weight 4, rise from 15"].value == pytest.approx(29e-3 - 14.5e-3, abs=2e-3)

    def test_shots_are_all_used(self):
        done = []
        results = results_of(
            "F5a", overrides={"stop.max_shots": 1003, "circuit.rounds": 4}, run=Run(progress=done.append)
        )
        assert sum(done) == 3 * 1003
        assert {int(results[f"{name}.shots"].sum()) for name in ("NO_RESET", "MLR", "DQLR")} == {1003}
        assert results["MLR.fraction"].shape == (BLOCKS, 2, 5)


class TestTransport:
    def test_phases_and_fringes_agree(self):
        """The minimum of each fringe is at the conditional phase; the numbers are those of the matrix."""
        results = results_of("F2", quick=True)
        for of in ("low", "high"):
            for level in f2.PARTNER_LEVELS:
                lowest = results["angle"][np.argmin(results[f"fringe_{of}"][level])]
                apart = abs(lowest - results[f"phase_{of}"][level])
                assert min(apart, 2 - apart) < 0.02
        numbers = f2.numbers(results)
        at = int(np.flatnonzero(results["ramp_ns"] == 6.0)[0])  # the device's own pulse
        shown = [numbers["transport |30> <-> |12>"].value, numbers["transport |31> <-> |22>"].value]
        assert results["ramp_transport"][at] == pytest.approx(shown, rel=1e-6)
        assert results["ramp_phase"][at] == pytest.approx(results["phase_low"][2], rel=1e-6)


def test_threads_do_not_change_results():
    one, two = (results_of("F3a", overrides=FEW, run=Run(threads=threads)) for threads in (1, 2))
    assert all(np.array_equal(one[name], two[name]) for name in one.arrays)
