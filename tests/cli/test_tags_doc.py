"""docs/tags.md: its circuits are circuits, and its Python runs and does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import stim

import qec_leak as ql
from qec_leak.circuits.tags import parse_tag
from qec_leak.cli import main

TEXT = (Path(__file__).parents[2] / "docs" / "tags.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, flags=re.DOTALL)


def leakage_of_data_qubits(circuit):
    noisy = ql.dress(circuit, ql.Device.preset("miao2023"))
    batch = ql.compile_sampler(noisy, seed=5).sample(20_000, populations="rounds")
    return batch.leakage_population.mean(axis=0)[[0, 2, 4]]


def test_the_circuit_written_by_hand_is_sampled():
    [text] = [text for language, text in BLOCKS if language == "text"]
    assert sum(parse_tag(i.tag) is not None for i in stim.Circuit(text)) == 5
    assert ql.compile_sampler(text, seed=1).sample(100, populations="rounds").population_counts.shape[0] == 1


def test_dqlr_in_a_circuit_of_ones_own(tmp_path):
    [script] = [text for language, text in BLOCKS if language == "python"]
    (tmp_path / "script.py").write_text(script)
    command = [sys.executable, "-W", "error", "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    leakage, wrong = map(float, re.findall(r"([\d.]+)%", done.stdout))
    assert 0.01 < leakage < 0.2 and 0.1 < wrong < 20.0
    names = {}
    exec(script, names)
    circuit = names["circuit"]
    text = str(circuit)
    assert text.count("LEAKAGE_ISWAP") == 2
    without = stim.Circuit(re.sub(r" *II\[LEAKAGE_ISWAP\].*\n", "", text))
    leaky, clean = leakage_of_data_qubits(without), leakage_of_data_qubits(circuit)
    assert leaky.mean() > 4 * clean.mean() and (leaky > 1.5 * clean).all()
    # A partner that is not reset before the swap leaks what it is to clean.
    hasty = stim.Circuit(re.sub(r"R 1 3 5\n( *TICK\n *II)", r"R 1 3\n\1", text))
    assert leakage_of_data_qubits(hasty)[2] > 5 * clean[2]


def test_the_commands_options_exist(capsys):
    for name, option in re.findall(r"`qec-leak (\w+)[^`]*?(--\w+)", TEXT):
        assert main([name, "--help"]) == 0
        assert option in capsys.readouterr().out
