"""Leakage-aware simulation of quantum error correction on transmons."""

__version__ = "0.1.0"
