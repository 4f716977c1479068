"""A report as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Report = dict[str, Any]


def markdown(report: Report) -> str:
    """All tables of a report."""
    parts = [_headline(report), "## Goals", goals_table(report), "## Sampling", levels_table(report)]
    if report["peers"]:
        parts += ["## Against other simulators of leakage, on their model", _peers_intro(report), peers_table(report)]
    if report["whole"]:
        parts += ["## Whole runs", _whole(report)]
    return "\n\n".join(parts) + "\n"


def goals_table(report: Report) -> str:
    """Goals against what was reached; ratios are the worst of the distances measured."""
    rows = [
        (g["name"], g["goal"], "not measured" if g["reached"] is None else _number(g["reached"]), _mark(g["met"]))
        for g in report["goals"]
    ]
    return _table(("", "goal", "reached", ""), rows)


def levels_table(report: Report) -> str:
    """Sampling by distance and amount of leakage."""
    rows = []
    for row in report["levels"]:
        rate = row["shots_per_s"]
        over = row["ratio_to_decoding"]
        rows.append(
            (
                row["distance"], row["level"], _rate(rate["qec_leak"]), _rate(rate["stim"]),
                f"{row['ratio_to_stim']:.2f}", f"{row['ns_per_qubit_round_shot']:.2f}",
                "" if over is None else f"{over:.0f}",
            )
        )  # fmt: skip
    head = (
        "d",
        "leakage",
        "qec_leak, shots/s",
        "Stim, shots/s",
        "ratio",
        "ns a qubit, round and shot",
        "over decoding",
    )
    return _table(head, rows)


def readme_table(report: Report) -> str:
    """Ratios to Stim without leakage, and to the peers: one line a distance."""
    levels = list(dict.fromkeys(row["level"] for row in report["levels"]))
    ratio = {(row["distance"], row["level"]): row["ratio_to_stim"] for row in report["levels"]}
    cost = {(row["distance"], row["level"]): row["shots_per_s"]["qec_leak"] for row in report["levels"]}
    rows: list[tuple[object, ...]] = [
        (d, *(f"{ratio[d, level]:.1f}" for level in levels), _rate(cost[d, "DQLR"]))
        for d in dict.fromkeys(row["distance"] for row in report["levels"])
    ]
    return _table(("d", *(_LEVEL_NAMES[level] for level in levels), "shots/s under DQLR"), rows)


_LEVEL_NAMES = {"PAULI": "no leakage", "DQLR": "DQLR", "MLR": "MLR", "NO_RESET": "no reset"}


def peers_table(report: Report) -> str:
    """How many times faster this engine is than each of the others, on the same model of leakage."""
    names = list(dict.fromkeys(name for row in report["peers"] for name in row["over"]))
    rows = []
    for row in report["peers"]:
        fired = ", ".join(f"{value:.4f}" for value in row["detection_fraction"].values())
        over = [f"{row['over'][n]:.{0 if row['over'][n] > 100 else 1}f}" if n in row["over"] else "" for n in names]
        rows.append((row["distance"], _rate(row["shots_per_s"]["qec_leak"]), *over, fired))
    return _table(("d", "qec_leak, shots/s", *(f"over {name}" for name in names), "detection fraction of each"), rows)


def _headline(report: Report) -> str:
    return (
        f"qec_leak {report['qec_leak']}, Stim {report['stim']}, PyMatching {report['pymatching']}, "
        f"{report['machine']}, Python {report['python']}. One thread, medians of {report['repeats']} "
        f"turns, device {report['device']}, {report['rounds']} rounds. Stim samples the same "
        "circuit without leakage."
    )


def _peers_intro(report: Report) -> str:
    versions = {name: v for row in report["peers"] for name, v in row["versions"].items()}
    return (
        f"{', '.join(f'{name} {v}' for name, v in versions.items())}; one circuit, each in its own input format "
        "(`benchmarks/peer_job.py`). Stim samples it without leakage."
    )


def _whole(report: Report) -> str:
    whole = report["whole"]
    rows: list[tuple[object, ...]] = []
    for run in whole.get("runs", ()):
        rows.append((f"decoding alone / whole run, d = {run['distance']}", f"{run['ratio']:.3f}"))
    if "threads" in whole:
        part = whole["threads"]
        same = "the same bits" if part["same_bits"] else "OTHER BITS"
        rows.append((f"two threads over one, d = {part['distance']}, {same}", f"{part['ratio']:.2f}"))
    if whole.get("memory"):
        part = whole["memory"]
        for shots, peak in zip(part["shots"], part["peak_mib"], strict=True):
            rows.append((f"peak memory of a run, d = {part['distance']}, {shots:,} shots", f"{peak:.0f} MiB"))
    if "first_batch" in whole:
        rows.append(("compile and first batch, kernel cache empty", f"{whole['first_batch']['cold_s']:.1f} s"))
        for distance, seconds in whole["first_batch"]["warm_s"].items():
            rows.append((f"compile and first batch, cache warm, d = {distance}", f"{seconds:.2f} s"))
    if "startup" in whole:
        rows.append(("`import qec_leak`", f"{whole['startup']['import_s']:.2f} s"))
        rows.append(("`qec-leak --help`", f"{whole['startup']['help_s']:.2f} s"))
    return _table(("", ""), rows)


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _rate(shots_per_s: float) -> str:
    return f"{shots_per_s:,.0f}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _mark(met: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[met]
