"""pyproject.toml, the conda recipe, the container, the workflow and the citation agree with each other."""

import importlib
import re
import tomllib
from pathlib import Path

import jinja2
import yaml

import qec_leak

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
VERSIONS = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
"""Versions of Python that the classifiers name, oldest first."""

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


def test_conda_builds_and_starts_what_pip_does():
    host = requirements(recipe()["requirements"]["host"])
    assert requirements(PYPROJECT["build-system"]["requires"]).items() <= host.items()
    assert host["python"] == PROJECT["requires-python"]
    assert recipe()["build"]["entry_points"] == [f"{name} = {place}" for name, place in PROJECT["scripts"].items()]
    about = recipe()["about"]
    assert (about["summary"], about["license"]) == (PROJECT["description"], PROJECT["license"])
    assert (ROOT / about["license_file"]).is_file() and [about["license_file"]] == PROJECT["license-files"]


def test_entry_points_exist():
    for place in PROJECT["scripts"].values():
        module, _, name = place.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_extras_ask_for_one_version_of_a_package():
    asked = {}
    for lines in (PROJECT["dependencies"], *EXTRAS.values()):
        for line in lines:
            name, rest = re.fullmatch(r"([\w-]+(?:\[[\w,]+\])?)\s*(.*)", line).groups()
            asked.setdefault(name.lower(), set()).add(rest.replace(" ", ""))
    assert {name: versions for name, versions in asked.items() if len(versions) > 1} == {}


def test_extras_that_texts_name_exist():
    paths = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "qec_leak").rglob("*.py"), ROOT / "Makefile")
    named = {extra for path in paths for extra in re.findall(r"qec-leak\[([\w-]+)\]", path.read_text("utf-8"))}
    assert {"cluster"} <= named <= set(EXTRAS)


def test_the_container_runs_the_demo():
    command = re.search(r"^CMD \[(.*?)\]", (ROOT / "Containerfile").read_text(), re.MULTILINE | re.DOTALL)[1]
    words = re.findall(r'"([^"]*)"', command)
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    demo = re.search(r"qec-leak (run .*)", makefile)[1].replace("$(OUT)", "demo")
    assert words == ["qec-leak", *demo.split()]


def test_the_container_has_what_the_build_needs():
    text = (ROOT / "Containerfile").read_text()
    copied = {name for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE) for name in line.split()}
    build = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        "pyproject.toml",
        PROJECT["readme"],
        *PROJECT["license-files"],
        *build["packages"],
        *build["force-include"],
    }
    assert copied == needed and all((ROOT / name).exists() for name in copied)
    assert re.search(r"^FROM \S+/python:(3\.\d+)-", text, re.MULTILINE)[1] in VERSIONS


def test_pages_mount_the_folder_into_which_the_container_writes():
    text = (ROOT / "Containerfile").read_text()
    folder = re.search(r"^WORKDIR (\S+)", text, re.MULTILINE)[1]
    mounted = re.findall(r'-v "[^":]*:([^"]*)"', text + (ROOT / "docs" / "how-to" / "install.md").read_text())
    assert len(mounted) >= 2 and set(mounted) == {folder}


def test_the_workflow_tries_every_python():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    matrix = jobs["wheel"]["strategy"]["matrix"]
    assert matrix["python"] == VERSIONS and {more["python"] for more in matrix["include"]} <= set(VERSIONS)
    assert f">={VERSIONS[0]}" == PROJECT["requires-python"]
    set_up = [
        step["with"]["python-version"]
        for job in jobs.values()
        for step in job["steps"]
        if "python-version" in step.get("with", {})
    ]
    assert set(set_up) - {"${{ matrix.python }}"} <= set(VERSIONS) and VERSIONS[0] in set_up
    assert set(jobs["release"]["needs"]) == {"test", "build", "wheel"}


def test_the_workflow_runs_what_there_is():
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake ([\w-]+)", re.sub(r"^#.*\n", "", text))) <= set(targets)
    scripts = re.findall(r"\bpython (\S+\.py)", text)
    assert scripts and all((ROOT / script).is_file() for script in scripts)
    name = PROJECT["name"].replace("-", "_")
    assert f'test -f "dist/{name}-' in text


def test_tools_take_the_oldest_python():
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{VERSIONS[0].replace('.', '')}"
    named = re.findall(r"Python (3\.\d+) or later", "".join((ROOT / name).read_text() for name in (
        "README.md", "Makefile", "docs/how-to/install.md", "docs/tutorials/index.md")))  # fmt: skip
    assert len(named) >= 4 and set(named) == {VERSIONS[0]}
    minor = VERSIONS[0].replace(".", ", ")
    assert f"sys.version_info >= ({minor})" in (ROOT / "Makefile").read_text()


def test_the_citation_is_complete():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation) and citation["license"] == PROJECT["license"]
    assert citation["keywords"] == PROJECT["keywords"]


def test_the_site_describes_the_package_in_the_same_words():
    text = (ROOT / "mkdocs.yml").read_text()
    assert re.search(r"^site_description: (.*)$", text, re.MULTILINE)[1] == PROJECT["description"]
