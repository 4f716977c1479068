"""``qec-leak patch``: the qubits of a patch, their roles, stabilizers and DQLR partners."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qec_leak.cli.options import CODES, StrategyName, UpperChoice, load_patch, patch_option

if TYPE_CHECKING:
    from qec_leak.circuits.patch import Patch

_EPILOG = """\b
Examples:
  qec-leak patch --distance 5
  qec-leak patch --code repetition --distance 7 --out line.svg
  qec-leak patch --distance 3 --strategy MLR --json
  qec-leak patch --patch my_patches:MINE
"""


@click.command("patch", epilog=_EPILOG)
@click.option("--code", type=click.Choice(CODES), default="surface", show_default=True, help="Code.")
@click.option("--distance", "-d", type=int, default=3, show_default=True, help="Code distance, odd.")
@patch_option
@click.option(
    "--form", type=UpperChoice(["CSS", "XZZX"]), default="CSS", show_default=True, help="Form of the surface code."
)
@click.option(
    "--strategy",
    type=StrategyName(),
    metavar="NAME",
    help="Leakage removal, as in `run`. DQLR shows pairs and removal qubits.  "
    "[default: DQLR; MLR for a patch without pairs]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON instead of a table. A picture is drawn only with --out."
)
@click.option("--out", type=click.Path(path_type=Path), help="Picture: .png, .svg or .pdf.  [default: patch.png]")
def patch_command(
    *, code: str, distance: int, patch: str | None, form: str, strategy: str | None, as_json: bool, out: Path | None
) -> None:
    """Show the qubits of a patch: numbers, coordinates, roles, stabilizers and DQLR partners.

    Prints a table and draws a picture. Circuits, device files and --set qubits.4.idle.t1_ns=... use these numbers. Your
    own patch is verified first.
    """
    from qec_leak.circuits.patches import make_patch

    if out is not None and out.suffix not in (".png", ".svg", ".pdf"):
        raise ValueError(f"`--out` must end in .png, .svg or .pdf, but is {str(out)!r}; rename it")
    chosen = make_patch(code, distance) if patch is None else load_patch(patch)
    if form == "XZZX" and not chosen.xzzx_qubits:
        raise ValueError(f"`--form` must be CSS for the {chosen.code} code, but is {form}; leave it out")
    used = strategy or ("DQLR" if chosen.dqlr_pairs else "MLR")
    picture = out or (None if as_json else Path("patch.png"))
    if picture is not None:
        _draw(chosen, used, form, picture)
    if as_json:
        import json

        click.echo(json.dumps(_record(chosen, used, form)))
        return
    click.echo(_table(chosen, used, form))
    click.echo(f"\nPicture: {picture}")


def _qubits(patch: Patch, strategy: str, form: str) -> list[dict[str, Any]]:
    """A record for each qubit of the circuit: index, x, y, role, stabilizer of a measure qubit, DQLR partner."""
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
        "more_logicals": [[list(x), list(z)] for x, z in patch.more_logicals],
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
    ]
    for basis in "XZ":
        operators = patch.logical_operators(basis)
        for number, operator in enumerate(operators):
            name = f"logical {basis}{f' {number}' if len(operators) > 1 else ''}"
            lines.append(f"{name} on {' '.join(map(str, operator))}")
    return "\n".join(lines)


def _draw(patch: Patch, strategy: str, form: str, out: Path) -> None:
    from qec_leak import figures
    from qec_leak.figures.lattice import lattice_size, plot_patch

    width, height = lattice_size(patch)
    figure, [axes] = figures.new_figure(width=width, height=height)
    plot_patch(axes, patch, strategy, form=form)
    figures.save_figure(figure, out)
