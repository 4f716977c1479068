"""Write what is generated in README.md: the picture, the example's output, the table. Run it after physics changed.

Usage: python docs/update_readme.py
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
import tempfile
from pathlib import Path

from qec_leak.cli import main

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
EXAMPLE = re.compile(r"(<!-- example: .*?```python\n)(.*?)(```\n```text\n)(.*?)(```)", re.DOTALL)
TABLE = re.compile(r"(<!-- table: .*?```console\n)(.*?)(```)", re.DOTALL)

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
    text = README.read_text(encoding="utf-8")
    _, output = example_output(text)
    text = EXAMPLE.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{output}{m[5]}", text)
    shown = "$ qec-leak run --strategy NO_RESET --strategy MLR --strategy DQLR --device miao2023 --seed 1 --out demo\n"
    table = demo()
    text = TABLE.sub(lambda m: f"{m[1]}{shown}{table}{m[3]}", text)
    README.write_text(text, encoding="utf-8")
    sys.stdout.write(output + table)
