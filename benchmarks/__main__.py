"""Sampling with leakage against Stim without, against decoding, and against other simulators of leakage.

Jobs on one circuit take turns on one core, in one thread; what to compare are the ratios of one run. Peers run where
QEC_LEAK_PEERS names a folder with their environments (`make peers`). Writes results.json and results.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

import qec_leak as ql
from benchmarks.goals import GOALS
from benchmarks.levels import level_rows
from benchmarks.peers import PEERS, interpreter, peer_row
from benchmarks.report import markdown
from benchmarks.timing import Effort, pin_to_one_core, unpin
from benchmarks.whole import first_batch, peak_memory, run_over_decoding, startup, two_threads

HERE = Path(__file__).parent
PARTS = ("levels", "peers", "whole")


def main() -> None:
    args = _arguments()
    device = ql.Device.preset(args.device)
    effort = Effort(args.repeats, args.seconds)
    report: dict[str, Any] = {
        "qec_leak": ql.__version__,
        "stim": version("stim"),
        "pymatching": version("pymatching"),
        "python": platform.python_version(),
        "machine": _machine(),
        "device": args.device,
        "rounds": args.rounds,
        "repeats": args.repeats,
        "quick": args.quick,
        **_earlier(args.out, args.parts),
    }
    cores = pin_to_one_core()
    if "levels" in args.parts:
        report["levels"] = level_rows(args.distances, args.rounds, device, effort, lambda t: _bar(t, "sampling"))
    if "peers" in args.parts:
        names = _installed_peers()
        for distance in _bar(args.peer_distances if names else [], "peers"):
            report["peers"].append(peer_row(names, distance, args.rounds, effort))
    unpin(cores)
    if "whole" in args.parts:
        report["whole"] = _whole(args, device)
    report["goals"] = [goal.line(report) for goal in GOALS]
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "results.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (args.out / "results.md").write_text(markdown(report), encoding="utf-8")
    print(markdown(report))


def _earlier(out: Path, parts: list[str]) -> dict[str, Any]:
    """Parts that are not measured now, from the results in the folder."""
    nothing: dict[str, Any] = {"levels": [], "peers": [], "whole": {}}
    kept = [part for part in PARTS if part not in parts]
    if not kept or not (out / "results.json").is_file():
        return nothing
    before = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return nothing | {part: before.get(part, nothing[part]) for part in kept}


def _whole(args: argparse.Namespace, device: ql.Device) -> dict[str, Any]:
    few, many = (1000, 5000) if args.quick else (10_000, 200_000)
    seconds = 0.3 if args.quick else 2.0
    distances = (3,) if args.quick else (3, 5, 7, 11)
    # Things that take long are repeated less: they are compared with limits, not with each other.
    return {
        "runs": [run_over_decoding(d, args.rounds, device, args.repeats, seconds) for d in _bar(distances, "runs")],
        "threads": two_threads(7, args.rounds, device, args.repeats, min(seconds, 1.0)),
        "startup": startup(args.repeats),
        "first_batch": first_batch(args.device, (5,) if args.quick else (3, 5, 11)),
        "memory": peak_memory(11, few, many, args.device),
    }


def _installed_peers() -> list[str]:
    names = [name for name in PEERS if interpreter(name) is not None]
    for name in PEERS:
        if name not in names:
            print(f"{name} is not installed: left out (make peers, then set QEC_LEAK_PEERS)", file=sys.stderr)
    return names


def _machine() -> str:
    try:
        with open("/proc/cpuinfo") as info:
            model = next(line.partition(":")[2].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {platform.system()}"


def _bar(items: Any, name: str) -> Any:
    return tqdm(items, desc=name, unit="", disable=None, leave=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--distances", type=int, nargs="+", default=[3, 5, 7, 11, 21, 31])
    parser.add_argument("--peer-distances", type=int, nargs="+", default=[3, 5, 7, 11, 21])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=0.3, help="aimed length of one timed run")
    parser.add_argument("--device", default="miao2023")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure; the rest stays as it was"
    )
    parser.add_argument("--quick", action="store_true", help="a look at everything in a minute or two")
    parser.add_argument(
        "--out", type=Path, default=None, help="folder of the results  [default: benchmarks/, quick: .]"
    )
    args = parser.parse_args()
    if args.quick:
        args.distances, args.peer_distances = [3, 5, 7], [5]
        args.repeats, args.seconds = 3, 0.05
    args.out = args.out or (Path() if args.quick else HERE)
    return args


if __name__ == "__main__":
    main()
