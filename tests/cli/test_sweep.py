"""``qec-leak sweep``, ``status`` and ``plot`` from the command line: results, progress, and one line for each error."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import resource
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
import sinter
from sweeps import SWEEP, counts, kill_group, num_lines, run, start, wait_until, write_sweep

from qec_leak.cli import main
from qec_leak.sweep import collect, read, read_results, read_sweep, suppression_factors

DEMO = Path(__file__).parents[2] / "experiments" / "demo_sweep.toml"

SMALL = """
[circuit]
rounds = 4
[axes]
"circuit.distance" = [3, 5]
"circuit.strategy" = ["MLR", "DQLR"]
"device.cz.leakage" = [1e-4, 1e-3]
[stop]
max_shots = 2000
"""

LONG = SWEEP.replace("60000", "100000000").replace("max_errors = 4500", "")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    out = folder / "results.csv"
    assert main(["sweep", str(write_sweep(folder, SMALL)), "--out", str(out)]) == 0
    return out


@pytest.mark.parametrize("command", ["sweep", "status", "plot"])
def test_help_has_an_example(command, capsys):
    assert main([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Example" in out and f"qec-leak {command}" in out


def test_the_smallest_file_works_as_it_stands(tmp_path, capsys):
    out = tmp_path / "results.csv"
    assert main(["sweep", str(DEMO), "--out", str(out), "--set", "stop.max_shots=1000"]) == 0
    assert "12 points, 12,000 shots" in capsys.readouterr().out
    assert len(sinter.read_stats_from_csv_files(out)) == 12


def test_a_decoder_for_all_points(tmp_path, capsys):
    file = write_sweep(tmp_path, "[circuit]\ndistance = 3\nrounds = 2\nstrategy = 'MLR'\n[stop]\nmax_shots = 100\n")
    out = tmp_path / "results.csv"
    assert main(["sweep", str(file), "--out", str(out), "--decoder", "pymatching-correlated"]) == 0
    [stats] = sinter.read_stats_from_csv_files(out)
    assert stats.decoder == "qec_leak-pymatching-correlated"
    capsys.readouterr()
    heralded = ["sweep", str(file), "--out", str(tmp_path / "heralded.csv"), "--heralds", "levels"]
    assert main(heralded) == 2
    assert "`--heralds` must be given with --decoder" in capsys.readouterr().err
    assert main([*heralded, "--decoder", "leakage-aware"]) == 0
    [stats] = sinter.read_stats_from_csv_files(tmp_path / "heralded.csv")
    assert stats.decoder == "qec_leak-leakage-aware-heralded" and stats.custom_counts["decoder_suspected"] >= 0
    capsys.readouterr()
    assert main(["sweep", str(file), "--decoder", "nowhere:Mine"]) == 2
    assert "[decoder] `name` must name a module that can be imported, but is 'nowhere:Mine'" in capsys.readouterr().err
    assert main(["sweep", str(file), "--decoder", "pymatching", "--set", "decoder.name=pymatching"]) == 2
    assert "`--decoder` must not be given with --set decoder.name" in capsys.readouterr().err


def test_the_plot_that_is_proposed_can_be_drawn(tmp_path, capsys):
    text = """
    [circuit]
    distance = 3
    rounds = 2
    [axes]
    "device.cz.leakage" = [1e-3, 3e-3]
    "decoder.name" = ["pymatching", "pymatching-correlated"]
    [stop]
    max_shots = 100
    """
    out = tmp_path / "my results.csv"
    assert main(["sweep", str(write_sweep(tmp_path, text)), "--out", str(out)]) == 0
    proposed = capsys.readouterr().out.rpartition("; ")[2]
    assert "--x device.cz.leakage --group decoder.name" in proposed
    assert main([*shlex.split(proposed)[1:], "--y", "leakage", "--out", str(tmp_path / "p.png")]) == 0
    assert "2 curves, 4 points" in capsys.readouterr().out


ZIPPED = """
[circuit]
[axes]
"circuit.strategy" = ["MLR", "DQLR"]
"device.cz.leakage" = [1e-3, 3e-3]
[[axes.zip]]
"circuit.distance" = [3, 5, 7]
"circuit.rounds" = [2, 3, 4]
[stop]
max_shots = 100
"""
PROPOSED = [
    (ZIPPED, "--x circuit.distance --group circuit.strategy --group device.cz.leakage", "4 curves, 12 points"),
    # No distance: the first number of the zip.
    (
        ZIPPED.replace("distance", "inject_leakage").replace("3, 5, 7", "0.0, 0.1, 0.2")
        .replace("[circuit]", "[circuit]\ndistance = 3"),
        "--x circuit.inject_leakage --group circuit.strategy --group device.cz.leakage",
        "4 curves, 12 points",
    ),
    # Two distances with four rates: the rate is the axis.
    (
        ZIPPED.replace("3, 5, 7", "3, 5").replace("2, 3, 4", "2, 3").replace("1e-3, 3e-3", "0.0, 1e-3, 2e-3, 3e-3"),
        "--x device.cz.leakage --group circuit.strategy --group circuit.distance",
        "4 curves, 16 points",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "drawn"), PROPOSED, ids=["distance", "other", "rate"])
def test_axes_of_a_zip_are_one_axis_of_the_plot(text, options, drawn, tmp_path, capsys):
    """Curves have points: what goes with the horizontal axis is no group of its own."""
    out = tmp_path / "results.csv"
    assert main(["sweep", str(write_sweep(tmp_path, text)), "--out", str(out)]) == 0
    proposed = capsys.readouterr().out.rpartition("; ")[2]
    assert proposed.strip().endswith(options)
    assert main([*shlex.split(proposed)[1:], "--y", "leakage", "--out", str(tmp_path / "p.png")]) == 0
    assert drawn in capsys.readouterr().out


def test_dry_run_runs_nothing(tmp_path, capsys):
    out = tmp_path / "results.csv"
    assert main(["sweep", str(write_sweep(tmp_path, SMALL)), "--dry-run", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert text.count("strategy=") == 8 and "8 points, 16,000 shots to run, about " in text
    assert not out.exists()


def test_dry_run_knows_what_is_there(finished, tmp_path, capsys):
    file = write_sweep(tmp_path, SMALL)
    assert main(["sweep", str(file), "--dry-run", "--out", str(finished)]) == 0
    assert "8 points, 0 shots to run" in capsys.readouterr().out
    assert main(["sweep", str(file), "--dry-run", "--out", str(finished), "--set", "stop.max_shots=3000"]) == 0
    assert "8 points, 8,000 shots to run" in capsys.readouterr().out


def test_expected_shots_are_whole_blocks(tmp_path, capsys):
    """A point ends at the end of a block, however few errors the rule asks for."""
    file = write_sweep(tmp_path, SWEEP.replace("max_errors = 4500", "max_errors = 20"))
    assert main(["sweep", str(file), "--dry-run", "--out", str(tmp_path / "out.csv")]) == 0
    assert "6 points, 12,000 shots to run" in capsys.readouterr().out
    assert sum(r.stats.shots for r in collect(read_sweep(file))) == 12_000


def test_expected_shots_follow_the_rule_on_errors(tmp_path, capsys):
    file = write_sweep(tmp_path, SWEEP)
    assert main(["sweep", str(file), "--dry-run", "--out", str(tmp_path / "out.csv")]) == 0
    expected = int(re.search(r"6 points, ([\d,]+) shots to run", capsys.readouterr().out)[1].replace(",", ""))
    done = sum(r.stats.shots for r in collect(read_sweep(file)))
    assert 0.8 * done < expected < 1.25 * done


TIMED = """
[circuit]
[axes]
"circuit.strategy" = ["MLR", "DQLR"]
"device.cz.leakage" = [1e-4, 1e-3, 3e-3]
[[axes.zip]]
"circuit.distance" = [3, 5]
"circuit.rounds" = [9, 15]
[stop]
max_shots = 20000
"""


def test_expected_time_is_about_the_time(tmp_path):
    """Of many small points, whose circuits take longer to make than to sample, and with much or little leakage."""
    from qec_leak.sweep.estimate import estimate_sweep, sweep_seconds

    sweep = read_sweep(write_sweep(tmp_path, TIMED))
    expected = sweep_seconds(estimate_sweep(sweep))
    start_ = time.process_time()
    collect(sweep)
    assert 0.65 < expected / (time.process_time() - start_) < 1.5


def test_expected_time_of_more_workers():
    """Each worker starts, and a point that is shared out is set up in each."""
    from qec_leak.sweep.estimate import Estimate, sweep_seconds

    long = Estimate(None, 0, 1e6, blocks=100, setup_seconds=1.0, sampling_seconds=40.0)
    short = Estimate(None, 0, 1e3, blocks=1, setup_seconds=1.0, sampling_seconds=0.1)
    done = Estimate(None, 100, 0.0, blocks=0, setup_seconds=0.0, sampling_seconds=0.0)
    estimates = [long, short, done]
    assert sweep_seconds(estimates, start_seconds=3.0) == pytest.approx(3 + 41 + 1.1)
    assert sweep_seconds(estimates, workers=4, start_seconds=3.0) == pytest.approx(3 + (44 + 1.1) / 4)
    assert sweep_seconds([done], workers=4, start_seconds=3.0) == 0.0


def test_no_terminal_no_progress(tmp_path):
    status, out, err = run(write_sweep(tmp_path, SMALL), "--out", tmp_path / "results.csv")
    assert (status, err) == (0, "") and out.count("\n") == 2


def test_progress_on_a_terminal(tmp_path):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    os.set_blocking(ours, False)
    process = start(write_sweep(tmp_path, LONG), "--out", tmp_path / "results.csv", stderr=theirs)
    text = b""

    def shown():
        nonlocal text
        try:
            text += os.read(ours, 1 << 16)
        except BlockingIOError:
            time.sleep(0.05)
        return re.search(rb"0/6 points .*shots, .*errors, .*/s, .* left", text) and b"strategy=NO_RESET" in text

    try:
        wait_until(shown, process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 130
    finally:
        kill_group(process)
        os.close(ours)
        os.close(theirs)
    assert re.search(rb"strategy=NO_RESET[^\n]*shots, [\d,]+ errors, [\d,]+/s, .* left", text)


def test_json_lines(tmp_path):
    file, out = write_sweep(tmp_path, SMALL), tmp_path / "results.csv"
    status, text, err = run(file, "--out", out, "--json", "--workers", "2")
    assert (status, err) == (0, "")
    events = [json.loads(line) for line in text.splitlines()]
    assert [e["event"] for e in events[:-1]] == ["progress"] * (len(events) - 1)
    last = events[-1]
    assert last["event"] == "done" and last["points_done"] == last["points"] == 8 and last["shots"] == 16_000


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_saves_and_says_how_to_go_on(workers, tmp_path):
    """The terminal sends it to the workers as well: they must not die of it, nor write anything."""
    out = tmp_path / "results.csv"
    process = start(write_sweep(tmp_path, LONG), "--out", out, "--workers", workers)
    try:
        wait_until(lambda: num_lines(out) > 3, process)
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        kill_group(process)
    assert (process.returncode, stdout) == (130, "")
    assert (
        stderr
        == f"qec-leak: interrupted; 0 of 6 points are done; what was done is in {out}, the same command goes on\n"
    )
    rows = read_results(out)
    assert len(rows) >= 3 and out.read_bytes().endswith(b"\n")


def test_ctrl_c_while_workers_start(tmp_path):
    out = tmp_path / "results.csv"
    process = start(write_sweep(tmp_path, LONG), "--out", out, "--workers", "2")
    try:
        wait_until(lambda: num_lines(out) == 1, process)  # the header: then workers are started
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    finally:
        kill_group(process)
    assert process.returncode == 130 and stderr.count("\n") == 1 and stderr.startswith("qec-leak: interrupted; 0 of 6")


def test_two_runs_on_one_file(tmp_path):
    file, out = write_sweep(tmp_path, LONG), tmp_path / "results.csv"
    first = start(file, "--out", out)
    try:
        wait_until(lambda: num_lines(out) > 1, first)
        status, stdout, stderr = run(file, "--out", out)
        assert (status, stdout) == (2, "")
        assert stderr.count("\n") == 1 and "must be written by one run at a time" in stderr
        assert first.poll() is None
        assert main(["status", str(out)]) == 0
    finally:
        kill_group(first)


def test_a_folder_that_cannot_be_written(finished, tmp_path, capsys):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    for path in (tmp_path, *(parent for parent in tmp_path.parents if parent.name.startswith(("pytest-", "popen-")))):
        path.chmod(path.stat().st_mode | 0o055)
    args = ["sweep", str(write_sweep(tmp_path, SMALL)), "--out", str(folder / "results.csv")]
    if os.getuid() == 0:  # root may write anywhere
        os.seteuid(65534)
    try:
        assert main(args) == 2
    finally:
        os.seteuid(os.getuid())
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert "cannot open" in captured.err and "permission denied" in captured.err and str(folder) in captured.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_disk_that_takes_no_more(workers, tmp_path):
    """A limit on file sizes stands for a full disk: the kernel refuses the write in the same way."""
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    limit = 20_000
    status, _, err = run(
        file, "--out", out, "--workers", workers,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert status == 2
    assert err.count("\n") == 1 and err.startswith("qec-leak: error: cannot write") and str(out) in err
    assert out.read_bytes().endswith(b"\n") and num_lines(out) > 10
    # The space is there again: what was done is used, and the result is that of an undisturbed run.
    kept = counts(out)
    assert run(file, "--out", out)[0] == 0
    assert not kept - counts(out)
    assert main(["sweep", str(file), "--out", str(tmp_path / "whole.csv")]) == 0
    assert counts(out) == counts(tmp_path / "whole.csv")


def test_a_file_edited_into_nonsense(finished, tmp_path, capsys):
    out = tmp_path / "edited.csv"
    lines = finished.read_text().splitlines(keepends=True)
    data = "".join([*lines[:3], "what's this?\n", *lines[3:]])
    out.write_text(data)
    for command in (["sweep", str(write_sweep(tmp_path, SMALL)), "--out"], ["status"], ["plot", "--x", "d"]):
        assert main([*command, str(out)]) == 2
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.count("\n") == 1
        assert captured.err.startswith(f"qec-leak: error: {out} line 4: it must have 8 columns")
    assert out.read_text() == data


def test_twenty_mistakes_are_twenty_lines(tmp_path, capsys):
    file = write_sweep(
        tmp_path,
        """
    titel = "x"
    [circuits]
    [circuit]
    code = "surfce"
    distance = 4
    rounds = 2.5
    basis = "Y"
    strategy = "RESET"
    inject_leakage = 0.7
    inject_pauli = "much"
    leak_qubt = 3
    cycle_ns = -1
    [device]
    preset = "mia2023"
    cz.leakge = 1
    without_leakage = 1
    [decoder]
    name = "mwpm"
    [axes]
    "circuit.form" = ["CSS", "CSS"]
    "device.idle.t1_ns" = {log = [0, 1], points = 3}
    distance = [3]
    [[axes.zip]]
    "circuit.dqlr_every" = [1, 2]
    "circuit.leak_round" = [1, 2, 3]
    [stop]
    max_errors = 0
    [run]
    seed = -1
    """,
    )
    assert main(["sweep", str(file), "--out", str(tmp_path / "results.csv")]) == 2
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert captured.out == "" and len(lines) == 22
    assert all(line.startswith(f"qec-leak: error: {file}: ") for line in lines)
    assert not (tmp_path / "results.csv").exists()


BAD_OPTIONS = [
    (["sweep", "no.toml"], "no.toml: cannot be read"),
    (["sweep", str(DEMO), "--set", "stop.max_shots=0"], "`max_shots` must be at least 1, but is 0"),
    (["sweep", str(DEMO), "--set", "stop.max_shot=1"], "did you mean 'max_shots'?"),
    (["sweep", str(DEMO), "--workers", "0"], "0 is not in the range x>=1"),
    (["sweep", str(DEMO), "--cluster", "nowhere"], "`--cluster` must be 'local' or the address"),
    (["status", "no.csv"], "cannot open 'no.csv'"),
    (["plot", "no.csv", "--x", "d"], "cannot open 'no.csv'"),
    (["plot", "no.csv"], "Missing option '--x'"),
    (["plot", "no.csv", "--x", "d", "--out", "plot.txt"], "must end in .png, .svg or .pdf"),
]


@pytest.mark.parametrize(("args", "message"), BAD_OPTIONS, ids=[" ".join(a) for a, _ in BAD_OPTIONS])
def test_bad_options_are_one_line(args, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(args) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err


def test_status(finished, tmp_path, capsys):
    file = write_sweep(tmp_path, SMALL.replace("1e-3]", "1e-3, 1e-2]"))
    assert main(["status", str(finished), "--sweep", str(file)]) == 0
    out = capsys.readouterr().out
    assert out.count("2,000 ") == 8 and "d=3 strategy=MLR cz.leakage=0.0001" in out
    assert "8 points in 8 lines, 16,000 shots" in out
    assert f"{file}: 8 of 12 points are done, 0 begun, 4 not" in out
    assert main(["status", str(finished), "--json"]) == 0
    points = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [p["shots"] for p in points] == [2000] * 8 and points[0]["metadata"]["d"] == 3


def test_status_has_suppression_factors(finished, capsys):
    """One for each strategy and leakage, the same as in Python."""
    factors = suppression_factors(finished)
    assert len(factors) == 4
    assert main(["status", str(finished)]) == 0
    lines = capsys.readouterr().out.splitlines()
    for factor in factors:
        labels = f"strategy={factor['strategy']} cz.leakage={factor['device.cz.leakage']:g} "
        [line] = [line for line in lines if line.startswith(labels)]
        assert " 3 / 5 " in line and f" {factor['suppression_factor']:.3g} " in line
        assert f"{factor['suppression_factor_low']:.3g} to {factor['suppression_factor_high']:.3g}" in line


def test_status_for_programs(finished, capsys):
    """JSON and CSV hold what the table does, and what qec_leak.sweep.read gives."""
    records = read(finished)
    assert main(["status", str(finished), "--json"]) == 0
    points = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for record, point in zip(records, points, strict=True):
        assert record.items() <= point.items() and point["lines"] == 1
    assert main(["status", str(finished), "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(table[0]) == list(records[0])
    for record, row in zip(records, table, strict=True):
        assert row == {key: "" if value is None else str(value) for key, value in record.items()}
    assert main(["status", str(finished), "--csv", "--json"]) == 2


def test_status_for_programs_keeps_notes_apart(finished, tmp_path, capsys):
    file, torn = write_sweep(tmp_path, SMALL), tmp_path / "torn.csv"
    torn.write_bytes(finished.read_bytes()[:-40])
    assert main(["status", str(torn), "--json", "--sweep", str(file)]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 7 and all(json.loads(line) for line in captured.out.splitlines())
    assert "Line 9 is incomplete" in captured.err and "7 of 8 points are done" in captured.err


def test_status_of_a_torn_file(finished, tmp_path, capsys):
    out = tmp_path / "torn.csv"
    out.write_bytes(finished.read_bytes()[:-40])
    assert main(["status", str(out)]) == 0
    assert "Line 9 is incomplete" in capsys.readouterr().out
    assert out.read_bytes() == finished.read_bytes()[:-40]


def test_the_same_shots_twice_are_noticed(finished, tmp_path, capsys):
    out = tmp_path / "twice.csv"
    lines = finished.read_text().splitlines(keepends=True)
    out.write_text("".join([*lines, lines[1]]))
    for command in (["status"], ["plot", "--x", "d"]):
        assert main([*command, str(out)]) == 2
        assert "lines 2 and 10: they hold the same shots, 0 to 1999 of seed 0" in capsys.readouterr().err


def test_plots(finished, tmp_path, capsys):
    x = ["--x", "cz.leakage", "--group", "strategy"]
    for y in ("logical_error_per_cycle", "detection_fraction", "leakage"):
        out = tmp_path / f"{y}.png"
        assert main(["plot", str(finished), *x, "--group", "d", "--y", y, "--out", str(out)]) == 0
        assert f"{out}: 4 curves, 8 points" in capsys.readouterr().out
        assert out.read_bytes().startswith(b"\x89PNG")
    assert main(["plot", str(finished), *x, "--y", "lambda", "--out", str(tmp_path / "l.svg")]) == 0
    assert "2 curves, 4 points" in capsys.readouterr().out


def test_plot_does_not_mix_physics(finished, tmp_path, capsys):
    out = ["--out", str(tmp_path / "p.png")]
    assert main(["plot", str(finished), "--x", "d", "--group", "strategy", *out]) == 2
    assert "differ in device.cz.leakage; add --group device.cz.leakage, or choose" in capsys.readouterr().err
    chosen = ["--where", "cz.leakage=1e-3", "--where", "circuit.strategy=MLR"]
    assert main(["plot", str(finished), "--x", "circuit.distance", *chosen, *out]) == 0
    assert "1 curve, 2 points" in capsys.readouterr().out
    assert main(["plot", str(finished), "--x", "d", "--where", "strategy=NO_RESET", *out]) == 2
    assert "must hold points with strategy=NO_RESET, but hold none" in capsys.readouterr().err
    assert main(["plot", str(finished), "--x", "distanse", *out]) == 2
    assert "did you mean 'distance'?" in capsys.readouterr().err


def test_sinter_combines_and_plots(finished, tmp_path):
    sinter_command = Path(sys.executable).with_name("sinter")
    done = subprocess.run([sinter_command, "combine", finished], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count("qec_leak-pymatching") == 8, done.stderr
    combined, picture = tmp_path / "combined.csv", tmp_path / "plot.png"
    combined.write_text(done.stdout)
    done = subprocess.run(
        [sinter_command, "plot", "--in", finished, "--x_func", "m.d", "--group_func", "m.strategy",
         "--filter_func", "metadata['device.cz.leakage'] == 1e-3", "--out", picture],
        capture_output=True, text=True, env={**os.environ, "MPLBACKEND": "agg"},
    )  # fmt: skip
    assert done.returncode == 0 and picture.exists(), done.stderr
    # What sinter has combined is resumed as well: nothing is left to run.
    assert main(["sweep", str(write_sweep(tmp_path, SMALL)), "--out", str(combined)]) == 0
    assert num_lines(combined) == 9


def test_an_experiment_of_the_package_by_name(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "demo_sweep", "--set", "stop.max_shots=100", "--set", "axes.circuit.distance=[3]"]) == 0
    assert "6 points, 600 shots" in capsys.readouterr().out and num_lines(tmp_path / "demo_sweep.csv") == 7
    assert main(["status", "demo_sweep.csv", "--sweep", "demo_sweep", "--set", "stop.max_shots=100"]) == 0
    assert "6 of 12 points are done" in capsys.readouterr().out
    assert main(["sweep", "nothing"]) == 2 and "nothing: cannot be read" in capsys.readouterr().err
    assert main(["sweep", "demo_swep"]) == 2 and "did you mean 'demo_sweep'?" in capsys.readouterr().err


def test_the_documentation_says_what_works(tmp_path):
    """docs/sweeps.md: the smallest file is the one in experiments/, and its Python runs."""
    text = (DEMO.parents[1] / "docs" / "sweeps.md").read_text()
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, flags=re.DOTALL)
    assert blocks[0][0] == "toml" and blocks[0][1] in DEMO.read_text()
    [script] = [code for language, code in blocks if language == "python" and "read_sweep" in code]
    (tmp_path / "script.py").write_text(script.replace("sweep.toml", str(DEMO)))
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stdout.count("strategy=") == 12, done.stderr
    assert len(sinter.read_stats_from_csv_files(tmp_path / "results.csv")) == 12
