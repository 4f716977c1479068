"""Two rectangles beside each other as one patch of two logical qubits, without pairs for DQLR."""

from dataclasses import replace

from rectangle import RECTANGLE


def beside(patch):
    """The qubits of the patch with their new numbers, those of the second one further to the east."""
    size, checks = len(patch.data_qubits), len(patch.measure_qubits)

    def number(qubit, second):
        return qubit + size * second if qubit < size else qubit + size + checks * second

    def moved(check, second):
        met = tuple(None if qubit is None else number(qubit, second) for qubit in check.data_qubits)
        return replace(check, measure_qubit=number(check.measure_qubit, second), data_qubits=met)

    def places(qubits):
        return [(x + 8 * second, y) for second in (0, 1) for x, y in (patch.coordinates[q] for q in qubits)]

    return replace(
        patch,
        code="two rectangles",
        data_qubits=tuple(range(2 * size)),
        measure_qubits=tuple(range(2 * size, 2 * (size + checks))),
        removal_qubits=(),
        coordinates=(*places(patch.data_qubits), *places(patch.measure_qubits)),
        stabilizers=tuple(moved(check, second) for second in (0, 1) for check in patch.stabilizers),
        more_logicals=((tuple(number(q, 1) for q in patch.logical_x), tuple(number(q, 1) for q in patch.logical_z)),),
        dqlr_pairs=(),
    )


TWO = beside(RECTANGLE)
