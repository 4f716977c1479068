"""The score card: published numbers that the simulator should reproduce, each judged by one rule."""

from qec_leak.scorecard.report import markdown_report, terminal_table
from qec_leak.scorecard.row import Part, Row, Verdict, judge
from qec_leak.scorecard.rows import ROWS
from qec_leak.scorecard.run import Report, score

__all__ = [
    "ROWS",
    "Part",
    "Report",
    "Row",
    "Verdict",
    "judge",
    "markdown_report",
    "score",
    "terminal_table",
]
