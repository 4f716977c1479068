"""One memory circuit with a hand-made leakage history, in two languages: our tags, and leakysim's tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.patches import surface_patch
from qec_leak.circuits.strategy import Strategy
from qec_leak.validate.oracle import VARIABLE, run_oracle

ROOT = Path(__file__).resolve().parents[2]
ORACLE_PYTHON = os.environ.get(VARIABLE, str(ROOT / ".venv-oracle" / "bin" / "python"))
Bits = npt.NDArray[np.bool_]
Row = tuple[list[int], list[int], str, float]
_ANNOTATIONS = ("DETECTOR", "OBSERVABLE_INCLUDE", "QUBIT_COORDS", "SHIFT_COORDS", "TICK")


@dataclass(frozen=True)
class History:
    """What happens to ``qubit``, leaked to level 2 at the start of round ``leaves`` (0-based).

    returns: round at whose start it comes back, with ``value`` (None: random); None: it stays.
    partner_z: probability of a Z on the computational partner after each CZ with the leaked qubit.
    transport: probability that the leakage moves to the partner in such a CZ;   spread: that the partner leaks too.
    """

    qubit: int
    strategy: Strategy = Strategy.MLR
    rounds: int = 8
    leaves: int = 3
    returns: int | None = None
    value: int | None = 0
    partner_z: float = 0.0
    transport: float = 0.0
    spread: float = 0.0
    depolarize: float = 0.004


@dataclass
class Renderings:
    """``ours`` is the tagged circuit; ``theirs`` the leakysim circuit with its ``channels``."""

    ours: str = ""
    theirs: str = ""
    channels: list[list[Row]] = field(default_factory=list)


def complete(rows: Sequence[Row], labels: Sequence[Sequence[int]]) -> list[Row]:
    """``rows`` with what is left of each incoming row doing nothing."""
    width = len(labels[0])
    out = [row for row in rows if row[3] > 0]
    for label in labels:
        left = 1 - sum(row[3] for row in out if list(row[0]) == list(label))
        if left > 1e-12:
            out.append((list(label), list(label), "I" * width, left))
    return out


def render(history: History) -> Renderings:
    """Round by round from the noise-free circuit: rounds end at the LEAKAGE_POPULATION tick."""
    h = history
    ideal = ideal_memory_circuit(surface_patch(3), h.strategy, h.rounds, "Z").flattened()
    stays = 1 - h.partner_z - h.transport - h.spread
    pair = (
        f"II_ERROR[LEAKAGE_TRANSITION_2: ({h.partner_z}, 2_U-->2_U, IZ) ({h.partner_z}, U_2-->U_2, ZI) "
        f"({h.transport}, 2_U<->U_2) ({h.spread}, 2_U-->2_2) ({h.spread}, U_2-->2_2)]"
    )
    rows: list[Row] = []
    for leaked, both, other, z in (([1, 0], [1, 1], [0, 1], "IZ"), ([0, 1], [1, 1], [1, 0], "ZI")):
        rows += [(leaked, leaked, z, h.partner_z), (leaked, other, "II", h.transport), (leaked, both, "II", h.spread)]
        rows += [(leaked, leaked, "II", stays)]
    channels = [
        [([0], [1], "I", 1.0), ([1], [1], "I", 1.0)],
        complete(rows, [[0, 0], [1, 0], [0, 1], [1, 1]]),
        [([1], [0], "I", 1.0), ([0], [0], "I", 1.0)],
    ]
    ours: list[str] = []
    theirs: list[str] = []
    round_index = 0
    data = " ".join(map(str, range(9)))
    fresh = True
    prepared = False
    for item in ideal:
        if fresh and prepared:
            fresh = False
            both_lines(ours, theirs, f"DEPOLARIZE1({h.depolarize}) {data}")
            if round_index == h.leaves:
                ours.append(f"I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] {h.qubit}")
                theirs.append(f"I[leaky<0>] {h.qubit}")
            if round_index == h.returns:
                after = "U" if h.value is None else str(h.value)
                ours.append(f"I_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->{after})] {h.qubit}")
                if h.value is None:
                    theirs.append(f"I[leaky<2>] {h.qubit}")
                else:
                    theirs += [f"R {h.qubit}"] + ([f"X {h.qubit}"] if h.value else [])
        if item.name == "TICK":
            prepared = True
            if item.tag:
                round_index += 1
                fresh = True
            continue
        ours.append(str(item))
        if item.name not in _ANNOTATIONS:
            theirs.append(str(item))
        if item.name == "CZ":
            targets = " ".join(str(t.value) for t in item.targets_copy())
            ours.append(f"{pair} {targets}")
            theirs.append(f"I[leaky<1>] {targets}")
    return Renderings("\n".join(ours), "\n".join(theirs), channels)


def both_lines(first: list[str], second: list[str], line: str) -> None:
    first.append(line)
    second.append(line)


def leakysim_records(
    circuit: str, channels: list[list[Row]], shots: int, seed: int, folder: Path
) -> npt.NDArray[np.uint8]:
    """Records of leakysim, uint8 (shots, measurements): 0, 1, and the level of a leaked qubit."""
    job: dict[str, object] = {"task": "sample", "circuit": circuit, "channels": channels, "shots": shots, "seed": seed}
    return np.asarray(run_oracle(ORACLE_PYTHON, job, folder)["records"])
