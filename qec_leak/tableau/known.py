"""Where a channel for known values (LEAKAGE_TRANSITION_Z) may stand: noiseless values, which its qubits must have."""

from __future__ import annotations

import stim

from qec_leak.tableau.grammar import read_tag

FAMILY = "LEAKAGE_TRANSITION_Z"


def refuse_unknown_values(circuit: stim.Circuit) -> None:
    """Raises ValueError naming the line of a LEAKAGE_TRANSITION_Z on a qubit without a known noiseless Z value."""
    if FAMILY in str(circuit):
        _Walk(circuit).block(circuit, 1)


class _Walk:
    """Stabilizers of the noiseless circuit but for their signs, which do not matter: no noise, no classical control."""

    def __init__(self, circuit: stim.Circuit) -> None:
        self.place: dict[int, int] = {}
        self._number(circuit)
        self.simulator = stim.TableauSimulator()
        self.simulator.set_num_qubits(len(self.place))

    def _number(self, circuit: stim.Circuit) -> None:
        for item in circuit:
            if isinstance(item, stim.CircuitRepeatBlock):
                self._number(item.body_copy())
            elif item.name not in ("QUBIT_COORDS", "MPAD"):
                for t in item.targets_copy():
                    if t.is_qubit_target or t.pauli_type != "I":
                        self.place.setdefault(t.value, len(self.place))

    def block(self, circuit: stim.Circuit, line: int) -> int:
        """Returns the line behind the block."""
        for item in circuit:
            if not isinstance(item, stim.CircuitRepeatBlock):
                self.instruction(item, line)
                line += 1
                continue
            seen: set[tuple[str, ...]] = set()
            end = line
            for _ in range(item.repeat_count):
                state = tuple(str(s)[1:] for s in self.simulator.canonical_stabilizers())
                if state in seen:
                    break
                seen.add(state)
                end = self.block(item.body_copy(), line + 1)
            line = end + 1
        return line

    def instruction(self, item: stim.CircuitInstruction, line: int) -> None:
        tag = read_tag(item.tag, item.name)
        if tag is not None and tag.family == FAMILY:
            for t in item.targets_copy():
                if self.simulator.peek_z(self.place[t.value]) == 0:
                    raise ValueError(
                        f"line {line}: {FAMILY} must stand where the qubit has a known Z value, but qubit {t.value} "
                        "has none; use LEAKAGE_TRANSITION_1"
                    )
        data = stim.gate_data(item.name)
        if not (data.is_unitary or data.is_reset or data.produces_measurements or item.name in ("SPP", "SPP_DAG")):
            return
        if item.name == "MPAD" or item.name.startswith("HERALDED"):
            return
        for group in item.target_groups():
            if not any(t.is_measurement_record_target or t.is_sweep_bit_target for t in group):
                self.simulator.do(stim.CircuitInstruction(item.name, [self._placed(t) for t in group]))

    def _placed(self, target: stim.GateTarget) -> stim.GateTarget:
        if target.is_combiner:
            return target
        if target.pauli_type != "I":
            return stim.target_pauli(self.place[target.value], target.pauli_type)
        return stim.GateTarget(self.place[target.value])
