"""The command line as a whole: help, version, completion, and one line instead of a traceback."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import qec_leak
from qec_leak.cli import main

IN_PATH = {**os.environ, "PYTHONPATH": str(Path(qec_leak.__file__).parents[1])}


def run_module(*args, **options):
    return subprocess.run([sys.executable, "-m", "qec_leak", *args], capture_output=True, text=True, **options)


@pytest.mark.parametrize("command", [[], ["run"], ["view"], ["device"], ["export"], ["sample"], ["completion"]])
def test_help_has_an_example(command, capsys):
    assert main([*command, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Example" in out and f"qec-leak {' '.join(command)}" in out


def test_help_is_instant():
    start = time.perf_counter()
    assert run_module("run", "--help").returncode == 0
    assert time.perf_counter() - start < 2.0  # 0.1 s where nothing else runs; an import of numba alone takes it to 1 s
    code = "import sys; from qec_leak.cli import main; main(['run', '--help']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()
    assert not {"numpy", "stim", "numba", "matplotlib", "scipy", "sinter"} & set(loaded)


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"qec-leak {qec_leak.__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell, capsys):
    assert main(["completion", shell]) == 0
    assert "_QEC_LEAK_COMPLETE" in capsys.readouterr().out


def test_completion_of_presets():
    words = {"COMP_WORDS": "qec-leak device mi", "COMP_CWORD": "2", "_QEC_LEAK_COMPLETE": "bash_complete"}
    assert "miao2023" in run_module(env={**os.environ, **words}).stdout


def test_no_command_shows_help(capsys):
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().err


BAD_INPUT = [
    (["runn"], "No such command 'runn'"),
    (["run", "--distnace", "3"], "No such option '--distnace'"),
    (["run", "--distance", "4"], "`distance` must be an odd integer of at least 3, but is 4; use 3 or 5"),
    (["run", "--distance", "three"], "'three' is not a valid integer"),
    (["run", "--shots", "0"], "0 is not in the range x>=1"),
    (["run", "--shots", "-5"], "-5 is not in the range x>=1"),
    (["run", "--rounds", "0"], "0 is not in the range x>=1"),
    (["run", "--code", "surfce"], "'surfce' is not one of 'surface', 'repetition', 'unrotated_surface'"),
    (
        ["run", "--code", "repetition", "--basis", "X"],
        "`basis` must be 'Z' for the repetition patch, which has no other checks",
    ),
    (["run", "--strategy", "RESET"], "must be one of 'NO_RESET', 'MLR', 'DQLR', but is 'RESET'"),
    (["run", "--device", "mia2023"], "or a TOML file, but 'mia2023' is neither; did you mean 'miao2023'?"),
    (["run", "--device", "no/such.toml"], "no/such.toml"),
    (["run", "--set", "cz.leakge=1"], "cz.leakge"),
    (["run", "--set", "cz.leakage"], "`--set` must be KEY=VALUE, but is 'cz.leakage'"),
    (["run", "--set", "cz.leakage=2"], "`leakage` must be in [0, 0.25], but is 2"),
    (["run", "--set", "cz.leakage=much"], "`leakage` must be a number, but is 'much'"),
    (["run", "--inject-leakage", "2"], "`inject_leakage`"),
    (["run", "--seed", "-1"], "-1 is not in the range 0<=x<=18446744073709551615"),
    (["export", "--format", "ptb64", "--shots", "100"], "`--shots` must be a multiple of 64"),
    (["device", "nope"], "'nope' is neither"),
    (["device", "miao2023", "--pair", "3"], "`--pair` must be two qubit indices"),
    (["device"], "Missing argument"),
    (["completion", "tcsh"], "'tcsh' is not one of"),
]


@pytest.mark.parametrize(("args", "message"), BAD_INPUT, ids=[" ".join(args) for args, _ in BAD_INPUT])
def test_bad_input_is_one_line(args, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(args) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("qec-leak: error: ")
    assert message in captured.err
    assert list(tmp_path.iterdir()) == []  # nothing was made


def test_device_file_with_a_typo(capsys, tmp_path):
    assert main(["device", "miao2023", "--toml"]) == 0
    text = capsys.readouterr().out
    file = tmp_path / "mine.toml"
    file.write_text(text.replace("t1_ns", "t1_n"))
    assert main(["run", "--device", str(file), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "mine.toml" in error and "t1_n" in error and "t1_ns" in error
    file.write_text(text + "\n[cz\n")
    assert main(["run", "--device", str(file), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "mine.toml" in error and "line" in error
    assert not (tmp_path / "out").exists()


def test_internal_errors_are_one_line_too(capsys, monkeypatch):
    monkeypatch.setattr("qec_leak.cli.device.load_device", None)
    assert main(["device", "miao2023"]) == 70
    assert capsys.readouterr().err.startswith(
        "qec-leak: internal error: TypeError: 'NoneType' object is not callable; p"
    )
    monkeypatch.setenv("QEC_LEAK_DEBUG", "1")
    with pytest.raises(TypeError):
        main(["device", "miao2023"])


RAISING = """
from qec_leak import Strategy

class Mine(Strategy):
    def end_of_round(self, patch, number):
        return patch.nothing
"""


def test_errors_in_code_of_a_user_name_its_line(capsys, monkeypatch, tmp_path):
    (tmp_path / "raising_strategy.py").write_text(RAISING)
    monkeypatch.syspath_prepend(str(tmp_path))
    out = tmp_path / "out"
    assert main(["run", "--shots", "10", "--strategy", "raising_strategy:Mine", "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("qec-leak: error: raising_strategy.py line 6 raises AttributeError: ")
    assert error.count("\n") == 1 and "QEC_LEAK_DEBUG=1" in error and not out.exists()


def test_a_reader_that_stops_reading_is_no_error(tmp_path):
    code = f"{sys.executable} -m qec_leak device miao2023 --all --out {tmp_path} | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode in (0, 141)


@pytest.mark.parametrize(
    ("redirection", "status", "message"),
    [
        (">&-", 2, "standard output must be open, but is closed"),
        ("> /dev/full", 2, "cannot write to standard output: no space left on device"),
        (">&- 2>&-", 2, ""),
        ("<&-", 0, ""),
        ("2>&-", 0, ""),
    ],
)
def test_closed_and_full_streams(redirection, status, message, tmp_path):
    code = f"{sys.executable} -m qec_leak device willow --toml {redirection}"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, cwd=tmp_path, env=IN_PATH)
    assert done.returncode == status and message in done.stderr and done.stderr.count("\n") == bool(message)


def test_without_jit_there_are_no_warnings(tmp_path):
    args = ("run", "--shots", "8", "--rounds", "1", "--strategy", "MLR", "--out", str(tmp_path / "x"))
    done = run_module(*args, env={**IN_PATH, "NUMBA_DISABLE_JIT": "1"})
    assert done.returncode == 0 and done.stderr == ""


def test_a_full_memory_names_options_of_the_command(capsys, monkeypatch):
    def full(*args):
        raise MemoryError

    monkeypatch.setattr("qec_leak.cli.device.load_device", full)
    assert main(["device", "miao2023"]) == 2
    assert capsys.readouterr().err == "qec-leak: error: out of memory; ask for less at once\n"
