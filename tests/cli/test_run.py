"""`qec-leak run`: what it writes is what was sampled, and nothing stays behind when it fails."""

import csv
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import sinter

import qec_leak
from qec_leak.cli import main
from qec_leak.decoding import decode
from qec_leak.records import read_populations

SMALL = ["--distance", "3", "--rounds", "4", "--device", "miao2023", "--shots", "3000", "--seed", "5"]
FILES = [
    "detection.png",
    "detection.svg",
    "detection_by_stabilizer.png",
    "detection_by_stabilizer.svg",
    "detections.npz",
    "device.toml",
    "leakage.png",
    "leakage.svg",
    "leakage_by_qubit.csv",
    "leakage_by_qubit.png",
    "leakage_by_qubit.svg",
    "p_ij.png",
    "p_ij.svg",
    "populations.npz",
    "results.csv",
    "run.json",
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "new" / "results"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "qec_leak", "run", *SMALL, "--out", str(out)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no progress bar where there is no terminal
    return out, done.stdout


def test_files(finished):
    out, _ = finished
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert (out / "leakage.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "detection.svg").read_text().startswith("<?xml")


def test_results_are_those_of_the_python_interface(finished):
    out, _ = finished
    rows = {row.json_metadata["strategy"]: row for row in sinter.read_stats_from_csv_files(out / "results.csv")}
    populations = read_populations(out / "populations.npz")
    detections = np.load(out / "detections.npz")
    assert list(populations) == ["NO_RESET", "MLR", "DQLR"]
    device = qec_leak.Device.preset("miao2023")
    for strategy, row in rows.items():
        memory = qec_leak.memory_experiment(
            code="surface", distance=3, rounds=4, basis="Z", strategy=strategy, device=device
        )
        batch = qec_leak.compile_sampler(memory.circuit, seed=5).sample(3000)
        wrong = decode(memory.circuit, batch, decoder="pymatching-correlated") != batch.observable_flips
        assert (row.shots, row.errors, row.decoder) == (3000, wrong.any(axis=1).sum(), "pymatching-correlated")
        assert np.array_equal(populations[strategy].counts, batch.population_counts)
        assert np.array_equal(detections[f"{strategy}.counts"], batch.detection_events.sum(axis=0))
        fired = sum(row.custom_counts[f"detection_w{weight}_r{round_}"] for weight in (2, 4) for round_ in range(1, 6))
        assert fired == row.custom_counts["detection_events"] == batch.detection_events.sum()
        data = list(memory.qubits("data"))
        assert row.custom_counts["leaked_data_r4"] == batch.population_counts[-1][data].sum()
        assert {k: row.json_metadata[k] for k in "bcdr"} == {"b": "Z", "c": "surface", "d": 3, "r": 4}


def test_leakage_of_each_qubit(finished, tmp_path, capsys):
    """In a file, and as a table if asked for: the populations of the last round."""
    out, _ = finished
    populations = read_populations(out / "populations.npz")
    rows = list(csv.DictReader(io.StringIO((out / "leakage_by_qubit.csv").read_text())))
    patch = qec_leak.surface_patch(3)
    assert [(r["strategy"], int(r["qubit"])) for r in rows] == [
        (strategy, qubit) for strategy, last in (("NO_RESET", 17), ("MLR", 17), ("DQLR", 18)) for qubit in range(last)
    ]
    for row in rows:
        qubit, counts = int(row["qubit"]), populations[row["strategy"]].counts[:, int(row["qubit"])]
        assert row["role"] == patch.role(qubit) and (int(row["x"]), int(row["y"])) == patch.coordinates[qubit]
        assert float(row["leakage"]) == pytest.approx(counts[-1].sum() / 3000)
        assert [float(row[f"level_{n}"]) for n in (2, 3)] == pytest.approx(list(counts[-1] / 3000))
        p = counts[-1].sum() / 3000
        assert float(row["leakage_error"]) == pytest.approx((p * (1 - p) / 3000) ** 0.5)
        assert float(row["leakage_mean"]) == pytest.approx(counts.sum() / 3000 / 4)
    assert sum(float(r["leakage"]) for r in rows) > 0
    assert main(["run", *SMALL, "--strategy", "MLR", "--by-qubit", "--out", str(tmp_path / "x")]) == 0
    lines = capsys.readouterr().out.splitlines()
    [start] = [n for n, line in enumerate(lines) if line.startswith("qubit") and "MLR" in line]
    shown = [line.split() for line in lines[start + 2 : start + 19]]
    expected = [f"{100 * float(r['leakage']):.3g}" for r in rows if r["strategy"] == "MLR"]
    assert [line[:2] for line in shown] == [[str(q), patch.role(q)] for q in range(17)]
    assert [float(line[4]) for line in shown] == pytest.approx([float(text) for text in expected], rel=6e-3)


def test_strong_id_is_the_one_that_sinter_gives_the_circuit(finished):
    out, _ = finished
    row = next(r for r in sinter.read_stats_from_csv_files(out / "results.csv") if r.json_metadata["strategy"] == "MLR")
    memory = qec_leak.memory_experiment(
        code="surface", distance=3, rounds=4, basis="Z", strategy="MLR", device=qec_leak.Device.preset("miao2023")
    )
    task = sinter.Task(
        circuit=memory.circuit,
        decoder="pymatching-correlated",
        detector_error_model=memory.circuit.detector_error_model(
            decompose_errors=True, approximate_disjoint_errors=True
        ),
        json_metadata=row.json_metadata,
    )
    assert row.strong_id == task.strong_id()


def test_table(finished):
    out, text = finished
    assert "surface code, distance 3, 4 rounds, basis Z, device miao2023\n3,000 shots per strategy, seed 5" in text
    row = next(
        r for r in sinter.read_stats_from_csv_files(out / "results.csv") if r.json_metadata["strategy"] == "DQLR"
    )
    epsilon = 0.5 * (1 - (1 - 2 * row.errors / row.shots) ** (1 / 4))
    line = next(line for line in text.splitlines() if line.startswith("DQLR"))
    cells = re.findall(r"([\d.]+) %", line)
    assert float(cells[4]) == pytest.approx(100 * epsilon, rel=5e-3)
    assert float(cells[5]) < float(cells[4]) < float(cells[6])
    leaked = read_populations(out / "populations.npz")["DQLR"].leakage_population("data")[-1]
    assert float(cells[0]) == pytest.approx(100 * leaked, rel=6e-3)


def test_record_says_how_to_run_it_again(finished, tmp_path, capsys):
    out, _ = finished
    record = json.loads((out / "run.json").read_text())
    assert record["seed"] == 5 and record["qec_leak"] == qec_leak.__version__
    again = tmp_path / "again"
    args = ["run", *SMALL, "--strategy", "MLR", "--threads", "2", "--out", str(again)]
    args[args.index("miao2023")] = str(out / "device.toml")
    assert main(args) == 0
    assert np.array_equal(
        read_populations(again / "populations.npz")["MLR"].counts,
        read_populations(out / "populations.npz")["MLR"].counts,
    )
    (row,) = sinter.read_stats_from_csv_files(again / "results.csv")
    before = {row.json_metadata["strategy"]: row for row in sinter.read_stats_from_csv_files(out / "results.csv")}
    assert (row.errors, row.custom_counts) == (before["MLR"].errors, before["MLR"].custom_counts)


def test_sinter_command_reads_the_csv(finished, tmp_path):
    out, _ = finished
    command = [Path(sys.executable).with_name("sinter"), "combine", str(out / "results.csv")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("pymatching") == 3


@pytest.mark.parametrize("code", ["surface", "repetition"])
def test_other_options(code, tmp_path, capsys):
    options = ["--basis", "X", "--form", "XZZX", "--correlated", "--set", "cz.leakage=0"]
    args = ["run", "--code", code, *SMALL, "--strategy", "mlr", "--shots", "500", "--out", str(tmp_path / "x")]
    assert main([*args, *(options if code == "surface" else [])]) == 0
    [row] = sinter.read_stats_from_csv_files(tmp_path / "x" / "results.csv")
    assert row.shots == 500
    if code == "surface":
        assert row.decoder == "pymatching-correlated"
        assert row.json_metadata["set"] == ["cz.leakage=0"] and row.json_metadata["form"] == "XZZX"


def start(out, *args, **options):
    command = [sys.executable, "-m", "qec_leak", "run", *SMALL, *args, "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_leaves_nothing(number, status, tmp_path):
    out = tmp_path / "deep" / "results"
    process = start(out, "--shots", "1000000000")
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("deep/results/.partial-*")):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == status
    assert stdout == ""
    assert stderr == ("qec-leak: interrupted; nothing was written\n" if number == signal.SIGINT else "")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more(tmp_path):
    """A limit on file sizes stands for a full disk: the kernel refuses the write in the same way."""
    out = tmp_path / "results"
    process = start(out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert stderr.count("\n") == 1 and stderr.startswith("qec-leak: error: cannot write")
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        assert main(["run", *SMALL, "--out", str(out)]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "qec-leak: error: cannot open" in error and str(tmp_path / "file") in error
    assert os.listdir(tmp_path) == ["file"]


def test_decoders_by_name(tmp_path, capsys):
    small = ["run", *SMALL, "--strategy", "MLR", "--out", str(tmp_path / "x")]
    assert main([*small, "--correlated", "--decoder", "pymatching"]) == 2
    assert "`--decoder` must not be given with --correlated" in capsys.readouterr().err
    assert main([*small, "--decoder", "mwpm"]) == 2
    said = capsys.readouterr().err
    assert "`--decoder` must be one of 'pymatching', 'pymatching-correlated', 'leakage-aware', " in said
    assert "but is 'mwpm'" in said
    assert main([*small, "--decoder", "pymatching-correlated"]) == 0
    assert "decoder pymatching-correlated" in capsys.readouterr().out
    assert json.loads((tmp_path / "x" / "run.json").read_text())["decoder"] == "pymatching-correlated"


def test_pictures_of_large_circuits_leave_p_ij_out(tmp_path, capsys):
    """More than 600 detectors; an earlier picture goes."""
    small = ["run", "--rounds", "2", "--shots", "200", "--strategy", "MLR", "--out", str(tmp_path)]
    assert main(small) == 0 and (tmp_path / "p_ij.png").is_file()
    assert "p_ij.png" in capsys.readouterr().out
    assert main([*small, "--code", "repetition", "--distance", "3", "--rounds", "300"]) == 0
    assert "p_ij" not in capsys.readouterr().out
    assert not list(tmp_path.glob("p_ij.*")) and (tmp_path / "detection_by_stabilizer.svg").is_file()


def test_one_round_has_detectors_of_one_basis(tmp_path):
    small = ["run", "--rounds", "1", "--shots", "8", "--strategy", "MLR", "--strategy", "NO_RESET", "--basis", "X"]
    assert main([*small, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "detection_by_stabilizer.png").is_file() and (tmp_path / "p_ij.png").is_file()


def test_errors_per_cycle_are_printed_where_they_mean_something(finished, tmp_path, capsys):
    """Of many rounds nearly half of the shots fail, whatever a cycle costs."""
    _, few = finished
    assert "saturated" not in few
    long = [*SMALL, "--rounds", "60", "--shots", "1000", "--strategy", "NO_RESET"]
    assert main(["run", *long, "--out", str(tmp_path / "x")]) == 0
    said = capsys.readouterr().out
    [line] = [line for line in said.splitlines() if line.startswith("NO_RESET")]
    assert line.split()[-4:] == ["saturated", "take", "fewer", "rounds"]
    assert "saturated: more than 40 % of the shots have a logical error" in said


def test_heralds_for_the_decoder(tmp_path, capsys):
    small = ["run", *SMALL, "--strategy", "MLR", "--out", str(tmp_path / "x")]
    assert main([*small, "--heralds", "levels"]) == 2
    assert "`--heralds` must be 'none' with pymatching-correlated, which uses none" in capsys.readouterr().err
    assert main([*small, "--decoder", "leakage-aware", "--heralds", "levels"]) == 0
    assert "decoder leakage-aware-heralded" in capsys.readouterr().out
    assert json.loads((tmp_path / "x" / "run.json").read_text())["decoder"] == "leakage-aware-heralded"
