"""Execute the notebooks in place, on full results, so that they read well without being run.

Usage: python notebooks/execute.py RESULTS [NOTEBOOK.ipynb ...]

RESULTS is the folder of `qec-leak figure all --out RESULTS`; what it lacks is sampled into it. Without names all
notebooks are executed. The same results give the same file. The tests run the quick variants (pytest --nbmake).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def execute(path: Path) -> None:
    """Run one notebook and write it with its outputs, without timestamps."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=3600, record_timing=False, resources={"metadata": {"path": FOLDER}})
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata["language_info"] = {"name": "python"}  # not the version of this very interpreter
    nbformat.write(notebook, path)


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    os.environ["QEC_LEAK_RESULTS"] = str(Path(sys.argv[1]).resolve())
    names = [Path(name) for name in sys.argv[2:]] or sorted(FOLDER.glob("*.ipynb"))
    for path in names:
        execute(path)
        print(path)


if __name__ == "__main__":
    main()
