"""What was aimed at, and what a report reached. All are ratios of one run, or limits of memory and waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

DISTANCES = (5, 7, 11, 21)
"""Distances that the ratios to Stim are aimed at; the worst of those measured counts."""

Report = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """``reached(report)`` is compared with ``limit``; None if the report has not measured it."""

    name: str
    limit: float
    at_least: bool
    reached: Callable[[Report], float | None]
    unit: str = ""

    def line(self, report: Report) -> dict[str, object]:
        """What to write down about it."""
        value = self.reached(report)
        met = None if value is None else value >= self.limit if self.at_least else value <= self.limit
        sign = ">=" if self.at_least else "<="
        return {"name": self.name, "goal": f"{sign} {self.limit:g}{self.unit}", "reached": value, "met": met}


def _worst_ratio(level: str) -> Callable[[Report], float | None]:
    def reached(report: Report) -> float | None:
        rows = (r for r in report["levels"] if r["level"] == level and r["distance"] in DISTANCES)
        return _least(r["ratio_to_stim"] for r in rows)

    return reached


def _worst_peer(name: str) -> Callable[[Report], float | None]:
    return lambda report: _least(row["over"][name] for row in report["peers"] if name in row["over"])


def _least(values: Iterable[float]) -> float | None:
    return min(values, default=None)


def _cost_spread(report: Report) -> float | None:
    """Largest over smallest cost per qubit, round and shot from d = 3 to 31, the worst of all levels."""
    by_level: dict[str, list[float]] = {}
    for row in report["levels"]:
        if 3 <= row["distance"] <= 31:
            by_level.setdefault(row["level"], []).append(row["ns_per_qubit_round_shot"])
    return max((max(costs) / min(costs) for costs in by_level.values() if len(costs) > 1), default=None)


def _memory_growth(report: Report) -> float | None:
    peaks = report["whole"].get("memory", {}).get("peak_mib")
    return None if not peaks else peaks[1] / peaks[0]


def _of(section: str, name: str) -> Callable[[Report], float | None]:
    def reached(report: Report) -> float | None:
        value = report["whole"].get(section, {}).get(name)
        if isinstance(value, dict):
            return max(value.values())
        return max(value) if isinstance(value, list) else value

    return reached


GOALS = (
    Goal("Stim's time, Pauli noise only", 8, True, _worst_ratio("PAULI")),
    Goal("Stim's time, DQLR", 5, True, _worst_ratio("DQLR")),
    Goal("Stim's time, MLR", 4, True, _worst_ratio("MLR")),
    Goal("Stim's time, NO_RESET", 2, True, _worst_ratio("NO_RESET")),
    Goal("deltakit-stim's time, its model", 6, True, _worst_peer("deltakit-stim")),
    Goal("leakysim's time, its tables", 700, True, _worst_peer("leakysim")),
    Goal("two threads over one", 1.85, True, _of("threads", "ratio")),
    Goal("largest over smallest cost per qubit, round and shot", 1.5, False, _cost_spread),
    Goal(
        "decoding alone over sampling and decoding",
        0.95,
        True,
        lambda report: _least(row["ratio"] for row in report["whole"].get("runs", ())),
    ),
    Goal("peak memory of many shots over few", 1.1, False, _memory_growth),
    Goal("peak memory, d = 11", 400, False, _of("memory", "peak_mib"), " MiB"),
    Goal("import qec_leak", 0.5, False, _of("startup", "import_s"), " s"),
    Goal("qec-leak --help", 0.7, False, _of("startup", "help_s"), " s"),
    Goal("compile + first batch, cache warm", 1, False, _of("first_batch", "warm_s"), " s"),
    Goal("compile + first batch, cache empty", 20, False, _of("first_batch", "cold_s"), " s"),
)
