"""A strategy of one's own, in one file outside of the package: Python, run, sweep, and the exact simulator."""

import pytest
import sinter
from against_exact import DEVICE, deviations, engine_batch, exact_batch
from from_outside import is_on_the_page, refusal, sweep
from second_reset import SecondReset

import qec_leak as ql
from qec_leak.cli import main
from qec_leak.sweep import parse_sweep
from qec_leak.sweep.block import Block, CompiledPoint

NAME = "second_reset:SecondReset"
SHOTS = 20_000


def memory(strategy=NAME, **options):
    return ql.memory_experiment(code="repetition", distance=3, rounds=5, strategy=strategy, **options)


def test_python():
    ours = memory(SecondReset())
    assert ours.circuit == memory().circuit
    assert str(ours.strategy) == "SECOND_RESET"
    resets = [round_ for round_, operation in ours.moments() if operation == "R"]
    assert resets == [0, 1, 2, 2, 3, 4, 4, 5]
    long = ql.memory_experiment(distance=3, rounds=10**6, strategy=NAME)
    assert len(long.ideal_circuit) < 100 and long.circuit.num_detectors == 8 * 10**6


def test_run(tmp_path):
    words = ["run", "--code", "repetition", "-d", "3", "-r", "5", "--shots", "2000", "--seed", "5"]
    words += ["--device", "willow"]
    assert main([*words, "--strategy", NAME, "--strategy", "mlr", "--out", str(tmp_path)]) == 0
    by_strategy = {s.json_metadata["strategy"]: s for s in sinter.read_stats_from_csv_files(tmp_path / "results.csv")}
    assert set(by_strategy) == {NAME, "MLR"}
    batch = ql.compile_sampler(memory(device="willow").circuit, seed=5).sample(2000)
    wrong = (ql.decode(memory(device="willow").circuit, batch) != batch.observable_flips).any(axis=1).sum()
    assert by_strategy[NAME].errors == wrong


SWEEP = f"""
[circuit]
distance = 3
rounds = 5
[axes]
"circuit.strategy" = ["MLR", "{NAME}"]
[stop]
max_shots = 1000
"""


def test_sweep(tmp_path):
    by_strategy = {row.json_metadata["strategy"]: row for row in sweep(tmp_path, SWEEP)}
    assert set(by_strategy) == {NAME, "MLR"}
    [point] = [point for point in parse_sweep(SWEEP).points if point.circuit["strategy"] == NAME]
    assert by_strategy[NAME].errors == CompiledPoint(point).run(0, Block(0, 1000)).errors


@pytest.fixture(scope="module")
def judged():
    return exact_batch(memory(device=DEVICE), SHOTS)


def test_the_exact_simulator_agrees(judged):
    found = deviations(judged, engine_batch(memory(device=DEVICE), 20 * SHOTS))
    assert len(found) > 80 and found.max() < 5


@pytest.mark.parametrize("wrong", ["MLR", "odd rounds"])
def test_another_strategy_is_told_apart(wrong, judged):
    """Planted errors: no second reset, or the second reset in the other rounds."""

    class Odd(SecondReset):
        def end_of_round(self, patch, number):
            return super().end_of_round(patch, 3 - number)

    other = memory("MLR" if wrong == "MLR" else Odd(), device=DEVICE)
    assert deviations(judged, engine_batch(other, 20 * SHOTS)).max() > 8


def test_the_page_shows_this_very_file():
    assert is_on_the_page("second_reset.py")


def test_mistakes_are_one_line(capsys, tmp_path):
    words = ["run", "-d", "3", "-r", "2", "--shots", "10", "--out", str(tmp_path), "--strategy"]
    for text, message in (
        ("second_reset:Third", "`--strategy` must name an attribute of second_reset, but is"),
        ("third:Third", "`--strategy` must name a module that can be imported"),
        ("MLRR", "did you mean 'MLR'?, or give module:attribute"),
        ("json:loads.__name__", "`--strategy` must be a strategy or the name of one"),
    ):
        assert message in refusal(capsys, *words, text)
