"""The error of the twirl: the engine against exact coherent trajectories, for several CZ leakages and strategies."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from qec_leak.circuits.memory import MemoryExperiment, memory_experiment
from qec_leak.circuits.patches import surface_patch
from qec_leak.circuits.strategies import strategy_names
from qec_leak.decoding import decode
from qec_leak.device import Device
from qec_leak.engine import ShotBatch
from qec_leak.validate.check import Check, Curve, Result, Settings, Table
from qec_leak.validate.compare import all_deviations
from qec_leak.validate.exact_judge import engine_batch, exact_batch, quiet

_ROUNDS = 8
_ENGINE_SHOTS = 10
_FULL_LEAKAGE = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
_QUICK_LEAKAGE = (1e-2,)
_QUANTITIES = ("data leakage", "detection fraction", "logical error")


def run(settings: Settings) -> Result:
    """One row a strategy and CZ leakage; measured, not judged: the engine is judged where phases are random."""
    shots = settings.shots(2_000, 10_000)
    checks: list[Check] = []
    rows: list[tuple[str, ...]] = []
    points: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for strategy in strategy_names():
        for leakage in _FULL_LEAKAGE if settings.full else _QUICK_LEAKAGE:
            device = Device.preset("miao2023").replace({"cz.leakage": leakage})
            memory = memory_experiment(code="repetition", distance=3, rounds=_ROUNDS, strategy=strategy, device=device)
            exact = _numbers(memory, exact_batch(memory, shots, settings.seed, mode="coherent", levels=4))
            engine = _numbers(memory, engine_batch(memory, _ENGINE_SHOTS * shots, settings.seed))
            cells = [str(strategy), f"{leakage:g}"]
            worst = 0.0
            for name, (value, error), (other, other_error) in zip(_QUANTITIES, exact, engine, strict=True):
                cells += [_with_error(value, error), _with_error(other, other_error)]
                deviation = abs(value - other) / max(math.hypot(error, other_error), 1e-12)
                worst = max(worst, deviation)
                points[name, f"{strategy}, exact"].append((leakage, value, error))
                points[name, f"{strategy}, twirled"].append((leakage, other, other_error))
            rows.append(tuple(cells))
            relative = engine[0][0] / exact[0][0] - 1 if exact[0][0] else 0.0
            error = 100 * math.hypot(exact[0][1], engine[0][1]) / exact[0][0] if exact[0][0] else 0.0
            title = f"{strategy}, CZ leakage {leakage:g}"
            note = f"data leakage of the twirl {100 * relative:+.0f} ± {error:.0f} %"
            checks.append(
                Check(title, "leakage, detection, logical error: coherent and twirled", "measured", shots, worst,
                      comparisons=3, note=note)
            )  # fmt: skip
    checks += [_partner_phase(settings), _relaxation(settings)]
    header = ("strategy", "CZ leakage", *(f"{q}, {who}" for q in _QUANTITIES for who in ("exact", "twirled")))
    title = f"Repetition code d=3, {_ROUNDS} rounds, miao2023 with the CZ leakage given: exact coherent and twirled"
    curves = tuple(Curve(panel, label, *_columns(p)) for (panel, label), p in points.items())
    return Result(tuple(checks), (Table(title, header, tuple(rows)),), curves if settings.full else ())


def _partner_phase(settings: Settings) -> Check:
    """Two checks that do not commute, as they share a leaked data qubit, and whose measure qubits get its phase."""
    memory = memory_experiment(
        patch=surface_patch(2), strategy="MLR", rounds=3, device=quiet(), leak_qubit=0, leak_round=1
    )
    shots = settings.shots(2_000, 40_000)
    exact = exact_batch(memory, shots, settings.seed, levels=4).detection_events
    engine = engine_batch(memory, _ENGINE_SHOTS * shots, settings.seed).detection_events
    found = [np.cov(bits, rowvar=False) for bits in (exact, engine)]
    worst = np.unravel_index(np.abs(found[0] - found[1]).argmax(), found[0].shape)
    note = (
        f"covariance of detectors {worst[0]} and {worst[1]}: {found[0][worst]:.3f} exact, {found[1][worst]:.3f} twirled"
    )
    about = "pairs of detectors beside a leaked data qubit of the d=2 patch, phase 0.69 pi on its partners"
    deviations = all_deviations(exact, engine)
    return Check("coherent phase on partners", about, "measured", shots, float(deviations.max()),
                 comparisons=len(deviations), note=note)  # fmt: skip


def _relaxation(settings: Settings) -> Check:
    """Relaxation of 1 to 0, which its Pauli twirl takes for flips either way: no leakage involved."""
    device = Device.preset("miao2023").without_leakage()
    memory = memory_experiment(code="repetition", distance=3, rounds=_ROUNDS, strategy="MLR", device=device)
    shots = settings.shots(2_000, 10_000)
    exact = _numbers(memory, exact_batch(memory, shots, settings.seed, mode="coherent", idle="kraus", levels=4))[1]
    engine = _numbers(memory, engine_batch(memory, _ENGINE_SHOTS * shots, settings.seed))[1]
    worst = abs(exact[0] - engine[0]) / math.hypot(exact[1], engine[1])
    note = f"{_with_error(*exact)} exact, {_with_error(*engine)} twirled"
    about = "detection fraction without leakage: relaxation of data qubits as it is and as Paulis"
    return Check("relaxation of 1 to 0", about, "measured", shots, worst, comparisons=1, note=note)


def _columns(
    points: list[tuple[float, float, float]],
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    return tuple(p[0] for p in points), tuple(p[1] for p in points), tuple(p[2] for p in points)


def _numbers(memory: MemoryExperiment, batch: ShotBatch) -> list[tuple[float, float]]:
    """Data leakage at the end, detection fraction of the last rounds, logical error; each with its standard error."""
    leaked = float(memory.leakage_population(batch)[-1])
    events = batch.detection_events
    fractions = events[:, events.shape[1] // 2 :].mean(axis=1)
    failed = float((decode(memory.circuit, batch) != batch.observable_flips).any(axis=1).mean())
    return [
        (leaked, math.sqrt(leaked * (1 - leaked) / (batch.shots * len(memory.qubits("data"))))),
        (float(fractions.mean()), float(np.std(fractions)) / math.sqrt(batch.shots)),
        (failed, math.sqrt(failed * (1 - failed) / batch.shots)),
    ]


def _with_error(value: float, error: float) -> str:
    return f"{100 * value:.3g} ± {100 * error:.1g} %"
