"""What each operation of a device does to levels: device parameters -> Kraus operators, and their twirled channels.

A unitary includes the ideal gate only where its docstring says so. Channels do not include it.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from qec_leak.channels import hamiltonian, kraus
from qec_leak.channels.channel import LeakageChannel
from qec_leak.channels.kraus import Kraus
from qec_leak.channels.twirl import twirl
from qec_leak.device.transmon import (
    CzParameters,
    DqlrParameters,
    GateParameters,
    IdleParameters,
    ReadoutParameters,
    ResetParameters,
)

LEVELS = 5
"""Levels a transmon in two-transmon propagators."""
LEVELS_ALONE = 4
"""Levels of processes of one transmon."""


def cz_unitary(cz: CzParameters, *, levels: int = LEVELS) -> npt.NDArray[np.complex128]:
    """The device's CZ on |high low>, complex128 (levels**2, levels**2), the ideal CZ included.

    The exchange interaction keeps the number n of excitations. Blocks with n >= 3 (transport, leakage phases) are
    the Hamiltonian's, or the given numbers. Blocks with n <= 2 are the calibrated gate: exactly CZ on computational
    states, but for a coherent |11> -> |20> rotation with P = 4 ``cz.leakage`` (a mistuned pulse; L1 is P/4 because
    only |11> leaks). The device's own computational Pauli error is added as ordinary noise elsewhere.
    """
    if cz.model == "hamiltonian":
        assert cz.anharmonicity_mhz is not None and cz.pulse_ns is not None and cz.ramp_ns is not None
        u = hamiltonian.cz_propagator(
            anharmonicity_mhz=cz.anharmonicity_mhz, gate_ns=cz.pulse_ns, ramp_ns=cz.ramp_ns, levels=levels
        ).copy()
    else:
        u = _given_cz(cz, levels)
    c, s = math.sqrt(1 - 4 * cz.leakage), math.sqrt(4 * cz.leakage)
    return _with_low_blocks(u, levels, sign=-1.0, c=c, s=s)


def _given_cz(cz: CzParameters, levels: int) -> npt.NDArray[np.complex128]:
    given = (cz.transport_30_12, cz.transport_31_22, cz.leakage_phase_low, cz.leakage_phase_high)
    transport_30_12, transport_31_22, phase_low, phase_high = (0.0 if v is None else v for v in given)
    u = np.eye(levels**2, dtype=complex)
    for high, low, phase in ((2, 1, phase_low), (1, 2, phase_high)):
        u[levels * high + low, levels * high + low] = np.exp(1j * np.pi * phase)
    exchanges = (((3, 0), (1, 2), transport_30_12), ((3, 1), (2, 2), transport_31_22))
    for one, other, probability in exchanges:
        i, j = (levels * high + low for high, low in (one, other))
        swap = np.eye(levels**2, dtype=complex)
        c, s = math.sqrt(1 - probability), math.sqrt(probability)
        swap[np.ix_((i, j), (i, j))] = [[c, -1j * s], [-1j * s, c]]
        u = u @ swap
    return u


def _with_low_blocks(
    u: npt.NDArray[np.complex128], levels: int, *, sign: float, c: float, s: float
) -> npt.NDArray[np.complex128]:
    """``u`` with the blocks of n <= 2 excitations set to |00>, |01>, |10> alone and |11>, |20> rotated (c, s)."""
    number = np.add.outer(np.arange(levels), np.arange(levels)).ravel()
    one, two_high, two_low = levels + 1, 2 * levels, 2
    phase_high, phase_low = (np.exp(1j * np.angle(u[i, i])) for i in (two_high, two_low))
    if c == 0.0:
        phase_high = 1.0  # a full swap has no phase of its own on |20>
    low = number <= 2
    u[np.ix_(low, low)] = np.eye(int(low.sum()))
    u[two_low, two_low] = phase_low
    u[np.ix_((one, two_high), (one, two_high))] = [[sign * c, -s], [sign * s * phase_high, c * phase_high]]
    u.setflags(write=False)
    return u


def ideal_cz(levels: int = LEVELS) -> npt.NDArray[np.complex128]:
    """CZ on computational states, the identity where a transmon is leaked; complex128 (levels**2, levels**2)."""
    diagonal = np.ones(levels**2, dtype=complex)
    diagonal[levels + 1] = -1
    return np.diag(diagonal)


def cz_kraus(cz: CzParameters, *, levels: int = LEVELS) -> Kraus:
    """What the device's CZ does beyond the ideal one, on |high low>."""
    return [cz_unitary(cz, levels=levels) @ ideal_cz(levels)]


def leakage_iswap_kraus(dqlr: DqlrParameters, *, levels: int = LEVELS) -> Kraus:
    """The Leakage iSWAP of DQLR on |data measure> (the data qubit is tuned to be the higher one).

    Blocks with n >= 3 excitations are the Hamiltonian's; below that the swap |20> <-> |11> is complete and nothing
    else happens. With probability 1 - ``dqlr.efficiency`` the pulse does nothing.
    """
    u = hamiltonian.leakage_iswap_propagator(
        anharmonicity_mhz=dqlr.anharmonicity_mhz, gate_ns=dqlr.iswap_ns, ramp_ns=dqlr.ramp_ns, levels=levels
    ).copy()
    swap = _with_low_blocks(u, levels, sign=1.0, c=0.0, s=1.0)
    if dqlr.efficiency == 1.0:
        return [swap]
    parts = ((dqlr.efficiency, swap), (1 - dqlr.efficiency, np.eye(levels**2, dtype=complex)))
    return [np.asarray(math.sqrt(p) * u, dtype=complex) for p, u in parts]


def idle_kraus(idle: IdleParameters, time_ns: float, *, levels: int = LEVELS_ALONE) -> Kraus:
    """Heating, relaxation and dephasing during ``time_ns``."""
    return kraus.compose(
        kraus.heating(idle.heating_per_us, time_ns, levels=levels),
        kraus.relaxation(idle.t1_ns, time_ns, levels=levels),
        kraus.dephasing(idle.t1_ns, idle.t2_ns, time_ns, levels=levels),
    )


def busy_idle_kraus(idle: IdleParameters, time_ns: float, *, levels: int = LEVELS_ALONE) -> Kraus:
    """Idling of a transmon during its own gate or readout. The Pauli error of that operation already includes
    relaxation and dephasing, so that only the part of ``idle_kraus`` with levels >= 2 is left.

    Heating 1 -> 2 and the decay of levels n >= 2 (n/T1, one level at a time) are those of ``idle_kraus``; level 1 does
    not decay. Dephasing treats 0 and 1 as one level, so that computational states keep their coherence.
    """
    eta = math.exp(-time_ns / idle.t1_ns)
    decay = []
    for k in range(levels):
        weights = [
            (1.0 if k == 0 else 0.0) if n < 2 else math.comb(n, k) * eta ** (n - k) * (1 - eta) ** k
            for n in range(k, levels)
        ]
        decay.append(np.diag(np.sqrt(weights), k).astype(complex))
    rate = max(0.0, 1 / idle.t2_ns - 1 / (2 * idle.t1_ns))
    depth = np.maximum(np.arange(levels), 1)
    values, vectors = np.linalg.eigh(np.exp(-(np.subtract.outer(depth, depth) ** 2) * rate * time_ns))
    blur = [np.diag(math.sqrt(v) * vectors[:, i]).astype(complex) for i, v in enumerate(values) if v > 1e-14]
    return kraus.compose(kraus.heating(idle.heating_per_us, time_ns, levels=levels), decay, blur)


def gate_kraus(gate: GateParameters, *, levels: int = LEVELS_ALONE) -> Kraus:
    """Leakage of a one-qubit gate beside the ideal gate: a 1-2 rotation with L1 = ``gate.leakage``."""
    return kraus.leakage_rotation(gate.leakage, levels=levels)


def readout_kraus(readout: ReadoutParameters, *, levels: int = LEVELS_ALONE) -> Kraus:
    """Leakage caused by a measurement: 0 and 1 go to |2> with probability ``readout.leakage`` (the value is known to
    the readout, so the map is incoherent)."""
    table = np.eye(levels)
    table[:3, :2] = np.array([[1, 0], [0, 1], [0, 0]]) * (1 - readout.leakage)
    table[2, :2] = readout.leakage
    return kraus.level_map(table)


def reset_kraus(reset: ResetParameters, *, levels: int = LEVELS_ALONE) -> Kraus:
    """Multi-level reset: every level to 0, but for the residuals of ``reset`` in 1 and in the incoming leaked level.

    Levels above 3 behave as 3. Source: McEwen et al., arXiv:2102.06131.
    """
    table = np.zeros((levels, levels))
    for level in range(levels):
        stays = 0.0 if level < 2 else reset.leaked_given_2 if level == 2 else reset.leaked_given_3
        one = reset.error if level < 2 else reset.one_given_2 if level == 2 else reset.one_given_3
        table[1, level] = one
        table[0, level] = 1 - one - stays
        table[level, level] += stays
    return kraus.level_map(table)


@functools.lru_cache(maxsize=1024)
def cz_channel(cz: CzParameters) -> LeakageChannel:
    """Leakage part of the CZ on (high, low), the ideal CZ stripped."""
    return twirl(cz_kraus(cz), 2).leakage_part()


@functools.lru_cache(maxsize=1024)
def leakage_iswap_channel(dqlr: DqlrParameters) -> LeakageChannel:
    """The Leakage iSWAP on (data, measure); the ideal operation is the identity."""
    return twirl(leakage_iswap_kraus(dqlr), 2)


@functools.lru_cache(maxsize=1024)
def idle_channel(idle: IdleParameters, time_ns: float) -> LeakageChannel:
    """Relaxation, dephasing and heating during ``time_ns``, Pauli part included."""
    return twirl(idle_kraus(idle, time_ns), 1)


@functools.lru_cache(maxsize=1024)
def gate_channel(gate: GateParameters) -> LeakageChannel:
    """Leakage part of a one-qubit gate."""
    return twirl(gate_kraus(gate), 1).leakage_part()


@functools.lru_cache(maxsize=1024)
def readout_channel(readout: ReadoutParameters) -> LeakageChannel:
    """Leakage part of a measurement."""
    return twirl(readout_kraus(readout), 1).leakage_part()


@functools.lru_cache(maxsize=1024)
def injection_channel(population: float) -> LeakageChannel:
    """The 1-2 rotation of leakage injection, Pauli part included."""
    return twirl(kraus.leakage_rotation(population), 1)
