"""Tutorials, copied line by line, print what they say."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
SPEC = importlib.util.spec_from_file_location("run_tutorials", DOCS / "run_tutorials.py")
tutorials = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tutorials)


@pytest.mark.parametrize("page", tutorials.pages(), ids=lambda path: path.stem)
def test_a_tutorial_prints_what_it_says(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    after = tutorials.renewed(text, tmp_path)
    assert tutorials.without_times(after) == tutorials.without_times(text), "run docs/run_tutorials.py"
    for picture in tutorials.PICTURE.findall(text):
        assert list(tmp_path.rglob(picture)), f"no block makes {picture}"


def test_every_kind_of_block_is_run(tmp_path):
    page = (
        '```toml title="a.toml"\nx = 1\n```\n\n```console\n$ cat a.toml\nx = 2\n$ qec-leak device nobody\n```\n\n'
        "```python\nx = 3\nprint(x)\n```\n\n```text\n4\n```\n\n```python\nx += 1\n```\n\n```sh\nfalse\n```\n"
    )
    after = tutorials.renewed(page, tmp_path)
    assert "$ cat a.toml\nx = 1\n$ qec-leak" in after and "nobody\nqec-leak: error" in after
    assert "print(x)\n```\n\n```text\n3\n```\n" in after and "4\n" not in after
    assert tutorials.renewed(after, tmp_path) == after
