"""Sampling: a Program's shots on Pauli frames with levels, or shot by shot on a tableau."""

from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.certificates import Certificate, certify
from qec_leak.engine.compile import InexactFramesWarning, compile_sampler
from qec_leak.engine.sampler import LeakageSampler
from qec_leak.engine.tableau import TableauSampler

__all__ = [
    "Certificate",
    "InexactFramesWarning",
    "LeakageSampler",
    "ShotBatch",
    "TableauSampler",
    "certify",
    "compile_sampler",
]
