"""A strategy: multi-level reset of the measure qubits, and a second one in every other round."""

import stim

from qec_leak import Strategy


class SecondReset(Strategy):
    name = "SECOND_RESET"
    period = 2

    def end_of_round(self, patch, number):
        circuit = stim.Circuit()
        circuit.append("R", patch.measure_qubits)
        if number == 2:
            circuit.append("TICK")
            circuit.append("R", patch.measure_qubits)
        return circuit
