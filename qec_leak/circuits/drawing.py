"""A patch as a small SVG, for notebooks: ``figures.plot_patch`` draws the large one."""

from __future__ import annotations

import math
from collections.abc import Collection
from html import escape

from qec_leak.circuits.patch import Patch

_COLORS = {"X": "#d98500", "Z": "#1f5fbf", "removal": "#8a4fbf"}
_STEP = 10.0
_MAX_PIXELS = 260.0


def patch_svg(patch: Patch, used: Collection[int]) -> str:
    """The ``used`` qubits of a patch: data as circles, measure qubits as squares in the colour of their basis, removal
    qubits as diamonds, and the checks behind them."""
    places = [(x * _STEP, y * _STEP) for x, y in patch.coordinates]
    xs, ys = zip(*(places[q] for q in used), strict=True)
    left, top = min(xs) - _STEP, min(ys) - _STEP
    width, height = max(xs) - left + _STEP, max(ys) - top + _STEP
    scale = min(_MAX_PIXELS / max(width, height), 1.6)
    shapes = []
    for check in patch.stabilizers:
        corners = [places[q] for q in check.support] + ([places[check.measure_qubit]] if check.weight == 2 else [])
        middle = [sum(c[i] for c in corners) / len(corners) for i in (0, 1)]
        corners.sort(key=lambda c: math.atan2(c[1] - middle[1], c[0] - middle[0]))
        points = " ".join(f"{x:g},{y:g}" for x, y in corners)
        shapes.append(f'<polygon points="{points}" fill="{_COLORS[check.basis]}" fill-opacity="0.2"/>')
    basis = {check.measure_qubit: check.basis for check in patch.stabilizers}
    for qubit in sorted(used):
        x, y = places[qubit]
        about = f"<title>qubit {qubit}, {patch.role(qubit)}</title>"
        if qubit in basis or qubit in patch.removal_qubits:
            color = _COLORS[basis.get(qubit, "removal")]
            turn = "" if qubit in basis else f' transform="rotate(45 {x:g} {y:g})"'
            where = f'x="{x - 3:g}" y="{y - 3:g}" width="6" height="6"{turn}'
            shapes.append(f'<rect {where} fill="white" stroke="{color}">{about}</rect>')
        else:
            shapes.append(f'<circle cx="{x:g}" cy="{y:g}" r="3.2" fill="#555">{about}</circle>')
    label = escape(f"{patch.code} code, distance {patch.distance}")
    return (
        f'<svg role="img" aria-label="{label}" width="{width * scale:.0f}" height="{height * scale:.0f}" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}">{"".join(shapes)}</svg>'
    )
