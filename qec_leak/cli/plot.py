"""``qec-leak plot``: curves of a results file, with likelihood bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qec_leak.sweep.summary import PointSummary

_QUANTITIES = ("logical_error_per_cycle", "logical_error_probability", "detection_fraction", "leakage", "lambda")

_EPILOG = """\b
Examples (KEY is a key of the sweep file, such as circuit.distance or cz.leakage, or of the metadata, such as d):
  qec-leak plot results.csv --x d --group strategy --where cz.leakage=1e-3
  qec-leak plot results.csv --x cz.leakage --group strategy --group d --y leakage --role measure
  qec-leak plot results.csv --x cz.leakage --group strategy --y lambda --out lambda.svg
"""


@click.command("plot", epilog=_EPILOG)
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--x", "x", metavar="KEY", required=True, help="Parameter of the horizontal axis.")
@click.option(
    "--y", "y", type=click.Choice(_QUANTITIES), default=_QUANTITIES[0], show_default=True, help="Quantity to draw."
)
@click.option("--group", metavar="KEY", multiple=True, help="One curve for each value; may be repeated.")
@click.option("--where", metavar="KEY=VALUE", multiple=True, help="Draw only points with this value; may be repeated.")
@click.option(
    "--role",
    type=click.Choice(["data", "measure", "removal"]),
    default="data",
    show_default=True,
    help="With --y leakage: the qubits whose leakage at the end of the last round is drawn.",
)
@click.option(
    "--scale",
    type=click.Choice(["auto", "linear", "log", "loglog", "logx"]),
    default="auto",
    show_default=True,
    help="Logarithmic axes: none (linear), y (log), x (logx), or both (loglog).",
)
@click.option("--title", default="", help="Text above the plot.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("plot.png"),
    show_default=True,
    help="Picture: .png, .svg or .pdf.",
)
def plot_command(
    results: tuple[Path, ...],
    x: str,
    y: str,
    group: tuple[str, ...],
    where: tuple[str, ...],
    role: str,
    scale: str,
    title: str,
    out: Path,
) -> None:
    """Draw a quantity of sweep results against one of their parameters.

    RESULTS are CSV files of `qec-leak sweep`. Other CSV files of sinter work too, but have logical errors only.

    A band holds the values whose likelihood is at least 1/1000 of the maximum. The points of a curve may differ in --x
    alone. If other parameters vary, give them with --group, or choose a value with --where.
    """
    from qec_leak import figures
    from qec_leak.cli.options import parse_overrides
    from qec_leak.figures.sweep_curves import plot_curves
    from qec_leak.sweep import read_results
    from qec_leak.sweep.curves import curves
    from qec_leak.sweep.summary import summarize

    if out.suffix not in (".png", ".svg", ".pdf"):
        raise ValueError(f"`--out` must end in .png, .svg or .pdf, but is {str(out)!r}; rename it")
    summaries = _chosen(summarize(row for path in results for row in read_results(path)), parse_overrides(where))
    drawn = curves(summaries, x=x, y=y, group=group, role=role)
    if not drawn:
        raise ValueError(
            "`--y lambda` must have points at distances d and d + 2, but there are none; choose another --y"
        )
    figure, [axes] = figures.new_figure()
    plot_curves(axes, drawn, x=x, y=y, role=role, scale=scale, title=title or None)
    figures.save_figure(figure, out)
    count = sum(len(curve.points) for curve in drawn)
    click.echo(f"{out}: {len(drawn)} curve{'s' if len(drawn) > 1 else ''}, {count} points")


def _chosen(summaries: Sequence[PointSummary], wanted: Mapping[str, Any]) -> list[PointSummary]:
    """The points that have all the values."""

    def has(summary: PointSummary, key: str, value: Any) -> bool:
        try:
            return bool(summary.value(key) == value)
        except KeyError:
            return False

    out = [s for s in summaries if all(has(s, key, value) for key, value in wanted.items())]
    if not out:
        listed = ", ".join(f"{key}={value}" for key, value in wanted.items())
        what = f"points with {listed}" if listed else "points"
        raise ValueError(f"the results must hold {what}, but hold none; see what they hold with: qec-leak status")
    return out
