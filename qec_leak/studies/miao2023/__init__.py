"""Miao et al., "Overcoming leakage in quantum error correction", Nature Physics 19, 1780 (2023), arXiv:2211.04728.

A module is a figure: what was published, what is sampled, what is read off it, and how it is drawn. Beside each stands
its experiment file, ``experiments/NAME.toml``.
"""
