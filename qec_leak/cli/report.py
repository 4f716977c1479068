"""The table that `run` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qec_leak.cli.sampling import StrategyResult


SATURATED = 0.4
"""Logical error per shot beyond which an error per cycle is not printed: errors of many cycles have cancelled."""


def is_saturated(result: StrategyResult) -> bool:
    """True where so many shots have a logical error that the error per cycle cannot be told."""
    return result.errors > SATURATED * result.shots


def percent(value: float, digits: int = 3) -> str:
    """A probability as percent with ``digits`` significant digits: 0.0502 -> "5.02 %"."""
    if value == 0.0:
        return "0 %"
    text = f"{100 * value:.{digits}g}"
    if "e" in text:
        return f"{float(text):.1e} %"
    return f"{text} %" if digits > 3 else f"{_padded(100 * value, digits)} %"


def _padded(value: float, digits: int) -> str:
    """``value`` with ``digits`` significant digits, trailing zeros kept: 5.1 -> "5.10"."""
    import math

    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    if len(text.replace(".", "").lstrip("0")) > digits and decimals:  # rounded up to the next power of ten
        text = f"{value:.{decimals - 1}f}"
    return text


def text_table(header: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> str:
    """Columns padded to their width, the first one left-aligned; header lines above a rule."""
    lines = [*header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]

    def join(line: Sequence[str]) -> str:
        cells = [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([*map(join, header), rule, *map(join, rows)])


def result_table(results: Mapping[str, StrategyResult]) -> str:
    """Leakage at the end, detection fractions by weight, logical error per cycle (if it means something), one line a
    strategy."""
    from qec_leak.analysis import logical_error_per_cycle_fit

    first = next(iter(results.values()))
    weights = first.detection.layout.weights
    header = [
        ["", "data", "measure", *["detection" for _ in weights], "logical error", ""],
        ["strategy", "leakage", "leakage", *[f"weight {w}" for w in weights], "per cycle", "likelihood interval"],
    ]
    rows = []
    for strategy, result in results.items():
        fit = logical_error_per_cycle_fit(result.shots, result.errors, result.memory.rounds)
        leakage = [percent(float(result.populations.leakage_population(role)[-1])) for role in ("data", "measure")]
        fractions = [percent(result.detection.bulk_fraction(weight)) for weight in weights]
        error = [percent(fit.best), f"{percent(fit.low)} to {percent(fit.high)}"]
        if is_saturated(result):
            error = ["saturated", "take fewer rounds"]
        rows.append([strategy, *leakage, *fractions, *error])
    return text_table(header, rows)
