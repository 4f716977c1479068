"""``qec-leak patch``: which qubit is where, what it does, and with which it is paired."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qec_leak.cli.options import StrategyName, UpperChoice

if TYPE_CHECKING:
    from qec_leak.circuits.patch import Patch

_EPILOG = """\b
Examples:
  qec-leak patch --distance 5
  qec-leak patch --code repetition --distance 7 --out line.svg
  qec-leak patch --distance 3 --strategy MLR --json
"""


@click.command("patch", epilog=_EPILOG)
@click.option(
    "--code", type=click.Choice(["surface", "repetition"]), default="surface", show_default=True, help="Code."
)
@click.option("--distance", "-d", type=int, default=3, show_default=True, help="Code distance, odd.")
@click.option(
    "--form", type=UpperChoice(["CSS", "XZZX"]), default="CSS", show_default=True, help="Form of the surface code."
)
@click.option(
    "--strategy",
    type=StrategyName(),
    default="DQLR",
    show_default=True,
    help="Leakage removal: DQLR has pairs, and a removal qubit.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table, and draw nothing but with --out.")
@click.option("--out", type=click.Path(path_type=Path), help="Picture: .png, .svg or .pdf.  [default: patch.png]")
def patch_command(code: str, distance: int, form: str, strategy: str, as_json: bool, out: Path | None) -> None:
    """Show the qubits of a patch: numbers (as in circuits, in device files and in --set qubits.4.idle.t1_ns=...),
    coordinates, roles, stabilizers, and the pairs of DQLR.

    Prints a table and draws a picture.
    """
    from qec_leak.circuits.patch import make_patch

    if out is not None and out.suffix not in (".png", ".svg", ".pdf"):
        raise ValueError(f"`--out` must end in .png, .svg or .pdf, but is {str(out)!r}; rename it")
    patch = make_patch(code, distance)
    if form == "XZZX" and not patch.xzzx_qubits:
        raise ValueError(f"`--form` must be CSS for the {code} code, but is {form}; leave it out")
    picture = out or (None if as_json else Path("patch.png"))
    if picture is not None:
        _draw(patch, strategy, form, picture)
    if as_json:
        import json

        click.echo(json.dumps(_record(patch, strategy, form)))
        return
    click.echo(_table(patch, strategy, form))
    click.echo(f"\nPicture: {picture}")


def _qubits(patch: Patch, strategy: str, form: str) -> list[dict[str, Any]]:
    """One record a qubit of the circuit: index, x, y, role; of a measure qubit its stabilizer; its partner of DQLR."""
    from qec_leak.circuits import find_strategy
    from qec_leak.circuits.round_end import iswap_pairs

    used = find_strategy(strategy)
    partner = {a: b for pair in iswap_pairs(used, patch) for a, b in (pair, pair[::-1])}
    checks = {check.measure_qubit: check for check in patch.stabilizers}
    out = []
    for qubit, (x, y) in enumerate(patch.coordinates):
        role = patch.role(qubit)
        if role not in used.roles:
            continue
        record: dict[str, Any] = {"qubit": qubit, "role": role, "x": x, "y": y}
        check = checks.get(qubit)
        record["basis"] = None if check is None else check.basis
        record["data_qubits"] = None if check is None else list(check.support)
        record["dqlr_partner"] = partner.get(qubit)
        if form == "XZZX":
            record["turned"] = qubit in patch.xzzx_qubits
        out.append(record)
    return out


def _record(patch: Patch, strategy: str, form: str) -> dict[str, Any]:
    return {
        "code": patch.code,
        "distance": patch.distance,
        "form": form,
        "strategy": strategy,
        "qubits": _qubits(patch, strategy, form),
        "logical_x": list(patch.logical_x),
        "logical_z": list(patch.logical_z),
    }


def _table(patch: Patch, strategy: str, form: str) -> str:
    from qec_leak.cli.report import text_table

    records = _qubits(patch, strategy, form)
    header = ["qubit", "role", "x, y", "stabilizer", "DQLR with"] + (["turned"] if form == "XZZX" else [])
    rows = []
    for r in records:
        stabilizer = "" if r["basis"] is None else f"{r['basis']} of {' '.join(map(str, r['data_qubits']))}"
        partner = "" if r["dqlr_partner"] is None else str(r["dqlr_partner"])
        row = [str(r["qubit"]), r["role"], f"{r['x']}, {r['y']}", stabilizer, partner]
        rows.append(row + ([" H" if r["turned"] else ""] if form == "XZZX" else []))
    lines = [
        f"{patch.code} code, distance {patch.distance}, {form}, {strategy}: {len(records)} qubits; x grows to the "
        "east, y to the south",
        "",
        text_table([header], rows),
        "",
        f"logical X on {' '.join(map(str, patch.logical_x))}",
        f"logical Z on {' '.join(map(str, patch.logical_z))}",
    ]
    return "\n".join(lines)


def _draw(patch: Patch, strategy: str, form: str, out: Path) -> None:
    from qec_leak import figures
    from qec_leak.figures.lattice import lattice_size, plot_patch

    width, height = lattice_size(patch)
    figure, [axes] = figures.new_figure(width=width, height=height)
    plot_patch(axes, patch, strategy, form=form)
    figures.save_figure(figure, out)
