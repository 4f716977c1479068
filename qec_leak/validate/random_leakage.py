"""Random Clifford circuits with leakage of every kind: channels, and resets and readouts that keep it.

Each qubit has two letters, the Paulis of kind A and B that gates and measurements may use (program/css.py); one-qubit
Cliffords move the letters. With a chance of ``general`` a circuit takes no notice of kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import stim

_ONE_QUBIT = tuple(n for n in stim.gate_data() if (g := stim.gate_data(n)).is_unitary and g.is_single_qubit_gate)
_LETTERS = "XYZ"


@dataclass
class _Builder:
    rng: np.random.Generator
    num_qubits: int
    general: bool
    lines: list[str] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    records: int = 0

    def __post_init__(self) -> None:
        self.kinds = [self.fresh("Z") for _ in range(self.num_qubits)]

    def fresh(self, letter: str) -> list[str]:
        """Letters of kind A and B of a qubit that was just reset or measured in the basis ``letter``."""
        other = str(self.rng.choice([p for p in _LETTERS if p != letter]))
        return [letter, other] if self.rng.random() < 0.5 else [other, letter]

    def some(self, count: int) -> list[int]:
        return [int(q) for q in self.rng.permutation(self.num_qubits)[:count]]

    def p(self, most: float = 0.3) -> float:
        return round(float(self.rng.uniform(0.02, most)), 3)

    def letter(self, q: int, kind: int) -> str:
        return str(self.rng.choice(list(_LETTERS))) if self.general else self.kinds[q][kind]

    def one_qubit(self, q: int, name: str) -> None:
        tableau = stim.gate_data(name).tableau
        moved = {
            "X": "IXYZ"[tableau.x_output(0)[0]],
            "Y": "IXYZ"[tableau.y_output(0)[0]],
            "Z": "IXYZ"[tableau.z_output(0)[0]],
        }
        self.kinds[q] = [moved[letter] for letter in self.kinds[q]]
        self.lines.append(f"{name} {q}")

    def turned_to_z(self, q: int) -> None:
        """A gate that makes Z a letter of the qubit, if it is none: leakage channels act in Z."""
        if "Z" not in self.kinds[q] and not self.general:
            self.one_qubit(q, str(self.rng.choice(["H", "SQRT_Y_DAG"])))

    # ---- instructions --------------------------------------------------------------------------------------------

    def gate(self) -> None:
        self.one_qubit(self.some(1)[0], str(self.rng.choice(_ONE_QUBIT)))

    def pair(self) -> None:
        a, b = self.some(2)
        kind = int(self.rng.integers(2))
        first, second = self.letter(a, kind), self.letter(b, 1 - kind)
        self.lines.append(f"{'' if first == 'Z' else first}C{second} {a} {b}")

    def swap(self) -> None:
        a, b = self.some(2)
        name = str(self.rng.choice(["SWAP", "SWAP", "CZSWAP", "ISWAP", "CXSWAP", "SWAPCX"]))
        if name != "SWAP" and not self.general:
            of_a, of_b = (self.kinds[q].index("Z") if "Z" in self.kinds[q] else -1 for q in (a, b))
            name = "CZSWAP" if {of_a, of_b} == {0, 1} else "SWAP"
        self.lines.append(f"{name} {a} {b}")
        self.kinds[a], self.kinds[b] = self.kinds[b], self.kinds[a]

    def measure(self) -> None:
        q = self.some(1)[0]
        letter = self.letter(q, int(self.rng.integers(2)))
        name = str(self.rng.choice(["M", "M", "MR"])) + ("" if letter == "Z" else letter)
        tag, noise = "", ""
        if self.rng.random() < 0.4:
            readout = f"[LEAKAGE_PROJECTION_Z: ({self.p(1.0)}, 2) ({self.p(1.0)}, 3)"
            tag = readout + (f" ({self.p()}, 0)]" if self.rng.random() < 0.3 else "]")
        elif name.startswith("MR") and self.rng.random() < 0.5:
            tag = f"[{self.reset_tag()}]"
        if ", 0)" not in tag and self.rng.random() < 0.3:
            noise = f"({self.p()})"
        self.lines.append(f"{name}{tag}{noise} {'!' if self.rng.random() < 0.3 else ''}{q}")
        self.kinds[q] = self.fresh(letter)
        self.records += 1

    def reset_tag(self) -> str:
        return f"LEAKAGE_RESET: ({self.p()}, 2-->2) ({self.p()}, 2-->1) ({self.p()}, 3-->2) ({self.p()}, 3-->3)"

    def reset(self) -> None:
        q = self.some(1)[0]
        letter = str(self.rng.choice(list("ZXY")))
        tag = f"[{self.reset_tag()}]" if self.rng.random() < 0.5 else ""
        self.lines.append(f"R{'' if letter == 'Z' else letter}{tag} {q}")
        self.kinds[q] = self.fresh(letter)

    def channel(self) -> None:
        q = self.some(1)[0]
        self.turned_to_z(q)
        groups = [
            f"({self.p(0.45)}, U-->2{self.rng.choice(['', ', 0', ', 1'])!s})",
            f"({self.p()}, 2-->{self.rng.choice(list('U013'))!s})",
            f"({self.p()}, 3-->{self.rng.choice(list('U12'))!s})",
        ]
        kept = [g for g in groups if self.rng.random() < 0.6] or groups[:1]
        self.lines.append(f"I_ERROR[LEAKAGE_TRANSITION_1: {' '.join(kept)}] {q}")

    def pair_channel(self) -> None:
        a, b = self.some(2)
        self.turned_to_z(a)
        self.turned_to_z(b)
        pauli = str(self.rng.choice(list("IXYZ")))
        groups = [
            f"({self.p(0.12)}, U_U-->2_U, 1X) ({self.p(0.12)}, U_U-->2_U, 1Y)",
            f"({self.p(0.2)}, U_U-->U_2, {pauli}0)",
            f"({self.p(0.2)}, U_U-->U_U, {pauli}Z)",
            f"({self.p()}, 2_U-->2_U, IZ)",
            f"({self.p()}, 2_U-->U_2)" if self.rng.random() < 0.5 else f"({self.p()}, 2_U-->1_2, I0)",
            f"({self.p()}, U_2-->2_2)",
            f"({self.p()}, 3_U-->2_2, I1) ({self.p()}, U_3-->U_3, X{'I'})",
            f"({self.p()}, 2_2-->3_1)",
        ]
        kept = [g for g in groups if self.rng.random() < 0.5] or groups[:1]
        self.lines.append(f"II_ERROR[LEAKAGE_TRANSITION_2: {' '.join(kept)}] {a} {b}")

    def noise(self) -> None:
        a, b = self.some(2)
        self.lines.append(
            str(
                self.rng.choice(
                    [
                        f"DEPOLARIZE1({self.p()}) {a} {b}",
                        f"DEPOLARIZE2({self.p()}) {a} {b}",
                        f"Y_ERROR({self.p()}) {a}",
                        f"E({self.p()}) X{a} Z{b}",
                    ]
                )
            )
        )

    def feedback(self) -> None:
        if self.records:
            back = int(self.rng.integers(1, self.records + 1))
            self.lines.append(f"C{self.rng.choice(list('XYZ'))} rec[-{back}] {self.some(1)[0]}")

    def tick(self) -> None:
        self.lines.append("TICK[LEAKAGE_POPULATION]")

    def add(self) -> None:
        steps = [self.gate, self.pair, self.swap, self.measure, self.reset, self.channel, self.pair_channel]
        steps += [self.noise, self.feedback, self.tick]
        odds = np.array([5, 9, 1.5, 3, 1.5, 4, 4, 1, 1, 1])
        steps[int(self.rng.choice(len(steps), p=odds / odds.sum()))]()


def random_leaky_circuit(seed: int, *, general: float = 0.2) -> stim.Circuit:
    """A random circuit of 4 to 8 qubits with leakage, a loop in every third. It has no detectors: compare records.

    Args: general: chance that gates take no notice of kinds.
    """
    rng = np.random.default_rng(seed)
    build = _Builder(rng, int(rng.integers(4, 9)), bool(rng.random() < general))
    for q in range(build.num_qubits):
        if rng.random() < 0.5:
            build.one_qubit(q, str(rng.choice(_ONE_QUBIT)))
    for _ in range(int(rng.integers(15, 45))):
        build.add()
    if seed % 3 == 0:
        start, kinds = len(build.lines), [list(k) for k in build.kinds]
        steps = (build.pair, build.channel, build.pair_channel, build.tick)
        for _ in range(5):
            steps[int(rng.integers(len(steps)))]()
        in_z = [q for q in range(build.num_qubits) if "Z" in build.kinds[q]]
        if build.kinds == kinds and in_z:
            build.lines[start:] = ["REPEAT 3 {", *build.lines[start:], f"M {in_z[0]}", "}"]
    for _ in range(5):
        build.add()
    for q in range(build.num_qubits):
        letter = build.letter(q, int(rng.integers(2)))
        build.lines.append(f"M{'' if letter == 'Z' else letter} {q}")
    return stim.Circuit("\n".join(build.lines))
