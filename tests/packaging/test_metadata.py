"""What packages say of qec_leak is said once: version, dependencies, the demo's command."""

import re
import tomllib
from pathlib import Path

import jinja2
import yaml

import qec_leak

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IN_CONDA = {"stim": "quantumlib-stim", "matplotlib": "matplotlib-base"}


def requirements(lines):
    """{name: version} of requirements, spaces left out."""
    matches = [re.fullmatch(r"([\w-]+)\s*(.*)", line) for line in lines]
    return {match[1]: match[2].replace(" ", "") for match in matches}


def recipe():
    def load_file_regex(load_file, regex_pattern):
        return re.search(regex_pattern, (ROOT / load_file).read_text())

    template = jinja2.Template((ROOT / "packaging" / "conda" / "meta.yaml").read_text())
    return yaml.safe_load(template.render(load_file_regex=load_file_regex, PYTHON="python"))


def test_the_version_is_written_once():
    files = ("pyproject.toml", "CITATION.cff", "Containerfile", "packaging/conda/meta.yaml", ".github/workflows/ci.yml")
    assert "version" in PROJECT["dynamic"] and recipe()["package"]["version"] == qec_leak.__version__
    assert not [name for name in files if f"{qec_leak.__version__}" in (ROOT / name).read_text()]


def test_conda_asks_for_what_pip_asks_for():
    wanted = {IN_CONDA.get(name, name): version for name, version in requirements(PROJECT["dependencies"]).items()}
    wanted["python"] = PROJECT["requires-python"]
    assert requirements(recipe()["requirements"]["run"]) == wanted
    environment = yaml.safe_load((ROOT / "packaging" / "conda" / "environment.yml").read_text())["dependencies"]
    given = requirements(line for line in environment if isinstance(line, str) and line != "pip")
    assert given.items() <= wanted.items()


def test_the_container_runs_the_demo():
    command = re.search(r"^CMD \[(.*?)\]", (ROOT / "Containerfile").read_text(), re.MULTILINE | re.DOTALL)[1]
    words = re.findall(r'"([^"]*)"', command)
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    demo = re.search(r"qec-leak (run .*)", makefile)[1].replace("$(OUT)", "demo")
    assert words == ["qec-leak", *demo.split()]


def test_the_workflow_tries_every_python():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert jobs["wheel"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert set(jobs["release"]["needs"]) == {"test", "build", "wheel"}


def test_the_citation_is_complete():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation) and citation["license"] == PROJECT["license"]
