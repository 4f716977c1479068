"""Keeps the name ``figures.registry.FIGURES``. The paper's figures are in ``qec_leak.studies``."""

from qec_leak.studies import FIGURES, PaperFigure

__all__ = ["FIGURES", "PaperFigure"]
