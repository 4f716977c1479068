"""Single values of a sweep file: what each key of [circuit], [decoder], [stop] and [run] may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qec_leak import _checks
from qec_leak._limits import MAX_SEED
from qec_leak.circuits.patches import code_names, find_patch
from qec_leak.circuits.processes.named_processes import find_processes
from qec_leak.circuits.strategies import strategy_name
from qec_leak.decoding import find_decoder

Check = Callable[[str, Any], Any]


def _integer(minimum: int) -> Check:
    def check(name: str, value: Any) -> int:
        return _checks.check_int(name, _whole(value), minimum=minimum)

    return check


def _whole(value: Any) -> Any:
    """2.0, of a range, as 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _distance(name: str, value: Any) -> int:
    return _checks.check_odd_distance(name, _whole(value))


def _choice(*choices: str) -> Check:
    return lambda name, value: _checks.check_choice(name, value, choices)


def _probability(maximum: float) -> Check:
    return lambda name, value: _checks.check_probability(name, value, maximum=maximum)


def _patch(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(_checks.broken_rule(name, "be module:attribute", value, "write it in quotes"))
    find_patch(value, name=name)
    return value


def _strategy(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(_checks.broken_rule(name, "be the name of a strategy", value, "write it in quotes"))
    return strategy_name(value, name=name)


def _decoder(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(_checks.broken_rule(name, "be the name of a decoder", value, "write it in quotes"))
    find_decoder(value, name=name)
    return value


def _processes(name: str, value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise TypeError(_checks.broken_rule(name, "list processes", value, 'write ["my_module:MyProcess"]'))
    find_processes(names, name=name)
    return tuple(names)


def _below_one(name: str, value: Any) -> float:
    number = _checks.check_positive(name, value)
    if number >= 1.0:
        raise ValueError(_checks.broken_rule(name, "be below 1", value, "write 0.1 for ten percent"))
    return number


CIRCUIT: dict[str, Check] = {
    "code": _choice(*code_names()),
    "distance": _distance,
    "patch": _patch,
    "rounds": _integer(1),
    "basis": _choice("X", "Z"),
    "strategy": _strategy,
    "form": _choice("CSS", "XZZX"),
    "dqlr_every": _integer(1),
    "inject_leakage": _probability(0.5),
    "inject_pauli": _probability(1.0),
    "leak_qubit": _integer(0),
    "leak_round": _integer(0),
    "cycle_ns": _checks.check_positive,
    "processes": _processes,
}
"""By argument of ``memory_experiment``; an argument that is not here is checked by the function itself."""

DECODER: dict[str, Check] = {"name": _decoder}
STOP: dict[str, Check] = {
    "max_shots": _integer(1),
    "max_errors": _integer(1),
    "relative_precision": _below_one,
}
RUN: dict[str, Check] = {
    "seed": lambda name, value: _checks.check_int(name, _whole(value), minimum=0, maximum=MAX_SEED),
    "block_shots": _integer(1),
}
