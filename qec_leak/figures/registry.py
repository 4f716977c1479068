"""The paper's figures are in ``qec_leak.studies``; this name of theirs is kept for notebooks that have it."""

from qec_leak.studies import FIGURES, PaperFigure

__all__ = ["FIGURES", "PaperFigure"]
