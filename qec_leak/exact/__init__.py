"""Exact trajectories of multi-level transmons: the independent judge of the engine."""
