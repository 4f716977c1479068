"""Sampling with leakage against Stim without, and against decoding: python -m benchmarks [--distances 3 5 7 11]

Every job of a circuit runs in turn, several times, on one thread; medians and ratios of one run are what to compare.
Writes benchmarks/results.json and benchmarks/results.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import time
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

import qec_leak as ql
from benchmarks.jobs import LEVELS, Job, jobs_of

HERE = Path(__file__).parent


def shots_for(job: Job, seconds: float) -> int:
    """Shots that take about ``seconds``, in whole blocks (at most 1024 for decoding)."""
    job.run(1024)
    start = time.perf_counter()
    job.run(1024)
    blocks = int(seconds / max(time.perf_counter() - start, 1e-6))
    return 1024 if job.worker == "pymatching" else 1024 * max(1, blocks)


def measure(distance: int, rounds: int, repeats: int, seconds: float, device: ql.Device) -> list[dict[str, object]]:
    """Rows of one distance: medians of interleaved runs."""
    rows: list[dict[str, object]] = []
    for level in LEVELS:
        jobs, qubits = jobs_of(level, distance, rounds, device)
        shots = [shots_for(job, seconds) for job in jobs]
        times: list[list[float]] = [[] for _ in jobs]
        for _ in range(repeats):
            for job, n, taken in zip(jobs, shots, times, strict=True):
                start = time.perf_counter()
                job.run(n)
                taken.append((time.perf_counter() - start) / n)
        rates = {job.worker: 1 / statistics.median(taken) for job, taken in zip(jobs, times, strict=True)}
        rows.append(
            {
                "distance": distance,
                "rounds": rounds,
                "level": level,
                "shots_per_s": {worker: round(rate) for worker, rate in rates.items()},
                "ratio_to_stim": round(rates["qec_leak"] / rates["stim"], 2),
                "ratio_to_decoding": round(rates["qec_leak"] / rates["pymatching"], 1),
                "ns_per_qubit_round_shot": round(1e9 / (rates["qec_leak"] * qubits * rounds), 2),
            }
        )
    return rows


def table(report: dict[str, object]) -> str:
    """The report as Markdown."""
    lines = [
        f"qec_leak {report['qec_leak']}, stim {report['stim']}, {report['machine']}, Python {report['python']}, "
        f"one thread, median of {report['repeats']}; device {report['device']}; Stim samples the same circuit, leakage "
        "left out.",
        "",
        "| d | leakage | qec_leak, shots/s | Stim, shots/s | ratio | ns a qubit, round and shot | over decoding |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = report["rows"]
    assert isinstance(rows, list)
    for row in rows:
        rate = row["shots_per_s"]
        lines.append(
            f"| {row['distance']} | {row['level']} | {rate['qec_leak']:,} | {rate['stim']:,} | "
            f"{row['ratio_to_stim']} | {row['ns_per_qubit_round_shot']} | {row['ratio_to_decoding']} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--distances", type=int, nargs="+", default=[3, 5, 7, 11])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1, help="aimed length of one timed run")
    parser.add_argument("--device", default="miao2023")
    args = parser.parse_args()
    rows: list[dict[str, object]] = []
    for distance in tqdm(args.distances, unit=" distances", disable=None):
        rows += measure(distance, args.rounds, args.repeats, args.seconds, ql.Device.preset(args.device))
    report: dict[str, object] = {
        "qec_leak": ql.__version__,
        "stim": version("stim"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()} {platform.system()}",
        "device": args.device,
        "repeats": args.repeats,
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "rows": rows,
    }
    (HERE / "results.json").write_text(json.dumps(report, indent=2) + "\n")
    (HERE / "results.md").write_text(table(report))
    print(table(report))


if __name__ == "__main__":
    main()
