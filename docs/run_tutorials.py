"""Run the tutorials as a reader would, and write what they print into them. Run it after results changed.

Usage: python docs/run_tutorials.py [PAGE ...]

Every page of docs/tutorials is run from top to bottom in an empty folder:

- a block ```toml title="NAME"``` (or text, stim, python with a title) is saved as the file NAME,
- a block ```console``` runs its lines that start with "$ "; what they print stands behind them,
- a block ```python``` runs in one Python session for the page; the ```text``` block behind it has what it prints,
- ```sh``` is for what the reader has done before, and is not run,
- a picture in docs/tutorials/pictures is one that the page has made under the same name.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from qec_leak.cli import main

TUTORIALS = Path(__file__).parent / "tutorials"
BLOCK = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```\n', re.MULTILINE | re.DOTALL
)
OUTPUT = re.compile(r"\n?```text\n(.*?)```\n", re.DOTALL)
SECONDS = re.compile(r" +(?:\d+ h(?: \d+ min)?|\d+ min(?: [\d.]+ s)?|[\d.]+ s)\b")
"""Times, which differ from run to run."""

PICTURE = re.compile(r"\]\(pictures/([\w.-]+)\)")


def pages() -> list[Path]:
    """The tutorials that have something to run."""
    return [path for path in sorted(TUTORIALS.glob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


def renewed(text: str, folder: Path) -> str:
    """The page's text with what its blocks print when they are run in ``folder``."""
    out, position, session = [], 0, {"__name__": "__main__"}
    with _inside(folder):
        while block := BLOCK.search(text, position):
            out.append(text[position : block.start()])
            position = block.end()
            language, title, body = block["language"], block["title"], block["body"]
            if title:
                Path(title).write_text(body, encoding="utf-8")
            elif language == "console":
                body = "".join(_command(line) for line in _commands(body))
                out.append(f"```console\n{body}```\n")
                continue
            elif language == "python":
                printed = _captured(lambda body=body: exec(compile(body, "<tutorial>", "exec"), session))
                said = OUTPUT.match(text, position)
                position = said.end() if said else position
                out.append(block[0] + (f"\n```text\n{printed}```\n" if printed else ""))
                continue
            out.append(block[0])
    return "".join(out) + text[position:]


def without_times(text: str) -> str:
    """The text with every time, and the space before it, as one word."""
    return SECONDS.sub(" 0.0 s", text)


def _commands(body: str) -> list[str]:
    """The lines of a console block that are typed, those that go on behind a backslash included."""
    return [match[0] for match in re.finditer(r"^\$ (?:.*\\\n)*.*\n", body, re.MULTILINE)]


def _command(typed: str) -> str:
    """A typed line and what it prints."""
    words = typed.removeprefix("$ ").replace("\\\n", " ").strip()
    program, *arguments = shlex.split(words)
    if program == "qec-leak" and not {">", ">>", "|"} & set(arguments):
        return typed + _captured(lambda: main(arguments))
    code = "import sys; from qec_leak.cli import main; sys.exit(main())"
    shell = f'qec-leak() {{ {shlex.quote(sys.executable)} -c "{code}" "$@"; }}; {words}'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return typed + done.stdout


def _captured(run: Any) -> str:
    """What a call prints, errors of the command line included, progress left out."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        run()
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


@contextlib.contextmanager
def _inside(folder: Path) -> Any:
    """Work in a folder, and import from it."""
    sys.path.insert(0, "")
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path.remove("")


if __name__ == "__main__":
    chosen = [Path(name) for name in sys.argv[1:]] or pages()
    for path in chosen:
        before = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as name:
            after = renewed(before, Path(name))
            for picture in PICTURE.findall(after):
                (TUTORIALS / "pictures").mkdir(exist_ok=True)
                shutil.copy(next(Path(name).rglob(picture)), TUTORIALS / "pictures" / picture)
        same = without_times(before) == without_times(after)
        if not same:
            path.write_text(after, encoding="utf-8")
        print(f"{path}: {'as it was' if same else 'renewed'}")
