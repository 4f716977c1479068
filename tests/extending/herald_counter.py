"""A decoder that uses heralds: it flips nothing, and counts measurements of leaked qubits."""

import numpy as np

from qec_leak.decoding import CompiledDecoder, Decoded, Decoder


class HeraldCounter(Decoder):
    needs = ("events", "heralds")

    def compile(self, problem):
        return Compiled(problem.num_observables)


class Compiled(CompiledDecoder):
    def __init__(self, num_observables):
        self.width = (num_observables + 7) // 8

    def decode_batch(self, shots):
        flips = np.zeros((len(shots), self.width), dtype=np.uint8)
        leaked = shots.heralds >= 2
        return Decoded(flips, {"heralds": int(leaked.sum()), "leaky_shots": int(leaked.any(axis=1).sum())})
