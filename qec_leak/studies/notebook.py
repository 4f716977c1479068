"""What the notebooks of the figures share: which results they show, and how they print numbers."""

from __future__ import annotations

import os
from typing import Any

from qec_leak.studies.registry import FIGURES
from qec_leak.studies.results import Results

folder: str | None = os.environ.get("QEC_LEAK_RESULTS") or None
"""Where ``qec-leak figure ... --out FOLDER`` has put full results; without it the quick variants are sampled."""

variant: dict[str, Any] = {"quick": folder is None, "folder": folder}
"""Arguments of ``results_of`` for the results that a notebook shows."""


def show_numbers(name: str, results: Results) -> None:
    """Print what is read off the results of a figure."""
    for key, number in FIGURES[name].numbers(results).items():
        print(f"{key:<48} {number}")
