"""What must not change the statistics of records, with leakage: gates and their decompositions, identities inserted
anywhere, names of qubits, and whatever comes later. Where frames are not claimed to be exact (Program.conflicts) there
is nothing to hold; most circuits here are not so."""

import functools
import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import stim
from comparison import disagreements

from qec_leak.engine.sampler import LeakageSampler
from qec_leak.program import Program, compile_program

Lines = list[str]
Bits = npt.NDArray[np.bool_]

ONE = [n for n, g in sorted(stim.gate_data().items()) if g.is_unitary and g.is_single_qubit_gate]
CONTROLLED = ("CX", "CY", "CZ", "XCX", "XCY", "XCZ", "YCX", "YCY", "YCZ")
SWAPPING = ("SWAP", "ISWAP", "ISWAP_DAG", "CXSWAP", "SWAPCX", "CZSWAP")
MEASURE = ("M", "MX", "MY")
PREPARE = {
    "Z0": "R{tag} {q}",
    "Z1": "R{tag} {q}\nX {q}",
    "X0": "RX{tag} {q}",
    "X1": "RX{tag} {q}\nZ {q}",
    "Y0": "RY{tag} {q}",
    "Y1": "RY{tag} {q}\nZ {q}",
}
KEEPS_LEVELS = "[LEAKAGE_RESET: (1, 2-->2)]"
SHOTS, CIRCUITS, FAMILIES = 10_000, 40, 40 * 5


@functools.cache
def program(text: str) -> Program:
    return compile_program(stim.Circuit(text))


def records(text: str, seed: int, shots: int = SHOTS) -> Bits:
    """Records and whether each measured qubit is leaked: bool (shots, 2 measurements)."""
    batch = LeakageSampler(program(text), seed=seed).sample(shots, measurements=True, heralds=True)
    assert batch.measurements is not None and batch.heralds is not None
    return np.hstack([batch.measurements, batch.heralds > 0])


def leak(q: int, p: float = 0.3) -> str:
    return f"I_ERROR[LEAKAGE_TRANSITION_1: ({p}, U-->2) ({p}, 2-->U)] {q}"


# ---- gates against their decompositions ------------------------------------------------------------------------------

TO_Z = {"X": (["H"], ["H"]), "Y": (["S_DAG", "H"], ["H", "S"]), "Z": ([], [])}
"""Gates before and behind a CZ that make its Z another Pauli."""


def decomposed(name: str, a: int, b: int) -> tuple[Lines, bool]:
    """CZs and one-qubit gates, and whether the qubits are exchanged after them."""
    if name in CONTROLLED:
        of_a, of_b = ("Z", name[1]) if name[0] == "C" else (name[0], name[2])
        sides = [(q, *TO_Z[p]) for q, p in ((a, of_a), (b, of_b))]
        before = [f"{gate} {q}" for q, first, _ in sides for gate in first]
        return [*before, f"CZ {a} {b}", *(f"{gate} {q}" for q, _, last in sides for gate in last)], False
    if name.startswith("ISWAP"):
        s = "S" if name == "ISWAP" else "S_DAG"
        return [f"{s} {a}", f"{s} {b}", f"CZ {a} {b}"], True
    within = {"SWAP": None, "CXSWAP": ("CX", a, b), "SWAPCX": ("CX", b, a), "CZSWAP": ("CZ", a, b)}[name]
    return (decomposed(*within)[0] if within else []), True


@pytest.mark.parametrize("name", [*CONTROLLED, *SWAPPING])
def test_two_qubit_gates_are_what_they_decompose_to(name: str) -> None:
    """For all eigenstates of the Paulis of both qubits, with either, both or none of them leaked."""
    gates, exchanged = decomposed(name, 0, 1)
    unitary = stim.Circuit("\n".join(["I 0 1", *gates, *(["SWAP 0 1"] if exchanged else [])]))
    assert unitary.to_tableau() == stim.gate_data(name).tableau
    found, compared = [], 0
    states = list(itertools.product(PREPARE, repeat=2))
    for k, of in enumerate(states):
        before = [leak(q, 0.5) for q in (0, 1)]
        before += [PREPARE[state].format(q=q, tag=KEEPS_LEVELS) for q, state in enumerate(of)]
        for bases in itertools.product(MEASURE, repeat=2):
            ends = [f"{basis} {q}" for q, basis in enumerate(bases)]
            direct = [*before, f"{name} 0 1", *ends]
            parts = [*before, *gates, *(ends if not exchanged else [f"{bases[0]} 1", f"{bases[1]} 0"])]
            if exact(direct) and exact(parts):
                a, b = records("\n".join(direct), k, 4000), records("\n".join(parts), 100 + k, 4000)
                found += disagreements(a, b, pairs=True, families=36 * 15)
                compared += 1
                break
    assert compared == len(states)
    assert not found


# ---- random circuits -------------------------------------------------------------------------------------------------


def random_lines(seed: int) -> Lines:
    """A circuit of all of Stim's Cliffords but rotations by two-qubit Paulis, with leakage, resets and measurements."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 7))
    states = list(PREPARE.values())

    def qubits(count: int) -> list[int]:
        return [int(q) for q in rng.permutation(n)[:count]]

    lines = [states[int(rng.choice(6, p=[0.25, 0.2, 0.25, 0.2, 0.05, 0.05]))].format(q=q, tag="") for q in range(n)]
    for k in range(10):
        kind = rng.random()
        if kind < 0.3:
            lines.append(f"{rng.choice(ONE if rng.random() < 0.4 else ['H', 'X', 'Z'])} {qubits(1)[0]}")
        elif kind < 0.6:
            of = [*CONTROLLED, *SWAPPING] if rng.random() < 0.5 else ["CZ", "CX", "XCZ", "SWAP", "CZSWAP"]
            lines.append(f"{rng.choice(of)} {' '.join(map(str, qubits(2)))}")
        elif kind < 0.75:
            lines.append(f"{rng.choice([*MEASURE, 'MR', 'MRX', 'RY'])} {qubits(1)[0]}")
        else:
            lines.append(leak(qubits(1)[0]))
        if k in (3, 7):
            lines.append(f"M {qubits(1)[0]}")
    return ["\n".join(lines[:n]), *lines[n:], *(f"{rng.choice(MEASURE, p=[0.45, 0.45, 0.1])} {q}" for q in range(n))]


def exact(lines: Lines) -> bool:
    return not program("\n".join(lines)).conflicts


EXACT = [seed for seed in range(CIRCUITS) if exact(random_lines(seed))]


def test_most_circuits_are_exact_and_leak() -> None:
    assert len(EXACT) >= CIRCUITS / 2
    programs = [program("\n".join(random_lines(seed))) for seed in EXACT]
    assert sum(bool(p.can_leak.any()) for p in programs) > 0.8 * len(EXACT)


def check(change: Callable[[Lines, np.random.Generator], tuple[Lines, Lines]]) -> None:
    """``change``: two circuits from one, whose records agree, as far as both have them."""
    compared, found = 0, {}
    for seed in EXACT:
        first, second = change(random_lines(seed), np.random.default_rng(seed))
        if not (exact(first) and exact(second)):
            continue
        compared += 1
        a, b = (records("\n".join(lines), seed + k) for k, lines in enumerate((first, second)))
        kept = min(a.shape[1], b.shape[1]) // 2
        a, b = (np.hstack([x[:, :kept], x[:, x.shape[1] // 2 :][:, :kept]]) for x in (a, b))
        differs = disagreements(a, b, pairs=True, families=FAMILIES)
        if differs:
            found[seed] = differs[:3]
    assert compared >= len(EXACT) / 2
    assert not found


IDENTITIES = (
    "SWAP {0} {1}\nSWAP {1} {0}",
    "C_XYZ {0}\nC_ZYX {0}",
    "H {0}\nH {0}",
    "S {0}\nS_DAG {0}",
    "CZ {0} {1}\nCZ {0} {1}",
)


@pytest.mark.parametrize("identity", IDENTITIES)
def test_an_identity_anywhere_changes_nothing(identity: str) -> None:
    def change(lines: Lines, rng: np.random.Generator) -> tuple[Lines, Lines]:
        changed = list(lines)
        for _ in range(3):
            a, b = rng.permutation(4)[:2]
            changed.insert(int(rng.integers(1, len(changed) - 4)), identity.format(a, b))
        return lines, changed

    check(change)


@pytest.mark.parametrize("leaked", range(4))
def test_a_leaked_qubit_takes_no_part(leaked: int) -> None:
    """A qubit is leaked all the time: controlled Paulis with it may as well not be there."""

    def change(lines: Lines, rng: np.random.Generator) -> tuple[Lines, Lines]:
        its = [line for line in lines[1:] if str(leaked) in line.rpartition("]")[2].split()[-2:]]
        dropped = [line for line in its if line.startswith(("I_ERROR", "MR", "RY")) or "SWAP" in line]
        state = str(rng.choice(list(PREPARE.values()))).format(q=leaked, tag=KEEPS_LEVELS)
        start = [lines[0], f"R {leaked}\nI_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] {leaked}", state]
        kept = [line for line in lines[1:] if line not in dropped]
        return [*start, *kept], [*start, *(line for line in kept if line not in its or len(line.split()) < 3)]

    check(change)


def test_names_of_qubits_change_nothing() -> None:
    def change(lines: Lines, rng: np.random.Generator) -> tuple[Lines, Lines]:
        names = [str(q) for q in rng.permutation(50)[:6]]
        renamed = []
        for line in "\n".join(lines).splitlines():
            instruction = stim.Circuit(line)[0]
            head = line.rpartition("]")[0] + "]" if instruction.tag else instruction.name
            renamed.append(f"{head} {' '.join(names[t.value] for t in instruction.targets_copy())}")
        return lines, renamed

    check(change)


def test_what_comes_later_changes_nothing() -> None:
    """Records of a circuit that ends behind its second M, and of the whole; leaks and gates that follow are free."""

    def change(lines: Lines, rng: np.random.Generator) -> tuple[Lines, Lines]:
        end = [k for k, line in enumerate(lines) if line.startswith("M ")][1] + 1
        return lines[:end], lines

    check(change)


def test_a_reset_behind_a_measurement_changes_no_earlier_record() -> None:
    def change(lines: Lines, rng: np.random.Generator) -> tuple[Lines, Lines]:
        at = [k for k, line in enumerate(lines) if line.startswith("M ")][1]
        return lines[: at + 1], [*lines[:at], lines[at].replace("M ", "MR "), *lines[at + 1 :]]

    check(change)
