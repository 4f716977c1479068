"""What values show of themselves in a notebook: a small table, with a picture if there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape


def card(title: str, rows: Mapping[str, object], *, picture: str = "") -> str:
    """HTML: a title, rows of a name and a value, and an SVG beside them. Names and values are escaped."""
    lines = "".join(
        f'<tr><th style="text-align:left;font-weight:normal">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(str(value))}</td></tr>'
        for name, value in rows.items()
    )
    table = f"<div><b>{escape(title)}</b><table>{lines}</table></div>"
    return f'<div style="display:flex;flex-wrap:wrap;gap:1.5em;align-items:center">{table}{picture}</div>'


def curve(values: Sequence[float], *, about: str, width: int = 180, height: int = 48) -> str:
    """An SVG of values from left to right, from 0 at the bottom to the largest at the top."""
    top, steps = max([*values, 0.0]) or 1.0, max(len(values) - 1, 1)
    places = [(2 + (width - 4) * k / steps, 2 + (height - 4) * (1 - v / top)) for k, v in enumerate(values)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return (
        f'<svg role="img" aria-label="{escape(about)}" width="{width}" height="{height}">'
        f"<title>{escape(about)}</title>"
        f'<line x1="0" y1="{height - 1}" x2="{width}" y2="{height - 1}" stroke="currentColor" stroke-opacity="0.4"/>'
        f'<polyline points="{points}" fill="none" stroke="#c8102e" stroke-width="1.5"/></svg>'
    )
