"""Frozen frames: the engine against leakysim, a tableau simulator that really skips the gates of a leaked qubit."""

from __future__ import annotations

import numpy as np

from qec_leak.circuits.patches import surface_patch
from qec_leak.circuits.strategy import Strategy
from qec_leak.validate.check import Check, Result, Settings, agreement, skipped, told_apart
from qec_leak.validate.compare import all_deviations
from qec_leak.validate.leaked_memory import History, engine_bits, leakysim_bits, render

_PARTNER_Z = (0.0, 0.3, 0.727)  # sin²(phase/2) of no phase, a small one, and that of Miao's CZ
_CENTRE, _CHECK = 4, 12


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    from qec_leak.validate.oracle import missing_oracle

    reason = missing_oracle(settings.oracle)
    about = "every detector, pair, and who is leaked at each measurement with leakysim"
    if reason:
        return Result((skipped("leaked qubits of d=3 and d=5", about, reason),))
    assert settings.oracle is not None
    checks = []
    for distance in (3, 5) if settings.full else (3,):
        for role in ("data", "measure"):
            histories = _histories(distance, role, settings)
            title = f"d={distance}, {len(histories)} {role} qubits leaked in turn"
            checks.append(_compare(settings, title, about, histories))
    checks += _alternatives(settings)
    return Result(tuple(checks))


def _histories(distance: int, role: str, settings: Settings) -> list[History]:
    """Every qubit of the role once (quick: three of them), with random phases, rounds, values, strategy, transport."""
    rng = np.random.default_rng(100 * distance + len(role))
    qubits = surface_patch(distance).qubits(role)
    if not settings.full:
        qubits = tuple(sorted(rng.permutation(qubits)[:3].tolist()))
    out = []
    for number, qubit in enumerate(qubits):
        leaves = int(rng.integers(0, 5))
        transport = (0.0, 0.2)[int(number % 4 == 1)]
        stays = number % 3 == 0
        strategy = (Strategy.NO_RESET, Strategy.MLR)[number % 2]
        value = (0, 1, None)[int(rng.integers(3))]
        if transport or (role == "measure" and strategy is Strategy.MLR):
            value = None  # it may be back already, and leakysim's return with a value is a reset of whatever is there
        out.append(
            History(
                qubit=int(qubit),
                distance=distance,
                strategy=strategy,
                rounds=8 if distance == 3 else 6,
                leaves=leaves,
                returns=None if stays else int(rng.integers(leaves + 1, 6)),
                value=value,
                partner_z=_PARTNER_Z[number % 3],
                transport=transport,
            )
        )
    return out


def _compare(settings: Settings, title: str, about: str, histories: list[History]) -> Check:
    assert settings.oracle is not None
    shots = settings.shots(10_000, 20_000 if histories[0].distance == 3 else 8_000)
    deviations, worst_at, worst = [], "", 0.0
    for number, history in enumerate(histories):
        rendered = render(history)
        ours = engine_bits(rendered, shots, settings.seed + number)
        found = all_deviations(ours, leakysim_bits(settings.oracle, rendered, shots, settings.seed + number))
        deviations.append(found)
        if found.max() > worst:
            worst, worst_at = float(found.max()), f"at {history}"
    return agreement(title, about, shots, np.concatenate(deviations), worst_at=worst_at)


def _alternatives(settings: Settings) -> list[Check]:
    """The power of the comparison: known wrong rules must be told from leakysim by it."""
    assert settings.oracle is not None
    shots = settings.shots(10_000, 40_000)
    stays = History(_CENTRE, partner_z=0.3)
    judged = leakysim_bits(settings.oracle, render(stays), shots, settings.seed)
    right = render(stays)
    lines = []
    for line in right.ours.splitlines():
        lines.append(line)
        if "LEAKAGE_TRANSITION_2" in line and str(_CENTRE) in line.rsplit("]", 1)[1].split():
            # Out and back at once: the frame of the leaked qubit becomes random, its level stays.
            lines += [f"I_ERROR[LEAKAGE_TRANSITION_1: (1, {move})] {_CENTRE}" for move in ("2-->U", "U-->2")]
    wrong = {
        "frames of the leaked qubit scrambled": type(right)("\n".join(lines), right.theirs, right.channels),
        "partner depolarised": render(History(_CENTRE, partner_z=0.5)),
        "partner's Z left out": render(History(_CENTRE, partner_z=0.0)),
        "returns though it stays": render(History(_CENTRE, partner_z=0.3, returns=6, value=0)),
    }
    # The scrambled circuit is ours to change: its leaving must not touch shots in which the qubit is not leaked.
    return [
        told_apart(f"wrong rule: {name}", "a planted error with leakysim", shots, found)
        for name, rendering in wrong.items()
        for found in [all_deviations(engine_bits(rendering, shots, settings.seed), judged)]
    ]
