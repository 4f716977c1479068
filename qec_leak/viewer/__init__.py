"""Leakage moving over the lattice, as one HTML file that needs nothing else: ``view(memory, "leakage.html")``."""

from qec_leak.viewer.build import view
from qec_leak.viewer.page import View

__all__ = ["View", "view"]
