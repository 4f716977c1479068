"""Mutation check: do the quick tests notice when the engine is broken in a stated way?

    python tests/mutation/run_mutations.py [--both] [--only WORD]

The package and its tests are copied to a temporary folder. Each mutation replaces some tokens of a function there. Then
the tests named below run, and `qec-leak validate` where they pass (with --both: always). A mutation is caught if either
fails. The unbroken copy must pass both. Exit status 1 if a mutation survives.
"""

from __future__ import annotations

import argparse
import ast
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tokenize
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/unit/channels",
    "tests/unit/circuits/test_cycle.py",
    "tests/unit/circuits/test_dress.py",
    "tests/unit/circuits/test_ideal.py",
    "tests/unit/engine/test_partner_of_leaked.py",
    "tests/unit/engine/test_frozen_frame.py",
    "tests/unit/engine/test_levels.py",
    "tests/unit/engine/test_operations.py",
)
VALIDATE = ("--quick", "--only", "deg")


@dataclass(frozen=True)
class Mutation:
    """The only occurrence of ``old`` in ``function`` becomes ``new``; ``also`` is another (function, old, new).

    A function is found by its name, wherever in the package it stands: "Class.method" for a method, "file:function"
    where other files have one of this name. ``old`` is found
    token by token, so spaces, line breaks and comments do not count. A name in it that begins with two underscores
    stands for any one token, the same wherever it occurs, and may be used in ``new``.
    """

    name: str
    function: str
    old: str
    new: str
    also: tuple[str, str, str] | None = None

    @property
    def edits(self) -> list[tuple[str, str, str]]:
        """(function, old, new) of all replacements."""
        return [(self.function, self.old, self.new), *([self.also] if self.also else [])]

    def apply(self, root: Path) -> dict[Path, str]:
        """Break the copy at ``root``; returns the unbroken texts."""
        unbroken: dict[Path, str] = {}
        for function, old, new in self.edits:
            path, first, last = only_function(root, function)
            text = path.read_text()
            unbroken.setdefault(path, text)
            found = occurrences(text, first, last, old)
            if len(found) != 1:
                raise SystemExit(
                    f"mutation {self.name!r} must find {old!r} once in {function}, but finds it {len(found)} times; "
                    "state it anew"
                )
            begin, end, names = found[0]
            for wildcard, token in names.items():
                new = re.sub(rf"\b{wildcard}\b", token, new)
            path.write_text(text[:begin] + new + text[end:])
        return unbroken


def only_function(root: Path, name: str) -> tuple[Path, int, int]:
    """The file of the only function of this name in the package, and its first and last line."""
    stem, _, qualified = name.rpartition(":")
    names = qualified.split(".")
    found = []
    for path in sorted((root / "qec_leak").rglob(f"{stem or '*'}.py")):
        text = path.read_text()
        if f"def {names[-1]}(" in text:
            found += [(path, node.lineno, node.end_lineno or 0) for node in functions(ast.parse(text), names)]
    if len(found) != 1:
        places = ", ".join(str(path.relative_to(root)) for path, _, _ in found) or "nowhere"
        raise SystemExit(f"function {name} must be defined once, but is in {places}; name it as it is called now")
    return found[0]


def functions(tree: ast.AST, names: list[str]) -> list[ast.FunctionDef]:
    """Functions at the end of a path of names, from a module or class."""
    inside = [node for node in ast.iter_child_nodes(tree) if getattr(node, "name", None) == names[0]]
    if len(names) > 1:
        return [found for node in inside for found in functions(node, names[1:])]
    return [node for node in inside if isinstance(node, ast.FunctionDef)]


def tokens(text: str) -> list[tokenize.TokenInfo]:
    """Tokens of some source that count."""
    skipped = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER)
    out = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in skipped and token.string.strip():
                out.append(token)
    except tokenize.TokenError:  # a bracket that stays open is no fault of a part of a statement
        pass
    return out


def occurrences(text: str, first: int, last: int, old: str) -> list[tuple[int, int, dict[str, str]]]:
    """(begin, end, what wildcards stand for) of ``old`` in lines first..last of ``text``."""
    starts = [0, *itertools.accumulate(len(line) for line in text.splitlines(keepends=True))]
    given = [token for token in tokens(text) if first <= token.start[0] <= last]
    wanted = [token.string for token in tokens(old)]
    found = []
    for k in range(len(given) - len(wanted) + 1):
        names: dict[str, str] = {}
        part = given[k : k + len(wanted)]
        if all(
            token.string == (names.setdefault(want, token.string) if want.startswith("__") else want)
            for token, want in zip(part, wanted, strict=True)
        ):
            (row, column), (end_row, end_column) = part[0].start, part[-1].end
            found.append((starts[row - 1] + column, starts[end_row - 1] + end_column, names))
    return found


# Those of programs and kernels take longest: each has Numba compile anew.
MUTATIONS = (
    Mutation(
        "return bit random",
        "twirl:_row",
        "Transition(w / total, *key) for key, w in weights.items()",
        "Transition(w / total / 2, *key[:3], tuple(None if r is None else b for r in key[3]))\n"
        "        for key, w in weights.items() for b in (0, 1)",
    ),
    Mutation(
        "value on return ignored",
        "actions:_action",
        "left if left is not None else returned",
        "left if left is not None else returned and 0",
    ),
    Mutation(
        "leaving value ignored",
        "actions:_action",
        "left if left is not None else returned",
        "0 if left is not None else returned",
    ),
    Mutation(
        "partner's Z dropped",
        "actions:_action",
        '| (FLIP_Z if pauli in "YZ" else 0)',
        "| 0",
    ),
    Mutation(
        "transport to the wrong qubit",
        "Cz.places",
        "yield Place(high_low(a, b, chip),",
        "yield Place(high_low(a, b, chip)[::-1],",
    ),
    Mutation(
        "DQLR without its second reset",
        "DataQubitLeakageRemoval.end_of_round",
        'dqlr_pairs) circuit.append("TICK") circuit.append("R", reset)',
        "dqlr_pairs)",
    ),
    Mutation(
        "NO_RESET compares neighbouring rounds",
        "_Plan._tell_one_before",
        "return self._end(number - 1).reset if number > 1",
        "return frozenset(self.patch.measure_qubits) if number > 1",
    ),
    Mutation(
        "heating rate doubled",
        "operations:idle_kraus",
        "kraus.heating(idle.heating_per_us, time_ns",
        "kraus.heating(2 * idle.heating_per_us, time_ns",
    ),
    Mutation(
        "Leakage iSWAP always complete",
        "leakage_iswap_kraus",
        "if dqlr.efficiency == 1.0:",
        "if True:",
    ),
    Mutation(
        "leaked qubit takes in frames",
        "apply_gates",
        "if population[__p] + population[__q]:",
        "if False:",
        # Nothing reads z of a leaked qubit. Gates carry it into x, and anchoring overwrites x.
        also=(
            "_anchored",
            "return (x & ~__leaked) | (__leaked & all_if(value & 1))",
            "return x",
        ),
    ),
    Mutation(
        "reset clears leakage always",
        "reset_qubits",
        "if table < 0: continue",
        "if table < 1000000: continue",
    ),
    Mutation(
        "leaked qubit reads 0",
        "measure_qubits",
        "t.readout[readout, 2]",
        "1.0 - t.readout[readout, 2]",
    ),
    Mutation(
        "leaked pairs are left without their default",
        "apply_to_leaked_pairs",
        "_do_defaults(start, first, last, site, t, b)",
        "pass",
    ),
    Mutation(
        "visited shots have their default too",
        "_default_of_partner",
        "load_vector(planes, partner + LEAKED) | noted",
        "load_vector(planes, partner + LEAKED)",
    ),
    Mutation(
        "leaked qubits are never anchored on the reference",
        "measure_qubits",
        "store_vector(planes, __at + X, (__flips & ~__leaked) | (__leaked & __reference))",
        "pass",
        # Anchoring after gates makes that of measurements redundant in most circuits.
        also=(
            "_anchored",
            "return (x & ~__leaked) | (__leaked & all_if(value & 1))",
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
