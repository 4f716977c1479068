"""Verifies a patch: its numbers fit, and in Stim its CZ layers measure its stabilizers and change nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import stim

if TYPE_CHECKING:
    from qec_leak.circuits.patch import Patch

_SHOTS = 64
"""What is random is seen in all shots but with a chance of 2^-64."""


def verify(patch: Patch) -> None:
    """Raises ValueError naming the first thing that is wrong with the patch; see ``Patch.verify``."""
    _check_numbers(patch)
    _check_stabilizers(patch)
    _check_pairs(patch)
    _check_commutation(patch)
    _check_schedule(patch)


def _refuse(patch: Patch, rule: str, but: str, fix: str) -> NoReturn:
    raise ValueError(f"the {patch.code} patch must {rule}, but {but}; {fix}")


def _check_numbers(patch: Patch) -> None:
    qubits = patch.data_qubits + patch.measure_qubits + patch.removal_qubits
    if qubits != tuple(range(len(qubits))) or not patch.data_qubits or not patch.measure_qubits:
        _refuse(
            patch,
            "number its qubits 0, 1, 2, ...: data, then measure, then removal",
            f"they are {patch.data_qubits}, {patch.measure_qubits}, {patch.removal_qubits}",
            "number them so",
        )
    if len(set(patch.coordinates)) != len(qubits) or len(patch.coordinates) != len(qubits):
        rule = f"have a place of its own for each of its {len(qubits)} qubits"
        _refuse(patch, rule, f"has {len(set(patch.coordinates))} places", "correct its coordinates")
    for name, members in (
        ("logical_x", patch.logical_x),
        ("logical_z", patch.logical_z),
        ("xzzx_qubits", patch.xzzx_qubits),
        *(("more_logicals", operator) for pair in patch.more_logicals for operator in pair),
    ):
        if not set(members) <= set(patch.data_qubits) or len(set(members)) != len(members):
            _refuse(patch, f"have data qubits in its {name}, each once", f"they are {members}", "correct them")


def _check_stabilizers(patch: Patch) -> None:
    measure = tuple(check.measure_qubit for check in patch.stabilizers)
    if measure != patch.measure_qubits:
        rule = "have a stabilizer for each measure qubit, in their order"
        _refuse(patch, rule, f"they are on {measure}", f"put them on {patch.measure_qubits}")
    for check in patch.stabilizers:
        title = f"stabilizer of qubit {check.measure_qubit}"
        if check.basis not in ("X", "Z"):
            _refuse(patch, 'have stabilizers of basis "X" or "Z"', f"the {title} has {check.basis!r}", "use one")
        if len(check.data_qubits) != patch.num_layers:
            rule = f"have as many CZ layers in each stabilizer, {patch.num_layers} as in the first"
            _refuse(patch, rule, f"the {title} has {len(check.data_qubits)}", "fill them up with None")
        if not check.support or not set(check.support) <= set(patch.data_qubits) or _twice(check.support) is not None:
            rule = "have data qubits in each stabilizer, each once"
            _refuse(patch, rule, f"the {title} has {check.data_qubits}", "correct them")
    for layer in range(patch.num_layers):
        met = [q for check in patch.stabilizers if (q := check.data_qubits[layer]) is not None]
        if (qubit := _twice(met)) is not None:
            rule = "use no data qubit twice in a CZ layer"
            _refuse(patch, rule, f"layer {layer} has qubit {qubit} twice", "give one of its checks another layer")


def _check_pairs(patch: Patch) -> None:
    if not patch.dqlr_pairs:
        return
    data, partners = zip(*patch.dqlr_pairs, strict=True)
    others = set(patch.measure_qubits + patch.removal_qubits)
    if sorted(data) != list(patch.data_qubits) or not set(partners) <= others or _twice(partners) is not None:
        rule = "pair each data qubit once with a measure or removal qubit of its own"
        _refuse(patch, rule, f"its dqlr_pairs are {patch.dqlr_pairs}", "correct them, or leave them out")
    met = {(qubit, check.measure_qubit) for check in patch.stabilizers for qubit in check.support}
    reach = max(_steps(patch, *pair) for pair in met)
    for qubit, partner in patch.dqlr_pairs:
        if partner in patch.measure_qubits and (qubit, partner) not in met:
            rule = "pair data qubits with measure qubits that they meet in a CZ layer"
            _refuse(patch, rule, f"data qubit {qubit} never meets its partner {partner}", "pair it with another one")
        if partner in patch.removal_qubits and _steps(patch, qubit, partner) > reach:
            rule = f"have removal qubits as near to their data qubits as its measure qubits are, {reach:g} in x and y"
            but = f"{partner} is {_steps(patch, qubit, partner):g} from its partner {qubit}"
            _refuse(patch, rule, but, "pair neighbours, or correct the coordinates")


def _steps(patch: Patch, first: int, second: int) -> float:
    """The larger one of two qubits' distances in x and in y."""
    return max(abs(a - b) for a, b in zip(patch.coordinates[first], patch.coordinates[second], strict=True))


def _check_commutation(patch: Patch) -> None:
    def clash(first: Iterable[int], second: Iterable[int]) -> bool:
        return len(set(first) & set(second)) % 2 == 1

    for a, b in itertools.combinations(patch.stabilizers, 2):
        if a.basis != b.basis and clash(a.support, b.support):
            but = f"those of qubits {a.measure_qubit} and {b.measure_qubit} do not"
            _refuse(patch, "have stabilizers that commute", but, "let them share an even number of data qubits")
    logicals = {basis: patch.logical_operators(basis) for basis in "XZ"}
    for basis, operators in logicals.items():
        for number, operator in enumerate(operators):
            for check in patch.stabilizers:
                if check.basis != basis and clash(operator, check.support):
                    but = f"logical {basis} {number} does not with that of qubit {check.measure_qubit}"
                    _refuse(patch, "have logical operators that commute with its stabilizers", but, "correct it")
    for (i, x), (j, z) in itertools.product(enumerate(logicals["X"]), enumerate(logicals["Z"])):
        if clash(x, z) != (i == j):
            but = f"X {i} and Z {j} {'commute' if i == j else 'anticommute'}"
            _refuse(patch, "have logical X and Z that anticommute with their own partner only", but, "correct them")


def _check_schedule(patch: Patch) -> None:
    """Check one round of the CZ layers between two measurements of the stabilizers and logical operators."""
    products = [(check.basis, check.support) for check in patch.stabilizers]
    logicals = [[("X", x), ("Z", z)] for x, z in ((patch.logical_x, patch.logical_z), *patch.more_logicals)]
    for number, kept in enumerate(zip(*logicals, strict=True)):
        circuit = stim.Circuit()
        _append_products(circuit, [*products, *kept])
        _append_round(circuit, patch)
        _append_products(circuit, [*products, *kept])
        bits = circuit.compile_sampler(seed=0).sample(_SHOTS)
        size, width = len(products), len(products) + len(kept)
        before, measured, after = bits[:, :width], bits[:, width : width + size], bits[:, width + size :]
        wrong = np.flatnonzero((measured != before[:, :size]).any(axis=0))
        if len(wrong):
            check = patch.stabilizers[wrong[0]]
            but = f"qubit {check.measure_qubit} does not measure its own"
            fix = "let an X and a Z check that share two data qubits meet both in the same order"
            _refuse(patch, "have CZ layers that measure its stabilizers", but, fix)
        if (before != after).any():
            but = f"a round changes {'logical ' + 'XZ'[number] if (before == after)[:, :size].all() else 'stabilizers'}"
            _refuse(patch, "have CZ layers that leave the code as it is", but, "correct their order")


def _append_products(circuit: stim.Circuit, products: list[tuple[str, tuple[int, ...]]]) -> None:
    for basis, qubits in products:
        paulis = [stim.target_pauli(qubit, basis) for qubit in qubits]
        circuit.append("MPP", stim.target_combined_paulis(paulis))


def _append_round(circuit: stim.Circuit, patch: Patch) -> None:
    circuit.append("RX", patch.measure_qubits)
    for layer in range(patch.num_layers):
        for check in patch.stabilizers:
            if (qubit := check.data_qubits[layer]) is not None:
                circuit.append("CX" if check.basis == "X" else "CZ", [check.measure_qubit, qubit])
    circuit.append("MX", patch.measure_qubits)


def _twice(qubits: Iterable[int]) -> int | None:
    """A qubit that is there twice, None if there is none."""
    seen: set[int] = set()
    for qubit in qubits:
        if qubit in seen:
            return qubit
        seen.add(qubit)
    return None
