"""The exact simulator: state-vector trajectories of 4- or 5-level transmons, the judge of the engine.

It reads the same dressed circuit and device, and shares no code with the engine (of which it has only ``ShotBatch``, a
plain dataclass): Kraus operators and unitaries, never the twirled tables.
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
