"""What each operation does to levels: Hamiltonians, Kraus operators, the generalised Pauli twirl, LeakageChannel."""

from qec_leak.channels.channel import LeakageChannel, Transition
from qec_leak.channels.hamiltonian import (
    conditional_phase,
    cz_propagator,
    exchange_propagator,
    leakage_iswap_propagator,
    leakage_rate,
    transport_matrix,
    transport_probability,
)
from qec_leak.channels.kraus import (
    compose,
    dephasing,
    heating,
    leakage_rotation,
    level_map,
    relaxation,
    rotation_12,
)
from qec_leak.channels.twirl import twirl

__all__ = [
    "LeakageChannel",
    "Transition",
    "compose",
    "conditional_phase",
    "cz_propagator",
    "dephasing",
    "exchange_propagator",
    "heating",
    "leakage_iswap_propagator",
    "leakage_rate",
    "leakage_rotation",
    "level_map",
    "relaxation",
    "rotation_12",
    "transport_matrix",
    "transport_probability",
    "twirl",
]
