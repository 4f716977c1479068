"""Mutation check: do the quick tests notice when the engine is broken in a stated way?

    python tests/mutation/run_mutations.py [--both] [--only WORD]

The package and its tests are copied to a temporary folder; each mutation is an exact replacement of text there, after
which the tests named below run, and `qec-leak validate` where they pass (with --both: always). A mutation is caught if
either fails. The unbroken copy must pass both. Exit status 1 if a mutation survives.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/unit/channels",
    "tests/unit/circuits/test_cycle.py",
    "tests/unit/circuits/test_dress.py",
    "tests/unit/circuits/test_ideal.py",
    "tests/unit/engine/test_calm.py",
    "tests/unit/engine/test_frozen_frame.py",
    "tests/unit/engine/test_levels.py",
    "tests/unit/engine/test_operations.py",
)
VALIDATE = ("--quick", "--only", "deg")


@dataclass(frozen=True)
class Mutation:
    """In ``file`` the only occurrence of ``old`` becomes ``new``; ``also`` is another (file, old, new)."""

    name: str
    file: str
    old: str
    new: str
    also: tuple[str, str, str] | None = None

    @property
    def edits(self) -> list[tuple[str, str, str]]:
        """(file, old, new) of all replacements, each in another file."""
        return [(self.file, self.old, self.new), *([self.also] if self.also else [])]

    def apply(self, root: Path) -> dict[Path, str]:
        """Break the copy at ``root``; returns the unbroken texts."""
        unbroken = {root / file: (root / file).read_text() for file, _, _ in self.edits}
        for file, old, new in self.edits:
            text = unbroken[root / file]
            if text.count(old) != 1:
                raise SystemExit(
                    f"mutation {self.name!r} must find {old!r} once in {file}, but finds it {text.count(old)} times; "
                    "state it anew"
                )
            (root / file).write_text(text.replace(old, new))
        return unbroken


# Those of programs and kernels take longest: each has Numba compile anew.
MUTATIONS = (
    Mutation(
        "return bit random",
        "qec_leak/channels/twirl.py",
        "Transition(w / total, *key) for key, w in weights.items()",
        "Transition(w / total / 2, *key[:3], tuple(None if r is None else b for r in key[3]))\n"
        "        for key, w in weights.items() for b in (0, 1)",
    ),
    Mutation(
        "value on return ignored",
        "qec_leak/program/actions.py",
        "value = left if left is not None else returned",
        "value = left if left is not None else returned and 0",
    ),
    Mutation(
        "leaving value ignored",
        "qec_leak/program/actions.py",
        "value = left if left is not None else returned",
        "value = 0 if left is not None else returned",
    ),
    Mutation(
        "partner's Z dropped",
        "qec_leak/program/actions.py",
        '| (FLIP_Z if pauli in "YZ" else 0)',
        "| 0",
    ),
    Mutation(
        "transport to the wrong qubit",
        "qec_leak/circuits/noise.py",
        'lines.append((_Line("II_ERROR", (), tag), (high, low)))',
        'lines.append((_Line("II_ERROR", (), tag), (low, high)))',
    ),
    Mutation(
        "DQLR without its second reset",
        "qec_leak/circuits/ideal.py",
        'tag=ISWAP)\n            circuit.append("TICK")\n            circuit.append("R", reset)\n',
        "tag=ISWAP)\n",
    ),
    Mutation(
        "NO_RESET compares neighbouring rounds",
        "qec_leak/circuits/strategy.py",
        "return 1 if self.resets_measure_qubits else 2",
        "return 1",
    ),
    Mutation(
        "heating rate doubled",
        "qec_leak/channels/operations.py",
        "kraus.heating(idle.heating_per_us, time_ns",
        "kraus.heating(2 * idle.heating_per_us, time_ns",
    ),
    Mutation(
        "Leakage iSWAP always complete",
        "qec_leak/channels/operations.py",
        "if dqlr.efficiency == 1.0:",
        "if True:",
    ),
    Mutation(
        "leaked qubit takes in frames",
        "qec_leak/engine/kernels/frames.py",
        "            if population[p] + population[q]:",
        "            if False:",
    ),
    Mutation(
        "reset clears leakage always",
        "qec_leak/engine/kernels/measurement.py",
        "            if table < 0:\n                continue",
        "            if table < 1000000:\n                continue",
    ),
    Mutation(
        "leaked qubit reads 0",
        "qec_leak/engine/kernels/measurement.py",
        "reads = _read_ones(t.readout[readout, 2], leaked & ~three",
        "reads = _read_ones(1.0 - t.readout[readout, 2], leaked & ~three",
    ),
    Mutation(
        "calm shots are left without their default",
        "qec_leak/engine/kernels/leaked_pairs.py",
        "            _do_defaults(start, first, last, site, t, b)\n",
        "",
    ),
    Mutation(
        "calm shots that are met have their default too",
        "qec_leak/engine/kernels/leaked_pairs.py",
        "met = load_vector(planes, partner + LEAKED) | noted",
        "met = load_vector(planes, partner + LEAKED)",
    ),
    Mutation(
        "leaked qubits are never anchored on the reference",
        "qec_leak/engine/kernels/measurement.py",
        "store_vector(planes, origin + X, (flips & ~leaked) | (leaked & reference))",
        "pass",
        # Anchoring after gates makes that of measurements redundant in most circuits.
        also=(
            "qec_leak/engine/kernels/frames.py",
            "return (x & ~leaked) | (leaked & all_if(value & 1))",
            "return x",
        ),
    ),
)


def copy_repository(target: Path) -> None:
    """The package, its tests and their settings."""
    for name in ("qec_leak", "tests"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, target / name)


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Exit status and output of ``python -m words`` on the copy."""
    # No .pyc files: a mutation in the second of the last one, of the same length, would go unnoticed.
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def failed_test(folder: Path) -> str:
    """The first of TESTS that fails; empty if all pass."""
    status, output = run(folder, "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *TESTS)
    if status == 0:
        return ""
    found = re.search(r"^FAILED (\S+)", output, re.MULTILINE)
    if status != 1 or found is None:
        raise SystemExit(f"the tests could not be run: exit status {status}\n{output[-2000:]}")
    return found[1]


def failed_check(folder: Path, scale: float) -> str:
    """The first check of the report that fails; empty if all pass."""
    status, output = run(folder, "qec_leak", "validate", *VALIDATE, "--scale", str(scale))
    if status == 0:
        return ""
    found = re.search(r"^ {3}(\S.*?)  .*fail", output, re.MULTILINE)
    if status != 1 or found is None:
        raise SystemExit(f"the report could not be made: exit status {status}\n{output[-2000:]}")
    return f"validate: {found[1]}"


def judge(folder: Path, *, both: bool, scale: float) -> str:
    """What catches the copy as it is; empty if nothing does."""
    test = failed_test(folder)
    check = failed_check(folder, scale) if both or not test else ""
    return "; ".join(part for part in (test, check) if part)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--both", action="store_true", help="run the report also where a test has failed")
    parser.add_argument("--only", default="", help="mutations whose name contains this")
    parser.add_argument("--scale", type=float, default=1.0, help="factor on the report's shots")
    args = parser.parse_args()
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_repository(folder)
        broken = judge(folder, both=True, scale=args.scale)
        if broken:
            raise SystemExit(f"the unbroken package must pass, but does not: {broken}; mend it first")
        print("unbroken: passes", flush=True)
        for mutation in MUTATIONS:
            if args.only not in mutation.name:
                continue
            start = time.perf_counter()
            unbroken = mutation.apply(folder)
            caught = judge(folder, both=args.both, scale=args.scale)
            for path, text in unbroken.items():
                path.write_text(text)
            survivors += not caught
            verdict = f"caught by {caught}" if caught else "SURVIVES"
            print(f"{mutation.name}: {verdict} ({time.perf_counter() - start:.0f} s)", flush=True)
    print(f"{survivors} survive" if survivors else "all caught")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
