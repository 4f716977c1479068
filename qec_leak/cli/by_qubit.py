"""How much each qubit leaks: what `run` writes, prints and draws of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qec_leak.cli.sampling import StrategyResult


def qubits_csv(results: Mapping[str, StrategyResult]) -> str:
    """One line for each strategy and qubit: strategy, qubit, role, x, y; after the last round P(level >= 2),
    its standard error, and the populations of levels 2 and 3; the mean of the leakage over the rounds."""
    import csv
    import io

    text = io.StringIO()
    records = [record for strategy, result in results.items() for record in _records(strategy, result)]
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def qubit_table(results: Mapping[str, StrategyResult]) -> str:
    """Leakage of each qubit after the last round, a column for each strategy."""
    from qec_leak.cli.report import percent, text_table

    leakage: dict[int, dict[str, str]] = {}
    places: dict[int, list[str]] = {}
    for strategy, result in results.items():
        for r in _records(strategy, result):
            places[r["qubit"]] = [str(r["qubit"]), r["role"], f"{r['x']}, {r['y']}"]
            leakage.setdefault(r["qubit"], {})[strategy] = percent(r["leakage"])
    rows = [[*places[q], *(leakage[q].get(strategy, "") for strategy in results)] for q in sorted(places)]
    return text_table([["qubit", "role", "x, y", *results]], rows)


def draw_qubits(results: Mapping[str, StrategyResult], *paths: Path) -> None:
    """The leakage of each qubit on the lattice, side by side for the strategies."""
    from qec_leak import figures
    from qec_leak.cli.pictures import lattice_panels

    patch = next(iter(results.values())).memory.patch
    figure, panels = lattice_panels(patch, results)
    for (one, title), (strategy, result) in zip(panels, results.items(), strict=True):
        leakage = {record["qubit"]: record["leakage"] for record in _records(strategy, result)}
        figures.plot_qubit_leakage(one, patch, leakage, label="leakage", title=title)
    figures.save_figure(figure, *paths)


def _records(strategy: str, result: StrategyResult) -> Iterator[dict[str, Any]]:
    populations, patch = result.populations, result.memory.patch
    shots = populations.shots
    for qubit in sorted(q for members in populations.qubits.values() for q in members):
        x, y = patch.coordinates[qubit]
        last = populations.counts[-1, qubit] / shots
        leaked = float(last.sum())
        yield {
            "strategy": strategy,
            "qubit": qubit,
            "role": patch.role(qubit),
            "x": x,
            "y": y,
            "leakage": leaked,
            "leakage_error": math.sqrt(leaked * (1 - leaked) / shots),
            "level_2": float(last[0]),
            "level_3": float(last[1]),
            "leakage_mean": float(populations.counts[:, qubit].sum(axis=1).mean() / shots),
        }
