"""The exact simulator: state-vector trajectories of 4- or 5-level transmons, with which the engine is compared.

It reads the same dressed circuit and device. It uses Kraus operators and unitaries, not the twirled tables, and shares
no code with the engine but the dataclass ``ShotBatch``.
"""

from qec_leak.exact.density import Expectation, evolve
from qec_leak.exact.enumeration import enumerate_trajectories
from qec_leak.exact.sampler import ExactSampler, circuit_steps, compile_exact_sampler

__all__ = [
    "ExactSampler",
    "Expectation",
    "circuit_steps",
    "compile_exact_sampler",
    "enumerate_trajectories",
    "evolve",
]
