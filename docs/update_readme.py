"""Write the picture and the example's output of README.md, and the tables of pages. Run it after physics changed.

Usage: python docs/update_readme.py
       python docs/update_readme.py --benchmark   only the tables of benchmarks
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from qec_leak.cli import main

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMPARISON = ROOT / "docs" / "how-to" / "compare.md"
WITH_BENCHMARKS = (ROOT / "docs" / "index.md", ROOT / "docs" / "performance.md")
EXAMPLE = re.compile(r"(<!-- example: .*?```python\n)(.*?)(```\n```text\n)(.*?)(```)", re.DOTALL)
TABLE = re.compile(r"(<!-- table: .*?```console\n)(.*?)(```)", re.DOTALL)

BENCHMARK = re.compile(
    r"(<!-- benchmark (\w+): [^\n]* from (\S+\.json) -->\n)(.*?)(<!-- end of benchmark -->)", re.DOTALL
)

DEMO = (
    "run --code surface --distance 3 --rounds 30 --basis Z --strategy NO_RESET --strategy MLR --strategy DQLR "
    "--device miao2023 --shots 100000 --seed 1 --out"
)
"""The command of `make demo`, without its folder."""


def example_output(text: str) -> tuple[str, str]:
    """What the README says its example prints, and what it does print."""
    match = EXAMPLE.search(text)
    assert match is not None, "README.md has lost its example"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(match[2], {})
    return match[4], printed.getvalue()


def with_benchmark_tables(text: str) -> str:
    """The text with its tables of benchmarks written anew, each from the report that it names."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from benchmarks import report as tables

    makers = {
        "goals": tables.goals_table,
        "levels": tables.levels_table,
        "peers": tables.peers_table,
        "readme": tables.readme_table,
    }

    def written(match: re.Match[str]) -> str:
        report = json.loads((ROOT / match[3]).read_text(encoding="utf-8"))
        return f"{match[1]}{makers[match[2]](report)}\n{match[5]}"

    return BENCHMARK.sub(written, text)


def write_benchmark_tables() -> None:
    """Tables of benchmarks in the pages that have some."""
    for path in WITH_BENCHMARKS:
        path.write_text(with_benchmark_tables(path.read_text(encoding="utf-8")), encoding="utf-8")


def demo() -> str:
    """Run the demo, put its picture into docs/, return what it printed up to the names of files."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(printed):
            status = main([*DEMO.split(), folder])
        assert status == 0
        shutil.copy(Path(folder) / "leakage.png", ROOT / "docs" / "leakage.png")
    return printed.getvalue().partition("\nPictures:")[0]


if __name__ == "__main__":
    write_benchmark_tables()
    if sys.argv[1:] == ["--benchmark"]:
        sys.exit()
    text = README.read_text(encoding="utf-8")
    _, output = example_output(text)
    text = EXAMPLE.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{output}{m[5]}", text)
    shown = "$ qec-leak run --strategy NO_RESET --strategy MLR --strategy DQLR --device miao2023 --seed 1 --out demo\n"
    table = demo()
    README.write_text(text, encoding="utf-8")
    page = TABLE.sub(lambda m: f"{m[1]}{shown}{table}{m[3]}", COMPARISON.read_text(encoding="utf-8"))
    COMPARISON.write_text(page, encoding="utf-8")
    sys.stdout.write(output + table)
