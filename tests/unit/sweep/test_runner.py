"""The runner: the same counts for any executor, number of workers and history; what ends a sweep early."""

import json
import os
import signal
import threading
from collections import Counter
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor

import pytest
import sinter

from qec_leak import compile_sampler
from qec_leak.analysis import DetectionStatistics, detector_layout, populations_of
from qec_leak.circuits.roles import text_without_roles
from qec_leak.decoding import compile_decoder, count_logical_errors
from qec_leak.sweep import (
    Block,
    SweepError,
    SweepInterrupted,
    collect,
    parse_sweep,
    read_results,
    run_block,
)
from qec_leak.sweep.point import block_seed

TEXT = """
[circuit]
rounds = 4
[axes]
"circuit.distance" = [3]
"circuit.strategy" = ["NO_RESET", "DQLR"]
"device.cz.leakage" = [1e-4, 1e-3]
[stop]
max_shots = 6000
max_errors = 500
[run]
seed = 5
block_shots = 1000
"""


@pytest.fixture(scope="module")
def sweep():
    return parse_sweep(TEXT)


@pytest.fixture(scope="module")
def expected(sweep):
    return totals(collect(sweep))


def totals(results):
    return [(r.stats.strong_id, r.stats.shots, r.stats.errors, r.stats.custom_counts) for r in results]


def lines_of(path):
    """Shots, errors, counts of each line; seconds differ from run to run."""
    return Counter((r.stats.strong_id, r.blocks, r.stats.errors) for r in read_results(path))


def test_block_is_what_its_parts_say(sweep):
    """A block against the engine, the decoder and the statistics called one by one."""
    point, block = sweep.points[-1], Block(1000, 3000)
    counts = run_block(point, block, 5)
    memory = point.memory()
    batch = compile_sampler(memory.circuit, seed=block_seed(5, text_without_roles(memory.circuit), 1000)).sample(2000)
    decoder = compile_decoder(memory.circuit)
    assert counts.errors == count_logical_errors(decoder.decode_batch(batch).flips_b8, batch.observable_flips_b8)
    task = sinter.Task(
        circuit=memory.circuit,
        decoder="qec_leak-pymatching",
        detector_error_model=decoder.detector_error_model,
        json_metadata=dict(point.metadata),
    )
    assert counts.strong_id == task.strong_id()
    statistics = DetectionStatistics.of(detector_layout(memory), batch.detection_events)
    custom = counts.custom_counts
    for row, weight in enumerate(statistics.layout.weights):
        for round_ in range(1, 6):
            assert custom.get(f"detection_w{weight}_r{round_}", 0) == statistics.sums[row, round_ - 1]
    assert custom["detection_events"] == batch.detection_events.sum()
    assert custom["detectors_checked"] == 2000 * memory.circuit.num_detectors
    assert custom["bulk_events"] / custom["bulk_checked"] == statistics.bulk_fraction()
    bulk = statistics.bulk()[statistics.layout.round - 1]
    assert custom["bulk_squares"] == (batch.detection_events[:, bulk].sum(axis=1) ** 2).sum()
    populations = populations_of(memory, batch)
    for role in ("data", "measure", "removal"):
        leaked = [custom[f"leaked_{role}_r{k}"] / custom[f"qubits_{role}"] for k in (1, 2, 3, 4)]
        assert leaked == pytest.approx(populations.leakage_population(role).tolist(), abs=1e-15)
    assert custom["leaked_data_r4"] > 0


def test_every_block_has_shots_of_its_own(sweep):
    seeds = {block_seed(seed, text, first) for seed in (0, 1) for text in "ab" for first in range(0, 5000, 1000)}
    assert len(seeds) == 20 and all(0 <= seed < 2**63 for seed in seeds)
    point = sweep.points[0]
    blocks = [
        run_block(point, block, seed)
        for seed, block in ((5, Block(0, 1000)), (5, Block(1000, 2000)), (6, Block(0, 1000)))
    ]
    assert len({str(sorted(b.custom_counts.items())) for b in blocks}) == 3
    again = run_block(point, Block(1000, 2000), 5)
    assert (again.errors, again.custom_counts) == (blocks[1].errors, blocks[1].custom_counts)


def test_long_circuits_are_counted_in_few_rounds():
    [point] = parse_sweep("[circuit]\ndistance = 3\nrounds = 150\n[stop]\nmax_shots = 10").points
    names = set(run_block(point, Block(0, 10)).custom_counts)
    assert {n for n in names if n.startswith("leaked_data")} == {f"leaked_data_r{k}" for k in (1, 2, 149, 150)}
    assert len(names) < 40


def test_decoders_see_the_same_shots():
    text = TEXT.replace(
        '"device.cz.leakage" = [1e-4, 1e-3]', '"decoder.name" = ["pymatching", "pymatching-correlated"]'
    )
    plain, correlated = collect(parse_sweep(text.replace("max_errors = 500", "")))[:2]
    assert plain.stats.custom_counts == correlated.stats.custom_counts
    assert plain.stats.strong_id != correlated.stats.strong_id and plain.stats.errors != correlated.stats.errors


def test_stop_rules_are_kept(sweep, expected):
    for _, shots, errors, _ in expected:
        assert shots % 1000 == 0
        assert shots == 6000 or errors >= 500


def test_the_file_holds_the_counts(sweep, expected, tmp_path):
    out = tmp_path / "results.csv"
    assert totals(collect(sweep, out=out)) == expected
    stats = {s.strong_id: s for s in sinter.read_stats_from_csv_files(out)}
    for strong_id, shots, errors, _ in expected:
        assert (stats[strong_id].shots, stats[strong_id].errors) == (shots, errors)


@pytest.mark.parametrize("workers", [1, 3])
def test_any_executor_gives_the_same(sweep, expected, tmp_path, workers):
    out = tmp_path / "results.csv"
    with ThreadPoolExecutor(workers) as executor:
        assert totals(collect(sweep, out=out, executor=executor, workers=workers)) == expected


def test_processes_give_the_same(sweep, expected, tmp_path):
    serial, out = tmp_path / "serial.csv", tmp_path / "results.csv"
    collect(sweep, out=serial)
    assert totals(collect(sweep, out=out, workers=2)) == expected
    assert lines_of(out) == lines_of(serial)


def test_what_is_there_is_not_run_again(sweep, expected, tmp_path):
    out = tmp_path / "results.csv"
    collect(sweep, out=out)
    before = out.read_bytes()
    snapshots = []
    assert totals(collect(sweep, out=out, progress=snapshots.append)) == expected
    assert out.read_bytes() == before and snapshots[-1].new_shots == 0
    assert snapshots[-1].points_done == 4 and snapshots[-1].shots == sum(e[1] for e in expected)


def test_resuming_from_any_part_of_the_file(sweep, expected, tmp_path):
    """Any of its lines missing, the last one torn: the same counts, and the same lines in the end."""
    full = tmp_path / "full.csv"
    collect(sweep, out=full)
    lines = full.read_text().splitlines(keepends=True)
    for kept in (lines[:1], lines[:3], lines[:5] + lines[6:], [*lines[:-1], lines[-1][:-30]], lines[:1] + lines[:0:-1]):
        out = tmp_path / "part.csv"
        out.write_text("".join(kept))
        assert totals(collect(sweep, out=out)) == expected
        assert lines_of(out) == lines_of(full)


def test_more_shots_later(sweep, tmp_path):
    out = tmp_path / "results.csv"
    collect(sweep, out=out)
    text = TEXT.replace("6000", "8000").replace("max_errors = 500", "")
    more = collect(parse_sweep(text), out=out)
    assert totals(more) == totals(collect(parse_sweep(text)))


def test_other_physics_in_the_same_file_stays_apart(tmp_path):
    """A device file that was edited: the same metadata, but other circuits."""
    out, notes, results = tmp_path / "results.csv", [], []
    from qec_leak import Device

    for leakage in (1e-3, 1e-2):
        (tmp_path / "mine.toml").write_text(Device.preset("miao2023").replace({"cz.leakage": leakage}).to_toml())
        text = '[circuit]\ndistance = 3\nrounds = 4\n[device]\nfile = "mine.toml"\n[stop]\nmax_shots = 1000'
        results += collect(parse_sweep(text, folder=tmp_path), out=out, note=notes.append)
    first, second = (r.stats for r in results)
    assert first.strong_id != second.strong_id and first.shots == second.shots == 1000
    assert second.custom_counts["leaked_data_r4"] > 2 * first.custom_counts["leaked_data_r4"]
    assert len(notes) == 1 and "of other circuits" in notes[0]


def test_another_seed_is_refused(sweep, tmp_path):
    out = tmp_path / "results.csv"
    collect(sweep, out=out)
    before = out.read_bytes()
    with pytest.raises(ValueError, match=r"results.csv line 2: .* must be of seed 6, but are of seed 5"):
        collect(parse_sweep(TEXT.replace("seed = 5", "seed = 6")), out=out)
    assert out.read_bytes() == before


def test_rows_of_sinter_are_kept_and_named(sweep, expected, tmp_path):
    out, notes = tmp_path / "results.csv", []
    strong_id = expected[0][0]
    foreign = sinter.TaskStats(
        strong_id=strong_id, decoder="qec_leak-pymatching", json_metadata=dict(sweep.points[0].metadata), shots=10
    )
    out.write_text(f"{sinter.CSV_HEADER}\n{foreign}\n")
    assert totals(collect(sweep, out=out, note=notes.append)) == expected
    assert len(notes) == 1 and "sinter's own collection" in notes[0]
    assert sinter.read_stats_from_csv_files(out)[0].shots == expected[0][1] + 10


class Interrupting:
    """Progress that presses Ctrl-C as soon as something was done."""

    def __init__(self):
        self.pressed = False

    def __call__(self, snapshot):
        if snapshot.new_shots and not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    sweep = parse_sweep(TEXT.replace("6000", "40000").replace("max_errors = 500", ""))
    assert threading.current_thread() is threading.main_thread()
    out = tmp_path / "results.csv"
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(
        SweepInterrupted, match=r"interrupted; \d of 4 points are done; .*results.csv, the same command"
    ):
        collect(sweep, out=out, progress=Interrupting())
    assert 0 < len(read_results(out)) < 1200
    assert signal.getsignal(signal.SIGINT) is before
    assert totals(collect(sweep, out=out)) == totals(collect(sweep))


class Dying(ThreadPoolExecutor):
    """Breaks at every third task, as a pool of processes does when one of them is killed."""

    def __init__(self, always=False):
        super().__init__(2)
        self.submitted, self.always = 0, always

    def submit(self, function, *arguments):
        self.submitted += 1
        if self.always or self.submitted % 3 == 0:
            return super().submit(lambda: (_ for _ in ()).throw(BrokenExecutor("killed")))
        return super().submit(function, *arguments)


def test_workers_that_die(sweep, expected, monkeypatch):
    from qec_leak.sweep.backends import Backend

    monkeypatch.setattr(Backend, "_restart", lambda self, error: None)
    with Dying() as executor:
        assert totals(collect(sweep, executor=executor, workers=1)) == expected
        assert executor.submitted > 4
    with Dying(always=True) as executor, pytest.raises(SweepError, match="workers died 6 times without a block"):
        collect(sweep, executor=executor, workers=1)


def test_a_death_counts_once(sweep, expected, monkeypatch):
    """A pool that breaks loses all its tasks at the same moment."""
    pools = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, workers):
            super().__init__(workers)
            self.lost = []

        def submit(self, function, *arguments):
            if len(pools) > 5:
                return super().submit(function, *arguments)
            self.lost.append(Future())
            if len(self.lost) == 4:
                for future in self.lost:
                    future.set_exception(BrokenExecutor("killed"))
            return self.lost[-1]

    def make(workers):
        pools.append(Pool(workers))
        return pools[-1]

    monkeypatch.setattr("qec_leak.sweep.backends._pool", make)
    assert totals(collect(sweep, workers=2)) == expected
    assert len(pools) == 6


def test_a_pool_that_is_broken_when_it_gets_a_task(sweep, expected, monkeypatch, tmp_path):
    """A worker may die between two tasks: then it is the submission that says so."""
    pools = []

    class Pool(ThreadPoolExecutor):
        tasks = 0

        def submit(self, function, *arguments):
            self.tasks += 1
            if len(pools) < 4 and self.tasks > 1:
                raise BrokenExecutor("killed")
            return super().submit(function, *arguments)

    def make(workers):
        pools.append(Pool(workers))
        return pools[-1]

    monkeypatch.setattr("qec_leak.sweep.backends._pool", make)
    assert totals(collect(sweep, out=tmp_path / "results.csv", workers=2)) == expected
    assert len(pools) == 4


def test_an_error_in_a_block_names_the_point(sweep, monkeypatch):
    monkeypatch.setattr("qec_leak.sweep.block.CompiledPoint.run", lambda *args: 1 / 0)
    with pytest.raises(SweepError, match=r"distance=3 strategy=NO_RESET .*: ZeroDivisionError"):
        collect(sweep)


def test_other_versions_of_the_package_are_refused(sweep, monkeypatch):
    """A cluster's workers with another release, or a checkout that is edited while a sweep starts its workers."""
    monkeypatch.setattr("qec_leak.sweep.runner.VERSION", "9.9 (abc)")
    with pytest.raises(
        SweepError, match=r"workers must have qec_leak 9.9 \(abc\), but one has 0\.\d+\.\d+ \([0-9a-f]{8}\)"
    ):
        collect(sweep)


def test_snapshots_add_up(sweep, expected, tmp_path):
    snapshots = []
    collect(sweep, out=tmp_path / "results.csv", progress=snapshots.append)
    last = snapshots[-1]
    assert (last.points, last.points_done, last.active, last.shots_left) == (4, 4, (), 0)
    assert last.shots == last.new_shots == sum(e[1] for e in expected)
    assert last.errors == sum(e[2] for e in expected)
    assert [s.shots for s in snapshots] == sorted(s.shots for s in snapshots)
    assert json.dumps([s.seconds_left for s in snapshots])
