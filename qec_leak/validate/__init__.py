"""The validation report: the engine compared with simulators and formulas that share no code with it."""

from qec_leak.validate.check import Check, Settings
from qec_leak.validate.oracle import find_oracle
from qec_leak.validate.report import html_report, markdown_report, terminal_table
from qec_leak.validate.suite import TOPICS, Report, run_checks

__all__ = [
    "TOPICS",
    "Check",
    "Report",
    "Settings",
    "find_oracle",
    "html_report",
    "markdown_report",
    "run_checks",
    "terminal_table",
]
