"""A decoder of one's own, in one file outside of the package: through run, sweep, sinter and Python."""

import numpy as np
import pytest
import sinter
from from_outside import is_on_the_page, sweep_in_processes
from herald_counter import HeraldCounter

import qec_leak as ql
from qec_leak.cli import main
from qec_leak.decoding import pipeline
from qec_leak.sinter import samplers
from qec_leak.sweep import parse_sweep
from qec_leak.sweep.block import Block, CompiledPoint

NAME = "herald_counter:HeraldCounter"
SHOTS = 2000


def memory():
    return ql.memory_experiment(distance=3, rounds=4, strategy="MLR", device="miao2023")


def expected(seed):
    """Wrong shots, heralds and shots with heralds, by NumPy alone."""
    batch = ql.compile_sampler(memory().circuit, seed=seed).sample(SHOTS, heralds=True)
    leaked = batch.heralds >= 2
    return int(batch.observable_flips.any(axis=1).sum()), int(leaked.sum()), int(leaked.any(axis=1).sum())


def counted(stats):
    return stats.errors, stats.custom_counts["decoder_heralds"], stats.custom_counts["decoder_leaky_shots"]


def test_python():
    batch = ql.compile_sampler(memory().circuit, seed=5).sample(SHOTS, heralds=True)
    for decoder in (NAME, HeraldCounter()):
        assert not ql.decode(memory().circuit, batch, decoder=decoder).any()
        ready = ql.compile_decoder(memory().circuit, decoder)
        counts = ready.decode_batch(batch).counts
        assert ready.needs_heralds and (counts["heralds"], counts["leaky_shots"]) == expected(5)[1:]
    assert 0 < counts["leaky_shots"] < counts["heralds"]
    without = ql.compile_sampler(memory().circuit, seed=5).sample(100)
    with pytest.raises(ValueError, match="`batch` must have heralds, which HeraldCounter needs, but has none; sample"):
        ready.decode_batch(without)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_run(threads, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "_PIECE_BITS", 1 << 12)  # many pieces, to two processes
    words = ["run", "-d", "3", "-r", "4", "--strategy", "MLR", "--shots", str(SHOTS), "--seed", "5"]
    assert main([*words, "--decoder", NAME, "--threads", threads, "--out", str(tmp_path)]) == 0
    [stats] = sinter.read_stats_from_csv_files(tmp_path / "results.csv")
    assert stats.decoder == NAME and stats.shots == SHOTS
    assert counted(stats) == expected(5)


@pytest.mark.parametrize("engine", ["tableau", "exact"])
def test_other_engines_have_heralds_too(engine, tmp_path):
    words = ["run", "--code", "repetition", "-d", "3", "-r", "2", "--strategy", "NO_RESET", "--shots", "70"]
    words += ["--inject-leakage", "0.2", "--seed", "1", "--engine", engine, "--out", str(tmp_path)]
    assert main([*words, "--decoder", NAME]) == 0
    [stats] = sinter.read_stats_from_csv_files(tmp_path / "results.csv")
    assert stats.custom_counts["decoder_heralds"] > 20


SWEEP = f"""
[circuit]
distance = 3
rounds = 4
strategy = "MLR"
[axes]
"decoder.name" = ["pymatching", "{NAME}"]
[stop]
max_shots = {SHOTS}
"""


def test_sweep_in_processes_from_the_current_folder(tmp_path):
    by_decoder = {row.decoder: row for row in sweep_in_processes(tmp_path, SWEEP, "herald_counter.py")}
    assert len(by_decoder) == 2
    matching, ours = by_decoder["qec_leak-pymatching"], by_decoder[f"qec_leak-{NAME}"]
    [point] = [p for p in parse_sweep(SWEEP).points if p.decoder == NAME]
    again = CompiledPoint(point).run(0, Block(0, SHOTS))
    assert counted(ours) == (again.errors, *(again.custom_counts[f"decoder_{n}"] for n in ("heralds", "leaky_shots")))
    assert ours.errors > matching.errors > 0 and ours.custom_counts["decoder_heralds"] > 0
    both = {k: v for k, v in ours.custom_counts.items() if not k.startswith("decoder_")}
    assert both == matching.custom_counts  # heralds change no bit


def test_sinter():
    """Its error fraction and heralds are those of other shots, within 5 sigma."""
    custom = samplers(NAME)
    assert list(custom) == [f"qec_leak-{NAME}"]
    [stats] = sinter.collect(
        num_workers=1,
        tasks=[sinter.Task(circuit=memory().circuit)],
        custom_decoders=custom,
        decoders=list(custom),
        max_shots=4 * SHOTS,
    )
    wrong, _, leaky = expected(5)
    for ours, theirs in ((stats.errors, wrong), (stats.custom_counts["decoder_leaky_shots"], leaky)):
        p, q = ours / stats.shots, theirs / SHOTS
        sigma = (p * (1 - p) / stats.shots + q * (1 - q) / SHOTS) ** 0.5
        assert abs(p - q) < 5 * sigma and p > 0


def test_the_page_shows_this_very_file():
    assert is_on_the_page("herald_counter.py")


def test_heralds_of_the_wrong_shape_are_refused():
    ready = ql.compile_decoder(memory().circuit, NAME)
    events = np.zeros((3, (memory().circuit.num_detectors + 7) // 8), dtype=np.uint8)
    wrong = ql.decoding.ShotSlice(events, np.zeros((3, 2), dtype=np.uint8))
    with pytest.raises(ValueError, match=r"`heralds` must be uint8 \(3, \d+\), but is uint8 \(3, 2\); give those of"):
        ready.decode_batch(wrong)
