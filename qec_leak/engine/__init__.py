"""The hot part: bit-plane kernels and the sampler around them."""

from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.sampler import LeakageSampler, compile_sampler

__all__ = ["LeakageSampler", "ShotBatch", "compile_sampler"]
