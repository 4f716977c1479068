"""What a command line asks for and nothing would use is refused in one line, before any work."""

import pytest

import qec_leak
from qec_leak.cli import main

SWEEP = """
[circuit]
distance = 3
rounds = 2
[axes]
"circuit.strategy" = ["MLR", "DQLR"]
[stop]
max_shots = 100
"""
ABSENT = 'pairs."3-12".cz'
UNUSED = [
    (["run", "--set", "pairs.3-12.cz.leakage=0.01"], f"[{ABSENT}] must be about a pair that has a CZ"),
    (["export", "--set", "qubits.55.idle.t1_ns=3e5"], "[qubits.55.idle] must be about a qubit"),
    (["sample", "a.stim", "--device", "willow", "--set", "pairs.3-12.cz.leakage=0.01"], f"[{ABSENT}]"),
    (["sweep", "s.toml", "--set", "device.pairs.3-12.cz.leakage=0.01"], f"[{ABSENT}]"),
    (["run", "--device", "chip.toml"], f"[{ABSENT}]"),
    (["run", "--strategy", "MLR", "--set", "dqlr.efficiency=0.5"], "no strategy here has a Leakage iSWAP; add --str"),
    (["run", "--strategy", "MLR", "--set", "roles.removal.idle.t1_ns=3e5"], "no strategy here has a Leakage iSWAP"),
    (["sample", "a.stim", "--device", "willow", "--set", "dqlr.error=0.1"], "the circuit needs II[LEAKAGE_ISWAP]"),
    (
        ["run", "--set", "cz.high=data", "--set", 'cz.data_high_in=["NE"]'],
        "must come with cz.high = 'direction', but that is 'data'",
    ),
    (["run", "--device", "roles.toml", "--set", "idle.t1_ns=3e5"], "but all roles override it; set roles.data.idle"),
    (["run", "--set", "cz.error=1e-3", "--set", "cz.error=1e-4"], "`--set cz.error` must be given once"),
    (["run", "--set", "cz.error=1e-3\nfoo=2"], "`--set` must be one line"),
    (["run", "--set", "cz.error=1e-3 # small"], "`error` must be a number, but is '1e-3 # small'"),
    (["run", "--set", "cz.error=1e-3,"], "`error` must be a number, but is '1e-3,'"),
    (["figure", "F3a", "--set", "cz.error=1e-3\nfoo=2"], "`--set` must be one line"),
    (["figure", "F3a", "--set", "foo=1"], "`foo` must be SECTION.KEY of a known section"),
    (["figure", "F3a", "--set", "foo.bar=1"], "`foo.bar` must be SECTION.KEY of a known section"),
    (["figure", "F3a", "--set", "stop=1"], "`stop` must be SECTION.KEY, but is a section; write stop.KEY"),
    (["figure", "F3a", "--set", "quick.stop.max_shots=1"], "`quick.stop.max_shots` must be SECTION.KEY of a known"),
    (["figure", "F3c", "--set", "study.first_cycl=1"], "it has no such key; did you mean 'first_cycle'?"),
    (["figure", "F3c", "--set", "study.first_cycle=[1]"], "must be of the kind of 16, but is [1]"),
    (["figure", "beyond3", "--quick", "--set", 'study.processes=["CZZ"]'], "`study.processes` must be one of"),
    (["figure", "F3a", "--list"], "`NAME...` must not be given with --list"),
    (["figure", "--list", "--quick"], "`--quick` must not be given with --list"),
    (["sweep", "s.toml", "--set", "foo=1"], "`foo` must be SECTION.KEY of a known section"),
    (["sweep", "quick.toml"], "`stopp.max_shots` must be SECTION.KEY of a known section, but is not; did you mean"),
    (["sweep", "s.toml", "--dry-run", "--json"], "`--json` must not be given with --dry-run"),
    (["sweep", "s.toml", "--dry-run", "--cluster", "local"], "`--cluster` must not be given with --dry-run"),
    (["sweep", "s.toml", "--cluster", "tcp://x:1", "--workers", "2"], "`--workers` must not be given with --cluster"),
    (["device", "willow", "--pair", "1-1"], "`--pair` must be two different qubits"),
    (["device", "willow", "--toml", "--pair", "0-1"], "`--pair` must not be given with --toml"),
    (["device", "willow", "--toml", "--out", "x"], "`--out` must not be given with --toml"),
    (["status", "x.csv", "--quick"], "`--quick` must come with --sweep"),
    (
        ["status", "x.csv", "--process", "a:B"],
        "`--process` must come with --sweep, but that is missing; add it, or drop",
    ),
    (["status", "x.csv", "--set", "run.seed=1"], "`--set` must come with --sweep"),
]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    willow = qec_leak.Device.preset("willow")
    roles = {f"roles.{role}.idle.t1_ns": 2e5 for role in ("data", "measure", "removal")}
    texts = {
        "a.stim": "R 0 1\nTICK\nCZ 0 1\nTICK\nM 0 1\n",
        "s.toml": SWEEP,
        "quick.toml": f"{SWEEP}[quick]\nstopp.max_shots = 10\n",
        "chip.toml": willow.replace({"pairs.3-12.cz.error": 0.01}).to_toml(),
        "roles.toml": willow.replace(roles).to_toml(),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return texts


@pytest.mark.parametrize(("args", "message"), UNUSED, ids=[" ".join(args) for args, _ in UNUSED])
def test_what_is_not_used_is_refused(args, message, files, tmp_path, capsys):
    assert main(args) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith("qec-leak: error: ") and message in captured.err
    assert {path.name for path in tmp_path.iterdir()} == set(files)  # nothing was made


def test_values_of_set_are_read_whole(tmp_path, capsys):
    assert main(["device", "willow", "--set", 'description="a, # b"', "--set", "name=chip #7", "--toml"]) == 0
    text = capsys.readouterr().out
    assert 'description = "a, # b"' in text and 'name = "chip #7"' in text
