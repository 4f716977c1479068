"""A noise process of one's own, in one file outside of the package: against exact trajectories, in run and sweep."""

import functools
import json

import numpy as np
import pytest
import sinter
import stim
from from_outside import is_on_the_page, read_rows, sigmas, sweep, sweep_in_processes
from leaky_readout import LeakyReadout

import qec_leak as ql
from qec_leak.cli import main
from qec_leak.exact import circuit_steps, compile_exact_sampler, evolve
from qec_leak.sweep import collect, parse_sweep

NAME = "leaky_readout:LeakyReadout"
SHOTS = 2000


def memory(strategy, *processes, device="miao2023"):
    return ql.memory_experiment(
        code="repetition", distance=3, rounds=3, strategy=strategy, device=device, processes=processes
    )


def leaky_resets():
    """With resets that leave some of the leakage of the measurement before them."""
    return ql.Device.preset("miao2023").replace({"reset.leaked_given_2": 0.4})


@functools.cache
def exact(strategy):
    experiment = memory(strategy, LeakyReadout(), device=leaky_resets())
    sampler = compile_exact_sampler(experiment, mode="phase_randomised", idle="pauli", seed=3)
    return sampler.sample(4 * SHOTS, heralds=True)


def counted(batch):
    """Shots in which each detector fires, each observable flips, each measurement is of a leaked qubit; and in which
    each qubit is leaked after each round."""
    of_shots = np.hstack([batch.detection_events, batch.observable_flips, batch.heralds >= 2]).sum(axis=0)
    return np.concatenate([of_shots, batch.population_counts.sum(axis=2).ravel()])


def largest_deviation(strategy, process):
    """Between the engine with ``process`` and exact trajectories with the page's, in sigma of their counts."""
    circuit = memory(strategy, process, device=leaky_resets()).circuit
    a, b = exact(strategy), ql.compile_sampler(circuit, seed=8).sample(100 * SHOTS, heralds=True)
    found = sigmas((counted(a), counted(b)), (a.shots, b.shots))
    assert len(found) > 20
    return float(found.max())


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR"])
def test_engine_agrees_with_exact_trajectories(strategy):
    assert largest_deviation(strategy, NAME) < 5


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR"])
def test_a_process_that_mistakes_the_qubits_disagrees(strategy):
    """0.14 on measure qubit 3 and 0.11 on 4, and not the other way round."""
    assert largest_deviation(strategy, LeakyReadout(least=0.23, step=-0.03)) > 5


def test_it_leaks_each_qubit_as_much_as_it_says():
    """Closed form: what is left of a leaked transmon, in the exact simulator and in the tag."""
    circuit = ql.dress("M 0\nTICK\nM 1", "miao2023", processes=[NAME])
    _, steps = circuit_steps(circuit, ql.Device.preset("miao2023"), processes=[NAME])
    leaked = evolve(steps, 2, 5).level_population[0, :, 0]
    idle = ql.Device.preset("miao2023").idle
    decays = np.exp(-2 * ql.Device.preset("miao2023").readout.duration_ns / idle.t1_ns)
    assert leaked == pytest.approx([0.02 * decays, 0.0], abs=2e-4)
    tags = [item.tag for item in circuit if item.tag.startswith("leaky_readout|")]
    assert [round(ql.parse_tag(tag).channel.leakage_rate, 12) for tag in tags] == [0.02, 0.05]


def test_it_is_added_to_the_devices_own_noise():
    with_it, without = memory("MLR", NAME).circuit, memory("MLR").circuit
    lines = [line for line in str(with_it).splitlines() if "[leaky_readout|" not in line]
    assert stim.Circuit("\n".join(lines)) == without != with_it


def test_run(tmp_path):
    words = ["run", "--code", "repetition", "-r", "3", "--strategy", "NO_RESET", "--shots", str(SHOTS), "--seed", "5"]
    leaked = []
    for name, more in (("with", ["--process", NAME]), ("without", [])):
        assert main([*words, *more, "--out", str(tmp_path / name)]) == 0
        [stats] = sinter.read_stats_from_csv_files(tmp_path / name / "results.csv")
        leaked.append(stats.custom_counts["leaked_measure_r3"])
        assert stats.json_metadata.get("processes") == ([NAME] if more else None)
        assert json.loads((tmp_path / name / "run.json").read_text())["processes"] == ([NAME] if more else [])
    sampled = ql.compile_sampler(memory("NO_RESET", NAME).circuit, seed=5).sample(SHOTS)
    assert leaked[0] == sampled.population_counts[-1, 3:].sum() and leaked[0] != leaked[1]


def test_run_on_exact_trajectories(tmp_path):
    words = ["run", "--code", "repetition", "-r", "2", "--strategy", "NO_RESET", "--shots", "64", "--seed", "5"]
    assert main([*words, "--engine", "exact", "--process", NAME, "--out", str(tmp_path)]) == 0
    [stats] = sinter.read_stats_from_csv_files(tmp_path / "results.csv")
    assert stats.json_metadata["processes"] == [NAME] and stats.custom_counts["leaked_measure_r2"] > 5


SWEEP = f"""
[circuit]
code = "repetition"
distance = 3
rounds = 3
processes = ["{NAME}"]
[axes]
"circuit.strategy" = ["NO_RESET", "MLR"]
[stop]
max_shots = {SHOTS}
"""


def test_sweep_in_processes_from_the_current_folder(tmp_path):
    """A second run samples nothing."""
    rows = sweep_in_processes(tmp_path, SWEEP, "leaky_readout.py")
    text = (tmp_path / "out.csv").read_text()
    assert sweep_in_processes(tmp_path, SWEEP, "leaky_readout.py") == rows
    assert (tmp_path / "out.csv").read_text() == text
    assert {row.json_metadata["strategy"]: row.json_metadata["processes"] for row in rows} == {
        "NO_RESET": [NAME],
        "MLR": [NAME],
    }


def test_sweep_option_is_what_the_file_says(tmp_path, capsys):
    without = SWEEP.replace(f'processes = ["{NAME}"]\n', "")
    ours = sweep(tmp_path, without, "--process", NAME)
    status = ["status", str(tmp_path / "out.csv"), "--sweep", str(tmp_path / "mine.toml")]
    for more, done in (([], 0), (["--process", NAME], 2)):
        assert main([*status, *more]) == 0
        assert f"{done} of 2 points are done" in capsys.readouterr().out
    collect(parse_sweep(SWEEP), out=tmp_path / "file.csv")
    theirs = read_rows(tmp_path / "file.csv")
    assert [(row.strong_id, row.errors) for row in ours] == [(row.strong_id, row.errors) for row in theirs]
    plain = collect(parse_sweep(without), out=tmp_path / "plain.csv")
    assert {row.strong_id for row in ours}.isdisjoint(result.stats.strong_id for result in plain)


def test_dress_and_sample(tmp_path):
    (tmp_path / "ideal.stim").write_text("M 0\nTICK\nM 1\n")
    words = ["sample", str(tmp_path / "ideal.stim"), "--device", "willow", "--process", NAME, "--shots", "64"]
    assert main([*words, "--out", str(tmp_path / "shots")]) == 0
    assert "leaky_readout|" in (tmp_path / "shots" / "circuit_noisy.stim").read_text()
    assert json.loads((tmp_path / "shots" / "metadata.json").read_text())["processes"] == [NAME]


def test_the_page_shows_this_very_file():
    assert is_on_the_page("leaky_readout.py")
