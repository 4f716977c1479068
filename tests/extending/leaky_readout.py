"""A noise process: measurements leak, and how much depends on the qubit."""

import numpy as np

from qec_leak.channels import level_map
from qec_leak.circuits import Process


class LeakyReadout(Process):
    label = "leaky_readout"
    on = "measurement"
    paulis = False

    def __init__(self, least=0.02, step=0.03):
        self.least, self.step = least, step

    def parameters(self, place, chip):
        return self.least + self.step * place.qubits[0]

    def kraus(self, probability, *, levels):
        table = np.eye(levels)  # [level after, level before]
        table[[0, 1], [0, 1]] = 1 - probability
        table[2, [0, 1]] = probability
        return level_map(table)
