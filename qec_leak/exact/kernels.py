# Numba gives integers of its own types to arguments annotated int, which NumPy's stubs tell apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, untyped-decorator"
"""Kernels of the exact simulator: one state vector per shot, advanced through flat tables of steps.

A state of n transmons with L levels has L**n basis states, index sum_q level_q stride_q. Few of them are occupied most
of the time (measured, reset and never superposed transmons are in one level), so the state is two arrays of length
L**n and the list of its occupied indices; each operator visits those only. Amplitudes below ``_NEGLIGIBLE`` in square
are dropped. All random decisions go through ``_choose``, which either draws, or follows a tape: this is how
``qec_leak.exact.enumeration`` visits every branch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.engine.simd.jit import uncounted

C128 = npt.NDArray[np.complex128]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

KRAUS_1, KRAUS_2, FEEDBACK, SWEEP, SCRAMBLE, MEASURE, SNAPSHOT_ROUND, SNAPSHOT_MOMENT = range(8)
"""Step codes: column 0 of ``Tables.steps``."""

_NEGLIGIBLE = 1e-28
_TRAJECTORY, _SNAPSHOT = 0, 1


class Tables(NamedTuple):
    """What to do, read-only.

    steps: int32 (n, 4): code, qubit, second qubit or bit, channel or readout.
    channels: int32 (channels, 3): first operator, number of operators, 1 if weights do not depend on the state.
    weight: float64 (operators, L**2): diagonal of K^dagger K over local levels.
    kind: int8 (operators,): 0 the identity times a number, 1 diagonal without zeros, 2 any other.
    diagonal: complex128 (operators, L**2): of operators of kind 0 and 1.
    first: int32 (operators, L**2 + 1), row: int32 (nonzeros,), value: complex128 (nonzeros,): columns of operators of
        kind 2, sparse: entries first[k, j]..first[k, j + 1].
    one_given: float64 (readouts, L): probability to read 1.
    strides: int64 (n,), level: uint8 (n, L**n): level of each transmon in each basis state.
    """

    steps: I32
    channels: I32
    weight: F64
    kind: npt.NDArray[np.int8]
    diagonal: C128
    first: I32
    row: I32
    value: C128
    one_given: F64
    strides: I64
    level: U8
    levels: int


class State(NamedTuple):
    """State vector and scratch of one worker.

    amplitude: complex128 (2, L**n), active: int32 (2, L**n), mark: int32 (L**n,): two buffers and their occupied
        indices; an entry of the buffer being written is valid if its mark is the current epoch.
    now: int64 (3,): buffer in use, number of occupied indices, epoch.
    weights, populations: float64, scratch.
    rng: uint64 (2,): states of two generators, for the trajectory and for what is only looked at.
    tape: int64 (3, depth): choices to follow, number of choices given in tape_size[0]; row 1: what was chosen; row 2:
        the next possible choice, -1 if none.   tape_size: int64 (2,): length given (-1: draw), length used.
    chance: float64 (depth,): probability of each choice on the tape.
    """

    amplitude: C128
    active: I32
    mark: I32
    now: I64
    weights: F64
    populations: F64
    rng: U64
    tape: I64
    tape_size: I64
    chance: F64


# Passing arrays costs more than most kernels take, so all but the outermost are inlined.
_kernel = uncounted(cache=True, forceinline=True)
_outer = uncounted(cache=True)


@_kernel  # as in the engine, which this simulator judges and shares no code with
def _mix(v: np.uint64) -> np.uint64:
    v = (v ^ (v >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    v = (v ^ (v >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return v ^ (v >> np.uint64(31))


@_kernel
def _uniform(rng: U64, stream: int) -> float:
    """SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), top 53 bits."""
    rng[stream] += np.uint64(0x9E3779B97F4A7C15)
    return np.float64(_mix(rng[stream]) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@_kernel
def _choose(weights: F64, size: int, s: State) -> int:
    """An index with probability proportional to weights[:size], which sum to 1 but for rounding."""
    if s.tape_size[0] >= 0:
        return _follow(weights, size, s.tape, s.tape_size, s.chance)
    u = _uniform(s.rng, _TRAJECTORY)
    last = 0
    for k in range(size):
        if weights[k] > 0.0:
            u -= weights[k]
            last = k
            if u < 0.0:
                break
    return last


@_outer
def _follow(weights: F64, size: int, tape: I64, tape_size: I64, chance: F64) -> int:
    """The choice that the tape gives, or beyond its end the first possible one; written down with its alternatives."""
    step = tape_size[1]
    tape_size[1] += 1
    total = 0.0
    for k in range(size):
        total += weights[k]
    chosen = tape[0, step] if step < tape_size[0] else -1
    following = -1
    for k in range(size):
        if weights[k] > 1e-18 * total:
            if chosen < 0:
                chosen = k
            elif k > chosen:
                following = k
                break
    tape[1, step], tape[2, step] = chosen, following
    chance[step] = weights[chosen] / total
    return chosen


@_kernel
def _local(index: int, q: int, r: int, arity: int, level: U8, levels: int) -> int:
    """Joint level of the qubits of an operator in basis state ``index``."""
    local = np.int64(level[q, index])
    if arity == 2:
        local = local * levels + np.int64(level[r, index])
    return local


@_kernel
def _offset(local: int, q: int, r: int, arity: int, strides: I64, levels: int) -> int:
    """Part of a basis index that belongs to the qubits of an operator."""
    if arity == 2:
        return (local // levels) * strides[q] + (local % levels) * strides[r]
    return local * strides[q]


@_kernel
def _populations(q: int, r: int, arity: int, t: Tables, s: State) -> None:
    """Populations of the joint levels of one or two qubits into ``s.populations``."""
    buffer, count = s.now[0], s.now[1]
    for j in range(t.levels**arity):
        s.populations[j] = 0.0
    for k in range(count):
        index = s.active[buffer, k]
        a = s.amplitude[buffer, index]
        s.populations[_local(index, q, r, arity, t.level, t.levels)] += a.real * a.real + a.imag * a.imag


@_kernel
def _apply_diagonal(k: int, q: int, r: int, arity: int, scale: float, t: Tables, s: State) -> None:
    buffer, count = s.now[0], s.now[1]
    for i in range(count):
        index = s.active[buffer, i]
        s.amplitude[buffer, index] *= scale * t.diagonal[k, _local(index, q, r, arity, t.level, t.levels)]


@_kernel
def _apply(k: int, q: int, r: int, arity: int, scale: float, t: Tables, s: State) -> None:
    """Operator k on the state, times ``scale``: column by column into the other buffer."""
    source, count = s.now[0], s.now[1]
    target = 1 - source
    s.now[2] += 1
    epoch = np.int32(s.now[2])
    filled = 0
    for i in range(count):
        index = s.active[source, i]
        a = s.amplitude[source, index] * scale
        j = _local(index, q, r, arity, t.level, t.levels)
        base = index - _offset(j, q, r, arity, t.strides, t.levels)
        for e in range(t.first[k, j], t.first[k, j + 1]):
            out = base + _offset(t.row[e], q, r, arity, t.strides, t.levels)
            if s.mark[out] == epoch:
                s.amplitude[target, out] += t.value[e] * a
            else:
                s.mark[out] = epoch
                s.amplitude[target, out] = t.value[e] * a
                s.active[target, filled] = out
                filled += 1
    kept = 0
    for i in range(filled):
        index = s.active[target, i]
        a = s.amplitude[target, index]
        if a.real * a.real + a.imag * a.imag > _NEGLIGIBLE:
            s.active[target, kept] = index
            kept += 1
    s.now[0], s.now[1] = target, kept


@_kernel
def _branch(first: int, size: int, fixed: int, q: int, r: int, arity: int, t: Tables, s: State) -> int:
    """A branch of a channel, drawn with its probability; s.weights[branch] is that."""
    if not fixed:
        _populations(q, r, arity, t, s)
    lazy = s.tape_size[0] < 0  # weights are worked out until the branch is found, the likely ones first
    u = _uniform(s.rng, _TRAJECTORY) if lazy else 2.0
    last = 0
    for k in range(size):
        weight = t.weight[first + k, 0]
        if not fixed:
            weight = 0.0
            for j in range(t.levels**arity):
                weight += s.populations[j] * t.weight[first + k, j]
        s.weights[k] = weight
        if weight > 0.0:
            last = k
            u -= weight
            if lazy and u < 0.0:
                break
    return last if lazy else _follow(s.weights, size, s.tape, s.tape_size, s.chance)


@_kernel
def _channel(channel: int, q: int, r: int, arity: int, t: Tables, s: State) -> None:
    """One branch of a channel on the state, which stays normalised."""
    first, size, fixed = t.channels[channel, 0], t.channels[channel, 1], t.channels[channel, 2]
    chosen, scale = 0, 1.0
    if size > 1:
        chosen = _branch(first, size, fixed, q, r, arity, t, s)
        scale = 1.0 / np.sqrt(s.weights[chosen])
    k = first + chosen
    if t.kind[k] == 2:
        _apply(k, q, r, arity, scale, t, s)
    elif t.kind[k] == 1:
        _apply_diagonal(k, q, r, arity, scale, t, s)


@_kernel
def _scramble(q: int, t: Tables, s: State) -> None:
    """A random sign on each occupied leaked level of transmon q."""
    _populations(q, q, 1, t, s)
    buffer, count = s.now[0], s.now[1]
    for level in range(2, t.levels):
        if s.populations[level] == 0.0:
            continue
        s.weights[0] = s.weights[1] = 0.5
        if _choose(s.weights, 2, s) == 1:
            for i in range(count):
                index = s.active[buffer, i]
                if t.level[q, index] == level:
                    s.amplitude[buffer, index] = -s.amplitude[buffer, index]


@_kernel
def _measure(q: int, readout: int, t: Tables, s: State) -> tuple[int, int]:
    """Project transmon q on a level; returns it and the recorded bit."""
    _populations(q, q, 1, t, s)
    level = _choose(s.populations, t.levels, s)
    scale = 1.0 / np.sqrt(s.populations[level])
    buffer, kept = s.now[0], 0
    for i in range(s.now[1]):
        index = s.active[buffer, i]
        if t.level[q, index] == level:
            s.amplitude[buffer, index] *= scale
            s.active[buffer, kept] = index
            kept += 1
    s.now[1] = kept
    s.weights[1] = t.one_given[readout, level]
    s.weights[0] = 1.0 - s.weights[1]
    return level, _choose(s.weights, 2, s)


@_kernel
def _snapshot(snapshot: int, t: Tables, s: State, counts: I64, expected: F64) -> None:
    """Note levels 2 and 3 (and above) of every transmon: a level drawn from its populations, without back-action, or
    on a tape the populations themselves."""
    for q in range(t.strides.shape[0]):
        _populations(q, q, 1, t, s)
        if s.tape_size[0] < 0:
            left = _uniform(s.rng, _SNAPSHOT)
            for level in range(t.levels - 1, 1, -1):
                left -= s.populations[level]
                if left < 0.0:
                    counts[snapshot, q, min(level, 3) - 2] += 1
                    break
        else:
            for level in range(2, t.levels):
                expected[snapshot, q, min(level, 3) - 2] += s.populations[level]


@_outer
def run_shot(
    t: Tables, s: State, snapshots: int, shot: int, sweep: U8, records: U8, heralds: U8, counts: I64, expected: F64
) -> None:
    """One trajectory from |0> on all transmons.

    snapshots: 0 none, 1 at tagged TICKs, 2 at every TICK.
    sweep: uint8 (shots, sweep bits), read in row ``shot``.
    records, heralds: uint8 (shots, measurements), written in that row: bits, and levels (0 if computational).
    counts: int64 (snapshots, n, 2), added to.   expected: float64, the same, added to on a tape.
    """
    s.now[0], s.now[1] = 0, 1
    s.active[0, 0] = 0
    s.amplitude[0, 0] = 1.0
    measured, noted = 0, 0
    for i in range(t.steps.shape[0]):
        code, q, r, which = t.steps[i, 0], t.steps[i, 1], t.steps[i, 2], t.steps[i, 3]
        if code <= SWEEP:
            if (code == FEEDBACK and not records[shot, r]) or (code == SWEEP and not sweep[shot, r]):
                continue
            _channel(which, q, r, 2 if code == KRAUS_2 else 1, t, s)
        elif code == SCRAMBLE:
            _scramble(q, t, s)
        elif code == MEASURE:
            level, bit = _measure(q, which, t, s)
            records[shot, measured] = bit
            heralds[shot, measured] = min(level, 3) if level >= 2 else 0
            measured += 1
        elif (code == SNAPSHOT_ROUND and snapshots >= 1) or snapshots == 2:
            _snapshot(noted, t, s, counts, expected)
            noted += 1


@_outer
def run_shots(
    t: Tables, s: State, snapshots: int, seed: np.uint64, first_shot: int, draw_sweep: bool, sweep: U8, records: U8,
    heralds: U8, counts: I64, expected: F64,
) -> None:  # fmt: skip
    """Shots first_shot, first_shot + 1, ...: one for each row of ``records``. The randomness of a shot is a function of
    (seed, shot)."""
    for shot in range(records.shape[0]):
        if s.now[2] > 2_000_000_000:  # marks are 32 bits wide
            s.now[2] = 0
            s.mark[:] = -1
        for stream in range(2):
            number = np.uint64(2 * (first_shot + shot) + stream + 1)
            s.rng[stream] = _mix(seed ^ _mix(number * np.uint64(0xD1342543DE82EF95)))
        if draw_sweep:
            for k in range(sweep.shape[1]):
                sweep[shot, k] = 1 if _uniform(s.rng, _TRAJECTORY) < 0.5 else 0
        run_shot(t, s, snapshots, shot, sweep, records, heralds, counts, expected)
