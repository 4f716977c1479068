"""What a leaked qubit's measurement reports: experiments that tell the engine's rules from their alternatives.

Rule for data qubits at the end: the readout bit, tied to the checks by a frame that fits the values with which all
qubits of the shot left. Alternatives: a random bit (a frame that does not fit); the value 0 that gates see; values
drawn for each qubit alone, which only two leaked qubits of a known parity tell.
Rule for measure qubits in mid-circuit: the readout bit itself, which re-anchors the frame. Alternatives: a report on
top of the frozen frame; a random bit; no re-anchoring.
Alternatives are made from the engine's own shots by rewriting the records of the leaked qubits, and judged as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.circuits.memory import MemoryExperiment, memory_experiment
from qec_leak.circuits.patches import surface_patch
from qec_leak.circuits.strategy import Strategy
from qec_leak.engine import compile_sampler
from qec_leak.validate.check import Check, Result, Settings, absolute, agreement, skipped, told_apart
from qec_leak.validate.compare import Bits, all_deviations
from qec_leak.validate.exact_judge import exact_batch, pauli_partners, quiet
from qec_leak.validate.leaked_memory import History, detection_events, leakysim_bits, render
from qec_leak.validate.oracle import missing_oracle

_DATA, _X_CHECK, _Z_CHECK = 4, 9, 12  # the centre of d=3; measure qubits of an X and of a Z check
_SMALL_DATA, _SMALL_X_CHECK = 0, 4


@dataclass(frozen=True, eq=False)
class _Shots:
    """The engine's shots. records: bool (shots, measurements); leaked: the same shape, level >= 2 when measured;
    columns: records of the qubit in question, in order of time; last: whether they are final measurements."""

    circuit: str
    records: Bits
    leaked: Bits
    columns: tuple[int, ...]
    bits: Bits

    def events(self, records: Bits) -> Bits:
        return detection_events(self.circuit, records)


Alternative = Callable[[_Shots, np.random.Generator], Bits]


def _sample(circuit: str, shots: int, seed: int, columns: tuple[int, ...]) -> _Shots:
    batch = compile_sampler(circuit, seed=seed).sample(shots, measurements=True, heralds=True, populations=None)
    assert batch.measurements is not None and batch.heralds is not None
    return _Shots(circuit, batch.measurements, batch.heralds >= 2, columns, np.asarray(batch.detection_events))


def _zero(s: _Shots, rng: np.random.Generator) -> Bits:
    """Leaked qubits report the |0> that gates take them for."""
    records = s.records.copy()
    records[:, list(s.columns)] &= ~s.leaked[:, list(s.columns)]
    return records


def _random_bit(s: _Shots, rng: np.random.Generator) -> Bits:
    """Leaked qubits report a coin."""
    records, columns = s.records.copy(), list(s.columns)
    coins = rng.random(records.shape) < 0.5
    records[:, columns] = np.where(s.leaked, coins, s.records)[:, columns]
    return records


def _coins_since(s: _Shots, rng: np.random.Generator, *, after_return: bool) -> npt.NDArray[np.bool_]:
    """bool (shots, columns): one coin a shot, from the first leaked record of the qubit on, or from its return on."""
    leaked = s.leaked[:, list(s.columns)]
    since = np.logical_or.accumulate(leaked, axis=1)
    if after_return:
        since &= ~leaked
    return np.asarray(since & (rng.random((len(leaked), 1)) < 0.5))


def _frozen_report(s: _Shots, rng: np.random.Generator) -> Bits:
    """Mid-circuit reports on top of a frozen frame: off by the value, unknown to the reference, with which it left."""
    records = s.records.copy()
    records[:, list(s.columns)] ^= _coins_since(s, rng, after_return=False)
    return records


def _no_anchor(s: _Shots, rng: np.random.Generator) -> Bits:
    """The bit itself is reported, but the frame stays what it was: off after the return."""
    records = s.records.copy()
    records[:, list(s.columns)] ^= _coins_since(s, rng, after_return=True)
    return records


_FINAL: Mapping[str, Alternative] = {"a random bit": _random_bit, "the |0> that gates see": _zero}
_MIDDLE: Mapping[str, Alternative] = {
    "on top of the frozen frame": _frozen_report,
    "a random bit": _random_bit,
    "no re-anchoring": _no_anchor,
}


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    return Result((_joint_values(settings), *_with_leakysim(settings), *_with_exact(settings)))


def _joint_values(settings: Settings) -> Check:
    """Both halves of a Bell pair leak and read 1. Values drawn for each alone would differ in half of the shots."""
    circuit = "H 0\nCX 0 1\nI_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0 1\nM 0 1\nDETECTOR rec[-1] rec[-2]"
    batch = compile_sampler(circuit, seed=settings.seed).sample(1024)
    odd = float(batch.detection_events.mean())
    return absolute("two leaked qubits of a known parity", "parity of a leaked Bell pair's records with even", odd, 0.0)


def _verdicts(
    title: str, judge: str, ours: _Shots, judged: Bits, alternatives: Mapping[str, Alternative], seed: int
) -> list[Check]:
    rng = np.random.default_rng(seed)
    shots = len(judged)
    checks = [
        agreement(f"{title}: our rule", f"detectors and pairs with {judge}", shots, all_deviations(ours.bits, judged))
    ]
    for name, alternative in alternatives.items():
        found = all_deviations(ours.events(alternative(ours, rng)), judged)
        checks.append(
            told_apart(
                f"{title}: wrong rule, {name}", f"the alternative's detectors and pairs with {judge}", shots, found
            )
        )
    return checks


def _columns(distance: int, rounds: int, qubit: int) -> tuple[int, ...]:
    """Records of a qubit of a surface patch: of every round for a measure qubit, the last one for a data qubit."""
    patch = surface_patch(distance)
    checks = len(patch.measure_qubits)
    if qubit in patch.data_qubits:
        return (rounds * checks + qubit,)
    return tuple(t * checks + qubit - len(patch.data_qubits) for t in range(rounds))


def _with_leakysim(settings: Settings) -> list[Check]:
    stays = History(_DATA, partner_z=0.3)
    measured = {
        "X check's measure qubit": History(_X_CHECK, partner_z=0.3, strategy=Strategy.NO_RESET, returns=6, value=1),
        "Z check's measure qubit": History(_Z_CHECK, partner_z=0.3, strategy=Strategy.NO_RESET, returns=6, value=0),
    }
    reason = missing_oracle(settings.oracle)
    if reason:
        return [skipped("leaked qubits' records, d=3", "our rules and their alternatives with leakysim", reason)]
    assert settings.oracle is not None
    shots = settings.shots(10_000, 50_000)
    checks: list[Check] = []
    cases = {"data qubit at the end": (stays, _FINAL)}
    # A Z check's value is known to the reference, so that a frozen frame says the same as an anchored one.
    known = {"a random bit": _random_bit}
    for name, history in measured.items():
        cases[name] = (history, _MIDDLE if history.qubit == _X_CHECK else known)
    for name, (history, alternatives) in cases.items():
        rendered = render(history)
        columns = _columns(3, history.rounds, history.qubit)
        ours = _sample(rendered.ours, shots, settings.seed, columns)
        judged = leakysim_bits(settings.oracle, rendered, shots, settings.seed)[:, : ours.bits.shape[1]]
        checks += _verdicts(f"{name}, d=3", "leakysim", ours, judged, alternatives, settings.seed)
    return checks


def _with_exact(settings: Settings) -> list[Check]:
    shots, checks = settings.shots(4_096, 20_000), []
    memories: list[tuple[str, MemoryExperiment, tuple[int, ...], Mapping[str, Alternative]]] = []
    for bit in (1.0, 0.25):
        memory = memory_experiment(
            patch=surface_patch(2), strategy="MLR", rounds=3, device=pauli_partners(quiet(bit)), leak_qubit=_SMALL_DATA,
            leak_round=1,
        )  # fmt: skip
        columns = tuple(3 * 3 + q for q in memory.patch.data_qubits)
        # A coin of 1/2 alone would make all alternatives alike.
        memories.append((f"data qubit at the end, reads 1 with {bit:g}", memory, columns, _FINAL))
    memory = memory_experiment(
        patch=surface_patch(2), strategy="NO_RESET", rounds=6, device=pauli_partners(quiet(1.0, 8_000.0)),
        leak_qubit=_SMALL_X_CHECK, leak_round=2,
    )  # fmt: skip
    memories.append(("X check's measure qubit", memory, tuple(3 * t for t in range(6)), _MIDDLE))
    for name, memory, columns, alternatives in memories:
        ours = _sample(str(memory.circuit), shots, settings.seed, columns)
        title = f"{name}, d=2"
        events = exact_batch(memory, shots, settings.seed, levels=4).detection_events
        checks += _verdicts(title, "exact trajectories", ours, events, alternatives, settings.seed)
    return checks
