"""Legends above a plot: rows of entries, broken into lines where they are too wide; then the figure grows."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

_LEGEND_HEIGHT = 0.4
"""Inches above the axes that a figure has for its legend: two lines."""
_MAX_COLUMNS = 8
_LEFT = 0.72
"""Inches to the left of the axes, for ticks and their labels: a legend that begins at the axes has so much less."""
_BREAKS = ":._- "
"""A name can be broken behind these."""


def literal(text: str) -> str:
    """A name as it is: matplotlib would read "$" as mathematics, and leave out entries that begin with "_"."""
    escaped = text.replace("$", r"\$")
    return f" {escaped}" if escaped.startswith("_") else escaped


def text_width(text: str, size: float) -> float:
    """Width of a line in inches. Args: size: of the font, in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size), ismath=False)
    return float(width) / 72


def broken(text: str, width: float, size: float) -> str:
    """A name in as many lines as it needs, broken behind punctuation or, where there is none, anywhere.

    Args: width: of a line, in inches.   size: of the font, in points.
    """
    lines = [""]
    for letter in text:
        if text_width(lines[-1] + letter, size) > width and lines[-1]:
            at = max(lines[-1].rfind(mark) + 1 for mark in _BREAKS)
            head, tail = (lines[-1][:at], lines[-1][at:]) if at else (lines[-1], "")
            lines[-1:] = [head, tail]
        lines[-1] += letter
    return "\n".join(lines)


def legend_above(axes: Axes, rows: Sequence[Sequence[Line2D]]) -> None:
    """A legend above the axes, each of ``rows`` (its name, then entries) beginning a line, in as many columns as fit.

    The figure grows by what the legend would take from the axes.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    for columns in range(min(_MAX_COLUMNS, max(map(len, rows))), 1, -1):
        legend = figure.legend(
            handles=_by_columns(_named_lines(rows, columns), columns),
            loc="outside upper left",
            ncols=columns,
            columnspacing=1.2,
            borderaxespad=0.2,
            handlelength=2.2,
            handletextpad=0.5,
        )
        taken = _size(legend)
        if taken[0] <= width or columns == 2:
            break
        legend.remove()
    figure.set_size_inches(max(width, taken[0] + 0.1), height + max(taken[1] - _LEGEND_HEIGHT, 0.0))


def add_legend(axes: Axes, entries: Sequence[Line2D], in_first_row: int) -> None:
    """Legend above the plot in two rows: the first ``in_first_row`` entries (colours), then the others (markers).

    Rows that are wider than the figure are broken into lines, and the figure grows by them.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    rows = [row for row in (entries[:in_first_row], entries[in_first_row:]) if row]
    width, height = figure.get_size_inches()
    two_lines = 0.0
    for columns in range(max(map(len, rows)), 0, -1):
        lines = _lines(rows, columns)
        legend = axes.legend(
            handles=_by_columns(lines, columns),
            ncols=columns,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.2,
            columnspacing=1.2,
            handlelength=1.4,
            handletextpad=0.5,
        )
        taken = _size(legend)
        two_lines = two_lines or taken[1]
        if taken[0] <= width - _LEFT or columns == 1:
            break
    if len(lines) > len(rows) or taken[0] > width - _LEFT:
        figure.set_size_inches(max(width, taken[0] + _LEFT), height + taken[1] - two_lines)


def words(text: str) -> Line2D:
    """An entry of a legend that is text alone."""
    return Line2D([], [], linestyle="none", label=text)


def _size(legend: Legend) -> tuple[float, float]:
    """Width and height in inches."""
    figure = legend.get_figure(root=True)
    assert figure is not None
    box = legend.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    return box.width, box.height


def _lines(rows: Sequence[Sequence[Line2D]], columns: int) -> list[list[Line2D]]:
    """Lines of at most so many entries; each row begins a line."""
    return [list(row[start : start + columns]) for row in rows for start in range(0, len(row), columns)]


def _named_lines(rows: Sequence[Sequence[Line2D]], columns: int) -> list[list[Line2D]]:
    """As ``_lines``, where the first entry of a row is its name: further lines of the row begin under its second."""
    out: list[list[Line2D]] = []
    for name, *entries in rows:
        for number, line in enumerate(_lines([entries], columns - 1)):
            out.append([words(" ") if number else name, *line])
    return out


def _by_columns(lines: Sequence[Sequence[Line2D]], columns: int) -> list[Line2D]:
    """Entries in matplotlib's order, column by column."""
    full = [[*line, *(words(" ") for _ in range(columns - len(line)))] for line in lines]
    return [line[column] for column in range(columns) for line in full]
