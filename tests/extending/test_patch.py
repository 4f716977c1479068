"""A patch of one's own, in one file outside of the package: Python, run, sweep, and the exact simulator."""

import functools
import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
import sinter
from from_outside import is_on_the_page, refusal, sigmas, sweep
from make_rectangle import LEAKED, PAIRS_SHOTS, PAIRS_STORED, SHOTS, STORED, exact, memory, pairs_memory
from rectangle import RECTANGLE

import qec_leak as ql
from qec_leak.cli import main
from qec_leak.sweep import parse_sweep
from qec_leak.sweep.block import Block, CompiledPoint

NAME = "rectangle:RECTANGLE"
ENGINE_SHOTS = 200 * SHOTS


def test_python():
    RECTANGLE.verify()
    assert RECTANGLE.stabilizers == ql.surface_patch(2, 3).stabilizers
    for basis, weight in (("X", 3), ("Z", 2)):
        ours = ql.memory_experiment(patch=RECTANGLE, rounds=4, basis=basis)
        assert ours.circuit == ql.memory_experiment(patch=NAME, rounds=4, basis=basis).circuit
        assert len(ours.circuit.shortest_graphlike_error(ignore_ungraphlike_errors=True)) == weight


def test_run(tmp_path, capsys):
    words = ["run", "--patch", NAME, "-r", "5", "--strategy", "DQLR", "--shots", "2000", "--seed", "5"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert "rectangle code, distance 2, 5 rounds" in capsys.readouterr().out
    [stats] = sinter.read_stats_from_csv_files(tmp_path / "results.csv")
    assert (stats.json_metadata["patch"], stats.json_metadata["c"], stats.json_metadata["d"]) == (NAME, "rectangle", 2)
    circuit = ql.memory_experiment(patch=NAME, rounds=5, strategy="DQLR").circuit
    batch = ql.compile_sampler(circuit, seed=5).sample(2000)
    assert (
        stats.errors
        == (ql.decode(circuit, batch, decoder="pymatching-correlated") != batch.observable_flips).any(axis=1).sum()
    )


SWEEP = f"""
[circuit]
patch = "{NAME}"
rounds = 4
[axes]
"circuit.strategy" = ["MLR"]
[stop]
max_shots = 1000
"""


def test_sweep(tmp_path):
    [stats] = sweep(tmp_path, SWEEP)
    assert (stats.json_metadata["patch"], stats.json_metadata["c"], stats.json_metadata["d"]) == (NAME, "rectangle", 2)
    [point] = parse_sweep(SWEEP).points
    compiled = CompiledPoint(point)
    assert point.num_detectors() == compiled.num_detectors
    assert stats.errors == compiled.run(0, Block(0, 1000)).errors > 0


def deviations(basis, patch):
    """Of each measurement, each pair of them, and each qubit's leakage, between stored exact shots and the engine's:
    |difference| in sigma, sigma from the counts of both; counts below five are left out."""
    with np.load(STORED) as stored:
        packed, exact_counts = stored[f"{basis}.measurements"], stored[f"{basis}.populations"]
    ours = memory(basis, patch)
    batch = ql.compile_sampler(ours.circuit, seed=4).sample(ENGINE_SHOTS, measurements=True)
    judged = np.unpackbits(packed, axis=1, count=ours.circuit.num_measurements, bitorder="little")
    counts = []
    for bits, populations in ((judged, exact_counts), (batch.measurements, batch.population_counts)):
        x = bits.astype(float)
        y = np.logical_xor(x[:, :, None], x[:, None, :]).sum(axis=0)
        upper = np.triu_indices(x.shape[1], 1)
        counts.append(np.concatenate([x.sum(axis=0), y[upper], populations.sum(axis=2).ravel()]))
    return sigmas(counts, (len(judged), ENGINE_SHOTS), least=5)


@pytest.mark.parametrize("basis", "ZX")
def test_the_exact_simulator_agrees(basis):
    found = deviations(basis, RECTANGLE)
    assert len(found) > 50 and found.max() < 5


def exchanged(a, b):
    """The rectangle with two data qubits in each other's place: a patch too, but another one."""
    turn = {a: b, b: a}
    stabilizers = tuple(
        replace(check, data_qubits=tuple(turn.get(qubit, qubit) for qubit in check.data_qubits))
        for check in RECTANGLE.stabilizers
    )
    assert {a, b}.isdisjoint(RECTANGLE.logical_x + RECTANGLE.logical_z)
    pairs = tuple(sorted((turn.get(qubit, qubit), partner) for qubit, partner in RECTANGLE.dqlr_pairs))
    return replace(RECTANGLE, stabilizers=stabilizers, dqlr_pairs=pairs)


@pytest.mark.parametrize("basis", "ZX")
def test_another_patch_is_told_apart(basis):
    """Planted error: the leaked qubit changes places with its neighbour."""
    other = exchanged(LEAKED, 5)
    other.verify()
    assert deviations(basis, other).max() > 8


def test_no_other_pairing_of_neighbours_agrees_with_the_exact_simulator():
    """Leakage of each data qubit leaves it with its partner; planted errors: all other pairings of neighbours."""
    with np.load(PAIRS_STORED) as stored:
        left = stored["leaked"]

    @functools.cache
    def engine(qubit, partner):
        """Leaked qubits after the round, where this data qubit is leaked before it and has this partner."""
        patch = next(patch for patch in paired() if (qubit, partner) in patch.dqlr_pairs)
        batch = ql.compile_sampler(pairs_memory(qubit, patch).circuit, seed=4).sample(100 * PAIRS_SHOTS)
        return batch.population_counts[0].sum(axis=1)

    def largest(patch):
        pieces = [
            sigmas((left[qubit], engine(qubit, partner)), (PAIRS_SHOTS, 100 * PAIRS_SHOTS), least=5)
            for qubit, partner in patch.dqlr_pairs
        ]
        return max(np.concatenate([[0.0], *pieces]))

    right, *others = paired()
    together = [engine(*pair) for pair in right.dqlr_pairs]
    own = [sum(counts[qubit] for qubit, counts in enumerate(of_all)) for of_all in (left, together)]
    assert sigmas(np.array([[own[0]], [own[1]]]), (6 * PAIRS_SHOTS, 600 * PAIRS_SHOTS), least=5) < 5
    assert largest(right) < 5
    assert len(others) > 3
    for patch in others:
        patch.verify()
        assert largest(patch) > 8


def paired():
    """The rectangle, and then with each other pairing of data qubits with neighbours."""
    near = {check.measure_qubit: check.support for check in RECTANGLE.stabilizers} | {11: (0, 3)}
    pairings = [
        tuple(enumerate(partners))
        for partners in itertools.permutations(range(6, 12))
        if all(qubit in near[partner] for qubit, partner in enumerate(partners))
    ]
    pairings.sort(key=lambda pairs: pairs != RECTANGLE.dqlr_pairs)
    assert pairings[0] == RECTANGLE.dqlr_pairs
    return [replace(RECTANGLE, dqlr_pairs=pairs) for pairs in pairings]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (((0, 11), (1, 6), (2, 7), (3, 10), (4, 8), (5, 9)), "data qubit 2 never meets its partner 7"),
        (((0, 6), (1, 11), (2, 8), (3, 10), (4, 7), (5, 9)), "11 is 3 from its partner 1"),
    ],
)
def test_partners_that_are_no_neighbours_are_refused(pairs, message):
    with pytest.raises(ValueError, match=f"^the rectangle patch must .*{message}; pair "):
        replace(RECTANGLE, dqlr_pairs=pairs).verify()


@pytest.mark.slow
def test_stored_shots_are_those_of_the_exact_simulator():
    with np.load(STORED) as stored:
        for basis in "ZX":
            assert (exact(basis, 2)[0] == stored[f"{basis}.measurements"][:2]).all()


def test_patch_command(tmp_path, capsys):
    out = tmp_path / "mine.svg"
    assert main(["patch", "--patch", NAME, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("rectangle code, distance 2, CSS, DQLR: 12 qubits")
    rows = [line.split() for line in text.splitlines() if line[:1].isdigit()]
    assert ["8", "measure", "4,", "2", "X", "of", "5", "4", "2", "1", "2"] in rows
    assert all(f">{qubit}</text>" in out.read_text() for qubit in range(12))
    assert main(["patch", "--patch", NAME, "--strategy", "MLR", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert len(record["qubits"]) == 11 and record["logical_z"] == [0, 1, 2] and record["more_logicals"] == []


def test_patch_command_shows_all_logical_qubits_and_needs_no_pairs(tmp_path, capsys):
    assert main(["patch", "--patch", "two_rectangles:TWO", "--out", str(tmp_path / "two.png")]) == 0
    text = capsys.readouterr().out
    assert ", MLR: 22 qubits" in text
    for line in ("logical X 0 on 0 3", "logical X 1 on 6 9", "logical Z 0 on 0 1 2", "logical Z 1 on 6 7 8"):
        assert line in text.splitlines()


def test_the_page_shows_this_very_file():
    assert is_on_the_page("rectangle.py")


def test_mistakes_are_one_line(capsys, tmp_path):
    words = ["run", "-r", "2", "--shots", "10", "--out", str(tmp_path), "--patch"]
    for more, message in (
        (["rectangle:SQUARE"], "`--patch` must name an attribute of rectangle"),
        (["surface"], "`--patch` must be module:attribute, but is 'surface'"),
        ([NAME, "--distance", "3"], "`--distance` must not be given with --patch"),
        (["json:loads.__name__"], "`--patch` must be a patch"),
    ):
        assert message in refusal(capsys, *words, *more)
        assert message in refusal(capsys, "patch", "--patch", *more)
    with pytest.raises(ValueError, match="`distance` must not be given with a patch"):
        parse_sweep(f'[circuit]\nrounds = 2\ndistance = 3\npatch = "{NAME}"\n[stop]\nmax_shots = 10\n')
