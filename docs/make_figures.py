"""Write docs/figures.md and the pictures in docs/figures/ from full results.

Usage: python docs/make_figures.py RESULTS [NAME ...]

RESULTS is the folder of `qec-leak figure all --out RESULTS`. Figures that it has no results of are left out, and named;
results of an older experiment, device or version are refused. With names, only those figures are made anew, and the
sections of all others stay as they are: right if nothing that they depend on has changed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from qec_leak.figures.style import house_style
from qec_leak.studies import FIGURES, Experiment, PaperFigure, Results

DOCS = Path(__file__).parent
DPI = 150
NOTEBOOKS = sorted((DOCS.parent / "notebooks").glob("*.ipynb"))

HEAD = """# The paper's figures

Each figure of Miao et al. (Nature Physics 19, 1780), and what they do not show, from one command. Written by
`docs/make_figures.py` from full results; nothing here is edited by hand. "Measured" are numbers of the paper, all
others come out of the simulation with their standard errors; which of the device's parameters were fitted is in
`experiments/fit_NAME.py`. What is sampled is in `experiments/NAME.toml`; `--set device.cz.leakage=2e-4` and the
like change it, `--quick` takes seconds. The notebooks in `notebooks/` explain the figures, and assert on their numbers.
"""


def results_for(figure: PaperFigure, folder: Path) -> Results | None:
    """Full results of the present experiment; None if there are none."""
    path = figure.source.path(folder)
    if not path.exists():
        return None
    if Results.load(path).fingerprint != figure.source.fingerprint(Experiment.find(figure.study)):
        raise SystemExit(f"{path} is out of date; run: qec-leak figure {figure.name} --out {folder}")
    return Results.load(path)


def section(figure: PaperFigure, results: Results) -> str:
    """Draw one figure; its part of the page."""
    (DOCS / "figures").mkdir(exist_ok=True)
    with house_style():
        figure.draw(results).savefig(DOCS / "figures" / f"{figure.name}.png", dpi=DPI, metadata={"Software": None})
    lines = [f"## {figure.name}", "", f"    qec-leak figure {figure.name}", ""]
    lines += [f"![{figure.title}](figures/{figure.name}.png)", ""]
    if figure.animate is not None:
        figure.animate(results, DOCS / "figures" / f"{figure.name}.gif")
        lines += [f"![{figure.title}, animated](figures/{figure.name}.gif)", ""]
    lines += [f"*{figure.title[0].upper()}{figure.title[1:]}.* {figure.caption}", ""]
    lines += ["```text", *(f"{name:<42} {number}" for name, number in figure.numbers(results).items()), "```", ""]
    notebook = next((path for path in NOTEBOOKS if f'FIGURES[\\"{figure.name}\\"]' in path.read_text("utf-8")), None)
    if notebook is not None:
        lines += [f"Explained in [{notebook.name}](../notebooks/{notebook.name}).", ""]
    seconds = results.metadata["seconds"]
    shots = results.metadata["experiment"]["stop"]["max_shots"]
    if shots > 1:
        lines += [f"At most {shots:,} shots a point, {seconds:.0f} s of sampling.", ""]
    return "\n".join(lines)


def sections_of(page: str) -> dict[str, str]:
    """The sections of the page by figure."""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0].removeprefix("## "): part.rstrip("\n") + "\n" for part in parts}


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder, names, page = Path(sys.argv[1]), sys.argv[2:], DOCS / "figures.md"
    if unknown := set(names) - set(FIGURES):
        raise SystemExit(f"`NAME` must be one of {', '.join(FIGURES)}, but is {', '.join(unknown)}; correct it")
    kept = sections_of(page.read_text(encoding="utf-8")) if names else {}
    found = {name: results_for(figure, folder) for name, figure in FIGURES.items() if not names or name in names}
    made = {name: section(FIGURES[name], results) for name, results in found.items() if results is not None}
    sections = {**kept, **made}
    page.write_text("\n".join([HEAD, *(sections[name] for name in FIGURES if name in sections)]), encoding="utf-8")
    missing = [name for name, results in found.items() if results is None]
    if missing:
        print(f"without results, left out: {', '.join(missing)}", file=sys.stderr)


if __name__ == "__main__":
    main()
