"""Mutations still find their text (quick), and all are caught (slow)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("run_mutations.py")


def test_every_mutation_finds_its_text(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import run_mutations

    assert len(run_mutations.MUTATIONS) >= 10
    run_mutations.copy_repository(tmp_path)
    for m in run_mutations.MUTATIONS:
        for path, text in m.apply(tmp_path).items():
            assert ast.dump(ast.parse(path.read_text())) != ast.dump(ast.parse(text)), m.name
            path.write_text(text)


def test_tokens_are_found_whatever_stands_between_and_whatever_they_are_called(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import run_mutations

    file = tmp_path / "qec_leak" / "moved" / "renamed.py"
    file.parent.mkdir(parents=True)
    text = (
        "def g(a):\n    return a + 1\n\nclass C:\n    def f(self, b):\n        return (b  # why\n                + 1)\n"
    )
    file.write_text(text)
    mutation = run_mutations.Mutation("m", "C.f", "__a + 1", "__a - 1")
    assert mutation.apply(tmp_path) == {file: text}
    assert file.read_text() == text.replace("b  # why\n                + 1", "b - 1")
    with pytest.raises(SystemExit, match=r"must find '__a \+ 1' once in C.f, but finds it 0 times"):
        mutation.apply(tmp_path)
    with pytest.raises(SystemExit, match="function h must be defined once, but is in nowhere"):
        run_mutations.Mutation("m", "h", "1", "2").apply(tmp_path)


@pytest.mark.slow
def test_every_mutation_is_caught():
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
