"""The public address of the repository is written once, in pyproject.toml; all else takes it from there."""

import importlib
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
import yaml

ROOT = Path(__file__).parents[2]
MADE_UP = "https://example.org/somebody/qec_leak"
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture
def generate(monkeypatch):
    """docs/generate, as MkDocs imports it."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "docs" / "generate"), *sys.path])
    yield SimpleNamespace(address=importlib.import_module("address"), hook=importlib.import_module("hook"))
    for name in ("address", "hook", "commands", "device_file", "python_names"):
        sys.modules.pop(name, None)


@pytest.fixture
def known(generate, monkeypatch, tmp_path):
    """The same with the one line that a public address takes."""
    text = (ROOT / "pyproject.toml").read_text()
    changed = re.sub(r"^urls = .*\n", "", text, flags=re.MULTILINE)
    changed = changed.replace("[project]\n", f'[project]\nurls = {{ Repository = "{MADE_UP}" }}\n')
    (tmp_path / "pyproject.toml").write_text(changed)
    monkeypatch.setattr(generate.address, "PYPROJECT", tmp_path / "pyproject.toml")
    return SimpleNamespace(**vars(generate), pyproject=changed)


def test_no_other_file_has_it(generate):
    names = (".github/workflows/ci.yml", "mkdocs.yml", "CITATION.cff", "Containerfile", "packaging/conda/meta.yaml")
    texts = [path.read_text() for path in (*PAGES, *ROOT.glob("*.md"), *(ROOT / name for name in names))]
    address = generate.address.address()
    assert not [text for text in texts if (address and address in text) or re.search("repo_url|repository-code", text)]


def test_pages_that_need_it_explain_their_placeholder(generate):
    pages = [path for path in PAGES if re.search(r"\bREPOSITORY\b", path.read_text())]
    assert {path.name for path in pages} == {"install.md", "first-run.md"}
    assert all(len(generate.address.EXPLAINED.findall(path.read_text())) == 1 for path in pages)


def test_pages_are_as_they_are_without_an_address(generate):
    text = (ROOT / "docs" / "how-to" / "install.md").read_text()
    assert generate.address.with_address(text, None) == text


def test_the_site_takes_it(known):
    assert known.address.address() == MADE_UP
    for path in PAGES:
        shown = known.address.with_address(path.read_text(), MADE_UP)
        assert "REPOSITORY" not in shown and shown.count(MADE_UP) == (path.name in ("install.md", "first-run.md"))
    config = known.hook.on_config(SimpleNamespace(repo_url=None, repo_name=None))
    assert (config.repo_url, config.repo_name) == (MADE_UP, "qec_leak")


def test_the_conda_recipe_takes_it(known):
    def load_file_regex(load_file, regex_pattern):
        return re.search(regex_pattern, known.pyproject if load_file == "pyproject.toml" else '__version__ = "1"')

    template = jinja2.Template((ROOT / "packaging" / "conda" / "meta.yaml").read_text())
    recipe = yaml.safe_load(template.render(load_file_regex=load_file_regex, PYTHON="python"))
    assert recipe["about"]["home"] == MADE_UP
