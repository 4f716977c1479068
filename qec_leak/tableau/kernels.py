"""The kernel: shots one after another, each with a tableau of its own. State, all plain arrays for speed:

tab: uint64 (qubits, 4, words), columns of the tableau: bit i of word i // 64 is row i. XS, ZS: stabilizers, and behind
    them asked values; XD, ZD: destabilizers (Aaronson and Gottesman, quant-ph/0406196). A Y counts as i X Z.
    Destabilizers need no signs.
info: uint8 (4, qubits). FRESH: Z is decided, by the bit in VALUE. LEVEL_OF: 0, 2 or 3. BASE: a leaked qubit stays in
    the tableau as |base>.
line: uint64 (10, words). SIGN: of stabilizers and asked values. OWN: which rows are stabilizers. LEAKED, ASKED, WORDS:
    numbers of leaked qubits, of asked values and of words in use, in word 0. The others are scratch.
rng: uint64 (4,).   gap: int64 (streams,), trials up to the next hit.   scale: float64 (streams,), 1 / log(1 - p).
basis: uint64 (qubits + 1, 3, words), scratch of ``value_by_asked``.

An asked value is what Z of a qubit was found to be when something would have happened for one of its values and did
not. It does not collapse the state: shots in which nothing happened follow rho -> rho - p (P rho + rho P) / 2, with the
projector P on the value for which it happens with probability p. That is the sum of M_v(rho) = (P_v rho + rho P_v) / 2
over values v, each as likely as nothing happens with it. In M_v the Pauli Z S has the value v s for every stabilizer S
of value s that commutes with Z, and what does not commute with Z keeps its value. So an asked value is a row of the
tableau, a Pauli that gates move on, and it decides a measurement of Z S. This is exact for one asked value. Of several
that do not commute the later ones are kept where they contradict: what is left out is of second order in p.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from qec_leak.tableau.program import Op, Program
from qec_leak.tableau.tables import COIN_Z, LEAVE, LEVEL, RETURN

U1, U2, U4, U8, U16, U32 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(8), np.uint64(16), np.uint64(32)
ZERO, ALL = np.uint64(0), np.uint64(2**64 - 1)
NEVER = 1 << 62
NOTHING, UNLIKE = -1, -2
FREE = 2
"""Of a value: nothing decides it."""

ONE, CZ, SWAP, MEASURE, RESET = map(int, (Op.ONE, Op.CZ, Op.SWAP, Op.MEASURE, Op.RESET))
NOISE_1, NOISE_2 = int(Op.NOISE_1), int(Op.NOISE_2)
CORRELATED, ELSE_CORRELATED, HERALDED, PAD = map(int, (Op.CORRELATED, Op.ELSE_CORRELATED, Op.HERALDED, Op.PAD))
FEEDBACK, SWEEP, CHANNEL_1, CHANNEL_2 = map(int, (Op.FEEDBACK, Op.SWEEP, Op.CHANNEL_1, Op.CHANNEL_2))
SNAPSHOT, LOOP_BEGIN, LOOP_END, LEVEL_READ = map(int, (Op.SNAPSHOT, Op.LOOP_BEGIN, Op.LOOP_END, Op.LEVEL))


XS, ZS, XD, ZD = 0, 1, 2, 3
VALUE, FRESH, LEVEL_OF, BASE = 0, 1, 2, 3
PRODUCT, STAB, DESTAB, ONCE, TWICE, SIGN, OWN, LEAKED, ASKED, WORDS = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9

U8s = npt.NDArray[np.uint8]
I64s = npt.NDArray[np.int64]
U64s = npt.NDArray[np.uint64]
F64s = npt.NDArray[np.float64]


# ---- random numbers: xoshiro256++ seeded by SplitMix64 -------------------------------------------------------------


@njit(cache=True, nogil=True)
def mixed(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def seed_shot(rng: U64s, seed: np.uint64, shot: int) -> None:
    golden = np.uint64(0x9E3779B97F4A7C15)
    x = mixed(mixed(seed + golden) ^ (np.uint64(shot) * np.uint64(0xD1342543DE82EF95)))
    for i in range(4):
        x += golden
        rng[i] = mixed(x)


@njit(cache=True, nogil=True, forceinline=True)
def random_word(rng: U64s) -> np.uint64:
    s0, s1, s2, s3 = rng[0], rng[1], rng[2], rng[3]
    t = s0 + s3
    out = ((t << np.uint64(23)) | (t >> np.uint64(41))) + s0
    s2 ^= s0
    s3 ^= s1
    rng[1] = s1 ^ s2
    rng[0] = s0 ^ s3
    rng[2] = s2 ^ (s1 << np.uint64(17))
    rng[3] = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
    return out


@njit(cache=True, nogil=True, forceinline=True)
def uniform(rng: U64s) -> float:
    """In [0, 1)."""
    return float(random_word(rng) >> np.uint64(11)) * 2.0**-53


@njit(cache=True, nogil=True, forceinline=True)
def coin(rng: U64s) -> int:
    return np.uint8(random_word(rng) >> np.uint64(63))


@njit(cache=True, nogil=True)
def next_gap(scale: F64s, rng: U64s, stream: int) -> int:
    """Trials that miss before the next one that hits; ``scale``: 1 / log(1 - p), 0 for p = 1, 1 for p = 0."""
    if scale[stream] > 0.0:
        return NEVER
    if scale[stream] == 0.0:
        return 0
    misses = math.log(1.0 - uniform(rng)) * scale[stream]
    return int(misses) if misses < 4.0e18 else NEVER


# ---- tableau -------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True, forceinline=True)
def ones(x: np.uint64) -> np.uint64:
    x = x - ((x >> U1) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> U2) & np.uint64(0x3333333333333333))
    x = (x + (x >> U4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (x * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(cache=True, nogil=True)
def one_qubit_gates(tab: U64s, info: U8s, line: U64s, p: Program, code: int, start: int, count: int) -> None:
    """A one-qubit gate on its targets, but for leaked ones."""
    targets = p.targets
    xx, xz, zx, zz = p.gate_linear[code, 0], p.gate_linear[code, 1], p.gate_linear[code, 2], p.gate_linear[code, 3]
    of_x, of_y, of_z = p.gate_flips[code, 0], p.gate_flips[code, 1], p.gate_flips[code, 2]
    keeps_z, flips_z = p.gate_keeps_z[code], np.uint8(of_z & U1)
    for k in range(start, start + count):
        q = targets[k]
        if info[LEVEL_OF, q]:
            continue
        for w in range(int(line[WORDS, 0])):
            x, z = tab[q, XS, w], tab[q, ZS, w]
            line[SIGN, w] ^= (x & ~z & of_x) ^ (x & z & of_y) ^ (~x & z & of_z)
            tab[q, XS, w] = (x & xx) ^ (z & xz)
            tab[q, ZS, w] = (x & zx) ^ (z & zz)
            x, z = tab[q, XD, w], tab[q, ZD, w]
            tab[q, XD, w] = (x & xx) ^ (z & xz)
            tab[q, ZD, w] = (x & zx) ^ (z & zz)
        info[VALUE, q] ^= flips_z
        info[FRESH, q] &= keeps_z


@njit(cache=True, nogil=True, forceinline=True)
def controlled_z(tab: U64s, line: U64s, a: int, b: int) -> None:
    for w in range(int(line[WORDS, 0])):
        xa, xb = tab[a, XS, w], tab[b, XS, w]
        line[SIGN, w] ^= xa & xb & (tab[a, ZS, w] ^ tab[b, ZS, w])
        tab[a, ZS, w] ^= xb
        tab[b, ZS, w] ^= xa
        tab[a, ZD, w] ^= tab[b, XD, w]
        tab[b, ZD, w] ^= tab[a, XD, w]


@njit(cache=True, nogil=True)
def swap(tab: U64s, info: U8s, line: U64s, a: int, b: int) -> None:
    for w in range(int(line[WORDS, 0])):
        tab[a, XS, w], tab[b, XS, w] = tab[b, XS, w], tab[a, XS, w]
        tab[a, ZS, w], tab[b, ZS, w] = tab[b, ZS, w], tab[a, ZS, w]
        tab[a, XD, w], tab[b, XD, w] = tab[b, XD, w], tab[a, XD, w]
        tab[a, ZD, w], tab[b, ZD, w] = tab[b, ZD, w], tab[a, ZD, w]
    info[VALUE, a], info[VALUE, b] = info[VALUE, b], info[VALUE, a]
    info[FRESH, a], info[FRESH, b] = info[FRESH, b], info[FRESH, a]
    info[LEVEL_OF, a], info[LEVEL_OF, b] = info[LEVEL_OF, b], info[LEVEL_OF, a]
    info[BASE, a], info[BASE, b] = info[BASE, b], info[BASE, a]


@njit(cache=True, nogil=True, forceinline=True)
def pauli(tab: U64s, info: U8s, line: U64s, q: int, x: int, z: int) -> None:
    """X^x Z^z on a qubit."""
    for w in range(int(line[WORDS, 0])):
        if x:
            line[SIGN, w] ^= tab[q, ZS, w]
        if z:
            line[SIGN, w] ^= tab[q, XS, w]
    info[VALUE, q] ^= x


@njit(cache=True, nogil=True, forceinline=True)
def decided(tab: U64s, line: U64s, q: int) -> bool:
    """Whether the tableau decides Z of the qubit."""
    anti = ZERO
    for w in range(int(line[WORDS, 0])):
        anti |= tab[q, XS, w] & line[OWN, w]
    return not anti


@njit(cache=True, nogil=True)
def product_sign(tab: U64s, line: U64s) -> int:
    """Sign of the product of the rows in PRODUCT, in their order, which has only Z factors.

    Each is i^(Y's) X^x Z^z; in a product each Z passes the X of later ones, and gives a sign.
    """
    words = int(line[WORDS, 0])
    count, sign = 0, ZERO
    for w in range(words):
        count += int(ones(line[PRODUCT, w]))
        sign ^= line[SIGN, w] & line[PRODUCT, w]
    if count > 1:
        first = second = ZERO
        for q in range(tab.shape[0]):
            carried = ZERO
            for w in range(words):
                x, z = tab[q, XS, w] & line[PRODUCT, w], tab[q, ZS, w] & line[PRODUCT, w]
                y = x & z
                second ^= first & y
                first ^= y
                if z or carried:
                    z ^= z << U1
                    z ^= z << U2
                    z ^= z << U4
                    z ^= z << U8
                    z ^= z << U16
                    z ^= z << U32  # bit i: parity of z up to i
                    sign ^= x & ((z << U1) ^ carried)
                    if z >> np.uint64(63):
                        carried = ~carried
        return np.uint8((ones(sign) + (ones(first) >> U1) + ones(second)) & U1)
    return np.uint8(ones(sign) & U1)


@njit(cache=True, nogil=True, forceinline=True)
def refresh(tab: U64s, info: U8s, line: U64s, q: int) -> bool:
    """Where the tableau decides Z, VALUE becomes what it says. Returns whether it does."""
    if info[FRESH, q]:
        return True
    if not decided(tab, line, q):
        return False
    for w in range(int(line[WORDS, 0])):
        line[PRODUCT, w] = tab[q, XD, w]
    set_value(info, q, product_sign(tab, line))
    return True


@njit(cache=True, nogil=True, forceinline=True)
def set_value(info: U8s, q: int, value: int) -> None:
    """Z is decided by ``value``."""
    info[VALUE, q] = value
    info[FRESH, q] = 1


@njit(cache=True, nogil=True)
def collapse(tab: U64s, line: U64s, q: int, value: int) -> None:
    """Projects on Z = ``value``, which the tableau does not decide."""
    words = int(line[WORDS, 0])
    pivot = 0
    while not tab[q, XS, pivot]:
        pivot += 1
    bit = tab[q, XS, pivot] & (~tab[q, XS, pivot] + U1)
    # Generators that do not commute with Z are multiplied by the pivot; rows ONCE, TWICE: their phase, a power of i.
    for w in range(words):
        line[STAB, w], line[DESTAB, w] = tab[q, XS, w], tab[q, XD, w]
        line[ONCE, w] = line[TWICE, w] = ZERO
    line[STAB, pivot] &= ~bit
    line[DESTAB, pivot] &= ~bit
    for c in range(tab.shape[0]):
        px, pz = tab[c, XS, pivot] & bit, tab[c, ZS, pivot] & bit
        if px or pz:
            for w in range(words):
                x, z = tab[c, XS, w], tab[c, ZS, w]
                if px and pz:
                    plus, minus = x & ~z, ~x & z
                elif px:
                    plus, minus = ~x & z, x & z
                else:
                    plus, minus = x & z, x & ~z
                line[TWICE, w] ^= line[ONCE, w] & plus
                line[ONCE, w] ^= plus | minus
                line[TWICE, w] ^= line[ONCE, w] & minus
                if px:
                    tab[c, XS, w] = x ^ line[STAB, w]
                    tab[c, XD, w] ^= line[DESTAB, w]
                if pz:
                    tab[c, ZS, w] = z ^ line[STAB, w]
                    tab[c, ZD, w] ^= line[DESTAB, w]
        tab[c, XD, pivot] = (tab[c, XD, pivot] & ~bit) | px
        tab[c, ZD, pivot] = (tab[c, ZD, pivot] & ~bit) | pz
        tab[c, XS, pivot] &= ~bit
        tab[c, ZS, pivot] &= ~bit
    tab[q, ZS, pivot] |= bit
    negative = ALL if line[SIGN, pivot] & bit else ZERO
    for w in range(words):
        line[SIGN, w] ^= (line[TWICE, w] ^ negative) & line[STAB, w]
    line[SIGN, pivot] = (line[SIGN, pivot] & ~bit) | (bit if value else ZERO)


# ---- asked values --------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True, forceinline=True)
def has(mask: U64s, row: int) -> bool:
    return bool((mask[row >> 6] >> np.uint64(row & 63)) & U1)


@njit(cache=True, nogil=True)
def against(tab: U64s, row: int, words: int, others: U64s, destabilizers: U64s) -> None:
    """Which rows do not commute with a row: stabilizers and asked values; destabilizers."""
    at, bit = row >> 6, np.uint64(row & 63)
    for w in range(words):
        others[w] = destabilizers[w] = ZERO
    for c in range(tab.shape[0]):
        x, z = (tab[c, XS, at] >> bit) & U1, (tab[c, ZS, at] >> bit) & U1
        if x | z:
            x, z = ZERO - x, ZERO - z
            for w in range(words):
                others[w] ^= (tab[c, ZS, w] & x) ^ (tab[c, XS, w] & z)
                destabilizers[w] ^= (tab[c, ZD, w] & x) ^ (tab[c, XD, w] & z)


@njit(cache=True, nogil=True)
def multiply(tab: U64s, line: U64s, row: int, by: int) -> int:
    """A row becomes, but for its sign, its product with another. Returns the power of i before the product."""
    into, of = U1 << np.uint64(row & 63), np.uint64(by & 63)
    power = 2 * int(has(line[SIGN], by))
    for c in range(tab.shape[0]):
        x, z, u, v = has(tab[c, XS], row), has(tab[c, ZS], row), has(tab[c, XS], by), has(tab[c, ZS], by)
        if x and z:
            power += int(v) - int(u)
        elif x:
            power += int(v) * (2 * int(u) - 1)
        elif z:
            power += int(u) * (1 - 2 * int(v))
        tab[c, XS, row >> 6] ^= into * ((tab[c, XS, by >> 6] >> of) & U1)
        tab[c, ZS, row >> 6] ^= into * ((tab[c, ZS, by >> 6] >> of) & U1)
    return power


@njit(cache=True, nogil=True)
def without_bit(words: U64s, row: int) -> None:
    """Takes a bit out; those behind it move up."""
    at = row >> 6
    low = (U1 << np.uint64(row & 63)) - U1
    words[at] = (words[at] & low) | ((words[at] >> U1) & ~low)
    for w in range(at + 1, words.shape[0]):
        words[w - 1] |= words[w] << np.uint64(63)
        words[w] >>= U1


@njit(cache=True, nogil=True)
def forget(tab: U64s, line: U64s, row: int) -> None:
    """Drops an asked value."""
    for c in range(tab.shape[0]):
        without_bit(tab[c, XS], row)
        without_bit(tab[c, ZS], row)
    without_bit(line[SIGN], row)
    line[ASKED, 0] -= U1


@njit(cache=True, nogil=True)
def carry_over(tab: U64s, line: U64s, q: int) -> None:
    """Before Z of a qubit is measured: an asked value C that does not commute with it is multiplied by a later one like
    it, the last one by a stabilizer S that commutes with C and not with Z. Without one, nothing can tell any more what
    C was. So it is where Z is decided: the outcome is sure then, and C is lost all the same."""
    n, words = tab.shape[0], int(line[WORDS, 0])
    other = line[ONCE]
    row = n
    while row < n + int(line[ASKED, 0]):
        if not has(tab[q, XS], row):
            row += 1
            continue
        against(tab, row, words, other, line[DESTAB])
        one = two = pivot = -1
        for k in range(n + int(line[ASKED, 0])):
            if has(tab[q, XS], k):
                if not has(other, k) and (one < 0 if k < n else k > row and one < n):
                    one = k  # another asked value before a stabilizer: what the two say together is kept
                if k < n:
                    pivot = k
            elif k < n and has(other, k):
                two = k
        bit = U1 << np.uint64(row & 63)
        if one >= 0:
            power = multiply(tab, line, row, one)
        elif two >= 0 and pivot >= 0:
            power = multiply(tab, line, row, two)
            power += multiply(tab, line, row, pivot)
        else:
            forget(tab, line, row)
            continue
        if power & 2:
            line[SIGN, row >> 6] ^= bit
        row += 1
    for w in range(words):
        other[w] = ZERO


@njit(cache=True, nogil=True)
def reduce_last(basis: U64s, count: int, words: int) -> bool:
    """Takes from row ``count`` the rows before it that make its first part vanish. Returns whether they do."""
    for k in range(count):
        w = 0
        while not basis[k, 0, w]:
            w += 1
        if basis[count, 0, w] & basis[k, 0, w] & (~basis[k, 0, w] + U1):
            for part in range(3):
                for v in range(words):
                    basis[count, part, v] ^= basis[k, part, v]
    anything = ZERO
    for w in range(words):
        anything |= basis[count, 0, w]
    return not anything


@njit(cache=True, nogil=True)
def value_by_asked(tab: U64s, line: U64s, basis: U64s, q: int) -> int:
    """Value of Z of a qubit that the stabilizers do not decide, by the asked values; FREE if they do not either.

    Two Paulis are the same but for a stabilizer where the same stabilizers do not commute with them. Rows of ``basis``:
    stabilizers and destabilizers that do not commute with a product of asked values, and which these are.
    """
    n, words = tab.shape[0], int(line[WORDS, 0])
    count = 0
    row = n + int(line[ASKED, 0]) - 1
    while row >= n:  # from the last one that was asked
        against(tab, row, words, basis[count, 0], basis[count, 1])
        for w in range(words):
            basis[count, 0, w] &= line[OWN, w]
            basis[count, 2, w] = ZERO
        basis[count, 2, row >> 6] = U1 << np.uint64(row & 63)
        if reduce_last(basis, count, words):
            forget(tab, line, row)
            for k in range(count):
                without_bit(basis[k, 2], row)
        else:
            count += 1
        row -= 1
    for w in range(words):
        basis[count, 0, w], basis[count, 1, w] = tab[q, XS, w] & line[OWN, w], tab[q, XD, w]
        basis[count, 2, w] = ZERO
    if not reduce_last(basis, count, words):
        return FREE
    chosen, other = basis[count, 2], line[ONCE]
    first = -1
    for row in range(n + int(line[ASKED, 0]) - 1, n - 1, -1):
        if has(chosen, row):
            first = row
    for row in range(n + int(line[ASKED, 0]) - 1, first - 1, -1):
        if has(chosen, row):  # must commute with what is left once the later ones are taken off
            against(tab, row, words, other, line[DESTAB])
            odd = has(tab[q, XS], row)
            for later in range(row + 1, n + int(line[ASKED, 0])):
                odd ^= has(chosen, later) and has(other, later)
            if odd:
                forget(tab, line, first)
                return FREE
    for w in range(words):
        line[PRODUCT, w] = basis[count, 1, w] | chosen[w]
    return int(product_sign(tab, line))


@njit(cache=True, nogil=True)
def undecided_value(tab: U64s, line: U64s, rng: U64s, basis: U64s, q: int) -> int:
    """Value of Z of a qubit that the stabilizers do not decide: by the asked values, else a coin."""
    value = value_by_asked(tab, line, basis, q) if line[ASKED, 0] else FREE
    return int(coin(rng)) if value == FREE else value


@njit(cache=True, nogil=True)
def ask(tab: U64s, line: U64s, rng: U64s, basis: U64s, q: int) -> int:
    """Value of Z of a qubit that the stabilizers do not decide, to be remembered."""
    value = value_by_asked(tab, line, basis, q) if line[ASKED, 0] else FREE
    if value != FREE:
        return value
    value = int(coin(rng))
    row = tab.shape[0] + int(line[ASKED, 0])
    line[WORDS, 0] = max(line[WORDS, 0], np.uint64((row >> 6) + 1))
    tab[q, ZS, row >> 6] |= U1 << np.uint64(row & 63)
    if value:
        line[SIGN, row >> 6] |= U1 << np.uint64(row & 63)
    line[ASKED, 0] += U1
    return value


# ---- measurements, resets, levels ----------------------------------------------------------------------------------


@njit(cache=True, nogil=True, forceinline=True)
def project(tab: U64s, info: U8s, line: U64s, q: int, value: int) -> None:
    """Projects a computational qubit on the value that is decided, else on ``value``."""
    if line[ASKED, 0]:
        carry_over(tab, line, q)
    if not refresh(tab, info, line, q):
        collapse(tab, line, q, value)
        set_value(info, q, value)


@njit(cache=True, nogil=True)
def read(tab: U64s, info: U8s, line: U64s, rng: U64s, basis: U64s, q: int) -> int:
    """Measures a computational qubit."""
    value = 0 if refresh(tab, info, line, q) else undecided_value(tab, line, rng, basis, q)
    project(tab, info, line, q, value)
    return int(info[VALUE, q])


@njit(cache=True, nogil=True)
def leave(tab: U64s, info: U8s, line: U64s, q: int, level: int, value: int) -> None:
    """A computational qubit leaks, with its value: ``value``, if the stabilizers do not decide it."""
    project(tab, info, line, q, value)
    info[BASE, q] = info[VALUE, q]
    info[LEVEL_OF, q] = level
    info[FRESH, q] = 0
    line[LEAKED, 0] += U1


@njit(cache=True, nogil=True)
def come_back(tab: U64s, info: U8s, line: U64s, q: int, value: int) -> None:
    """A leaked qubit becomes |value>."""
    if info[BASE, q] != value:
        pauli(tab, info, line, q, 1, 0)
    info[LEVEL_OF, q] = 0
    line[LEAKED, 0] -= U1
    set_value(info, q, value)


@njit(cache=True, nogil=True, forceinline=True)
def reset(tab: U64s, info: U8s, line: U64s, rng: U64s, basis: U64s, resets: F64s, q: int, table: int) -> None:
    """To |0>, but for leaked levels whose row says otherwise."""
    level = info[LEVEL_OF, q]
    if level == 0:
        if read(tab, info, line, rng, basis, q):
            pauli(tab, info, line, q, 1, 0)
        return
    after = 0
    if table >= 0:
        u = uniform(rng)
        while after < 3 and u >= resets[table, level - 2, after]:
            after += 1
        after = (after + 1) % 4
    if after < 2:
        come_back(tab, info, line, q, after)
    else:
        info[LEVEL_OF, q] = after


@njit(cache=True, nogil=True)
def label(tab: U64s, info: U8s, line: U64s, q: int) -> int:
    """0 and 1 decided, 2 and 3 leaked, 4 computational and not decided."""
    if info[LEVEL_OF, q]:
        return np.int64(info[LEVEL_OF, q])
    return np.int64(info[VALUE, q]) if refresh(tab, info, line, q) else 4


@njit(cache=True, nogil=True)
def branch(rows: I64s, cum: F64s, labels: int, u: float) -> int:
    """Which branch of the row of these labels, 6 a + b, is drawn; NOTHING if none is."""
    row, end = rows[labels], rows[labels + 1]
    while row < end and u >= cum[row]:
        row += 1
    return row if row < end else NOTHING


@njit(cache=True, nogil=True)
def branch_of_all(rows: I64s, cum: F64s, actions: U8s, first: int, second: int, u: float) -> int:
    """The branch that does the same for all values that are not decided; UNLIKE if they differ or a value leaves."""
    row = branch(rows, cum, 6 * first + second, u)
    for a in range(first, first + 1 + (first == 4)):
        for b in range(second, second + 1 + (second == 4)):
            other = branch(rows, cum, 6 * a + b, u)
            if other != row:
                if row == NOTHING or other == NOTHING:
                    return UNLIKE
                if actions[row, 0] != actions[other, 0] or actions[row, 1] != actions[other, 1]:
                    return UNLIKE
    if row != NOTHING and ((first == 4 and actions[row, 0] & LEAVE) or (second == 4 and actions[row, 1] & LEAVE)):
        return UNLIKE
    return row


@njit(cache=True, nogil=True)
def act(tab: U64s, info: U8s, line: U64s, rng: U64s, q: int, action: int, value: int) -> None:
    """What a drawn branch does to a qubit (actions: tables.py); ``value``: as asked, if it was."""
    if action & LEAVE:
        leave(tab, info, line, q, 2 + (action & 1), value)
    elif action & LEVEL:
        info[LEVEL_OF, q] = 2 + (action & 1)
    elif action & RETURN:
        come_back(tab, info, line, q, action & 1)
    elif action:
        pauli(tab, info, line, q, action & 1, coin(rng) if action & COIN_Z else (action >> 1) & 1)


@njit(cache=True, nogil=True)
def channel(
    tab: U64s,
    info: U8s,
    line: U64s,
    rng: U64s,
    basis: U64s,
    gap: I64s,
    scale: F64s,
    targets: I64s,
    rows: I64s,
    cum: F64s,
    actions: U8s,
    start: int,
    places: int,
    arity: int,
    stream: int,
    most: float,
) -> None:
    """A channel on each of its places, in order. Where nothing is leaked, something can happen only where its stream
    hits, with the largest probability of any row; what the row gives less is a miss after all."""
    hit = gap[stream]
    k = 0
    while k < places:
        if line[LEAKED, 0] == 0:
            if hit >= places:
                break
            k = hit
        a = targets[start + k * arity]
        b = targets[start + k * arity + arity - 1]
        leaked = info[LEVEL_OF, a] | info[LEVEL_OF, b]
        if leaked or k == hit:
            u = uniform(rng) * (1.0 if leaked else most)
            first = label(tab, info, line, a) if arity == 2 else 0
            second = label(tab, info, line, b)
            row = branch_of_all(rows, cum, actions, first, second, u)
            if row == UNLIKE:
                if first == 4:
                    first += ask(tab, line, rng, basis, a)
                if second == 4:
                    second += ask(tab, line, rng, basis, b)
                row = branch(rows, cum, 6 * first + second, u)
            if row != NOTHING:
                if arity == 2:
                    act(tab, info, line, rng, a, actions[row, 0], first & 1)
                act(tab, info, line, rng, b, actions[row, 1], second & 1)
        if k == hit:
            hit += 1 + next_gap(scale, rng, stream)
        k += 1
    gap[stream] = hit - places


@njit(cache=True, nogil=True)
def code_pauli(tab: U64s, info: U8s, line: U64s, q: int, code: int) -> None:
    """A Pauli with code x + 2 z on a qubit, if it is computational."""
    if code and info[LEVEL_OF, q] == 0:
        pauli(tab, info, line, q, code & 1, code >> 1)


@njit(cache=True, nogil=True)
def noise(
    tab: U64s,
    info: U8s,
    line: U64s,
    rng: U64s,
    gap: I64s,
    scale: F64s,
    p: Program,
    start: int,
    count: int,
    arity: int,
    index: int,
    stream: int,
    heralds: U8s,
) -> None:
    """Pauli noise; ``heralds``: where to note that it hit, empty for noise that is not heralded."""
    places = count // arity
    hit = gap[stream]
    while hit < places:
        row = p.noise_rows[index]
        last = p.noise_rows[index + 1] - 1
        u = uniform(rng)
        while row < last and u >= p.noise_cum[row]:
            row += 1
        code = p.noise_pauli[row]
        if arity == 2:
            code_pauli(tab, info, line, p.targets[start + 2 * hit], code >> 2)
            code_pauli(tab, info, line, p.targets[start + 2 * hit + 1], code & 3)
        else:
            code_pauli(tab, info, line, p.targets[start + hit], code)
        if heralds.shape[0]:
            heralds[hit] = 1
        hit += 1 + next_gap(scale, rng, stream)
    gap[stream] = hit - places


@njit(cache=True, nogil=True)
def measure(
    tab: U64s,
    info: U8s,
    line: U64s,
    rng: U64s,
    basis: U64s,
    gap: I64s,
    scale: F64s,
    p: Program,
    start: int,
    count: int,
    index: int,
    stream: int,
    records: U8s,
    levels: U8s,
) -> None:
    """Measurements of Z; ``records``: outcomes of this instruction; ``levels``: levels, empty if not asked for."""
    targets, readouts = p.targets, p.readouts
    hit = gap[stream] if stream >= 0 else NEVER
    for k in range(count):
        coded = targets[start + k]
        q = coded >> 1
        level = info[LEVEL_OF, q]
        if level:
            outcome = int(uniform(rng) < readouts[index, level])
        else:
            outcome = read(tab, info, line, rng, basis, q)
            flip = k == hit
            if stream < 0:
                flip = uniform(rng) < readouts[index, outcome]
            outcome ^= int(flip)
        if k == hit:
            hit += 1 + next_gap(scale, rng, stream)
        records[k] = outcome ^ (coded & 1)
        if levels.shape[0]:
            levels[k] = level
    if stream >= 0:
        gap[stream] = hit - count


# ---- shots ---------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def prepare(tab: U64s, info: U8s, line: U64s, rng: U64s, gap: I64s, scale: F64s, seed: np.uint64, shot: int) -> None:
    """|0...0>, nothing leaked, and the random numbers of this shot."""
    seed_shot(rng, seed, shot)
    tab[:] = ZERO
    line[:] = ZERO
    info[:] = 0
    info[FRESH] = 1
    line[WORDS, 0] = np.uint64((tab.shape[0] + 63) >> 6)
    for q in range(tab.shape[0]):
        tab[q, XD, q >> 6] = tab[q, ZS, q >> 6] = U1 << np.uint64(q & 63)
        line[OWN, q >> 6] |= U1 << np.uint64(q & 63)
    for stream in range(gap.shape[0]):
        gap[stream] = next_gap(scale, rng, stream)


@njit(cache=True, nogil=True)
def note_levels(info: U8s, columns: I64s, leaked: U8s, three: U8s) -> None:
    """Levels of a shot at a snapshot, as bits: qubit q's is bit ``columns[q]``."""
    for q in range(columns.shape[0]):
        bit = np.uint8(1 << (columns[q] & 7))
        if info[LEVEL_OF, q]:
            leaked[columns[q] >> 3] |= bit
        if info[LEVEL_OF, q] == 3:
            three[columns[q] >> 3] |= bit


@njit(cache=True, nogil=True)
def run_shot(
    tab: U64s,
    info: U8s,
    line: U64s,
    rng: U64s,
    basis: U64s,
    gap: I64s,
    scale: F64s,
    p: Program,
    sweep: U8s,
    records: U8s,
    levels: U8s,
    snapshots: int,
    counts: I64s,
    noting: int,
    columns: I64s,
    leaked: U8s,
    three: U8s,
    left: I64s,
) -> None:
    """One prepared shot. ``left``: int64 (loop depth,), scratch. ``leaked``, ``three``: uint8 (snapshots, bytes)."""
    ops, targets, chances, resets, gaps = p.ops, p.targets, p.chances, p.resets, p.gaps
    channel_rows, channel_cum, channel_actions = p.channel_rows, p.channel_cum, p.channel_actions
    at = made = taken = noted = depth = 0
    correlated = False
    while at < ops.shape[0]:
        op, start, count, param, stream = ops[at, 0], ops[at, 1], ops[at, 2], ops[at, 3], ops[at, 4]
        at += 1
        if op == ONE:
            one_qubit_gates(tab, info, line, p, param, start, count)
        elif op == CZ:
            for k in range(start, start + count, 2):
                if (info[LEVEL_OF, targets[k]] | info[LEVEL_OF, targets[k + 1]]) == 0:
                    controlled_z(tab, line, targets[k], targets[k + 1])
        elif op in (NOISE_1, NOISE_2):
            arity = 1 if op == NOISE_1 else 2
            if gap[stream] >= count // arity:  # as a rule, nothing happens
                gap[stream] -= count // arity
            else:
                noise(tab, info, line, rng, gap, scale, p, start, count, arity, param, stream, records[:0])
        elif op in (CHANNEL_1, CHANNEL_2):
            arity = 1 if op == CHANNEL_1 else 2
            if line[LEAKED, 0] == 0 and gap[stream] >= count // arity:
                gap[stream] -= count // arity
            else:
                channel(
                    tab, info, line, rng, basis, gap, scale, targets, channel_rows[param], channel_cum, channel_actions,
                    start, count // arity, arity, stream, gaps[stream],
                )  # fmt: skip
        elif op == SNAPSHOT:
            if snapshots == 2 or (snapshots == 1 and param):
                if line[LEAKED, 0]:
                    for q in range(info.shape[1]):
                        if info[LEVEL_OF, q]:
                            counts[taken, q, info[LEVEL_OF, q] - 2] += 1
                taken += 1
            if noting == 2 or (noting == 1 and param):
                if line[LEAKED, 0]:
                    note_levels(info, columns, leaked[noted], three[noted])
                noted += 1
        elif op == MEASURE:
            measure(
                tab,
                info,
                line,
                rng,
                basis,
                gap,
                scale,
                p,
                start,
                count,
                param,
                stream,
                records[made : made + count],
                levels[made : made + count],
            )
            made += count
        elif op == RESET:
            for k in range(start, start + count):
                reset(tab, info, line, rng, basis, resets, targets[k], param)
        elif op == SWAP:
            for k in range(start, start + count, 2):
                swap(tab, info, line, targets[k], targets[k + 1])
        elif op in (CORRELATED, ELSE_CORRELATED):
            if op == CORRELATED:
                correlated = False
            if not correlated and uniform(rng) < chances[param]:
                correlated = True
                for k in range(start, start + count):
                    code_pauli(tab, info, line, targets[k] >> 2, targets[k] & 3)
        elif op == HERALDED:
            noise(tab, info, line, rng, gap, scale, p, start, count, 1, param, stream, records[made : made + count])
            made += count
        elif op == LEVEL_READ:
            for k in range(count):
                coded = targets[start + k]
                level = info[LEVEL_OF, coded >> 1]
                one = uniform(rng) < p.level_readouts[param, level - 1 if level else 0]
                flip = uniform(rng) < p.level_readouts[param, 3]
                records[made + k] = (coded & 1) ^ int(one) ^ int(flip)
                if levels.shape[0]:
                    levels[made + k] = level
            made += count
        elif op == PAD:
            for k in range(count):
                records[made + k] = targets[start + k] ^ int(uniform(rng) < chances[param])
            made += count
        elif op == FEEDBACK:
            if records[made - targets[start]]:
                code_pauli(tab, info, line, targets[start + 1] >> 2, targets[start + 1] & 3)
        elif op == SWEEP:
            if sweep[targets[start]]:
                code_pauli(tab, info, line, targets[start + 1] >> 2, targets[start + 1] & 3)
        elif op == LOOP_BEGIN:
            left[depth] = param
            depth += 1
        elif op == LOOP_END:
            left[depth - 1] -= 1
            if left[depth - 1]:
                at = param
            else:
                depth -= 1


@njit(cache=True, nogil=True)
def run_shots(
    p: Program,
    seed: np.uint64,
    first_shot: int,
    draw_sweep: bool,
    snapshots: int,
    noting: int,
    columns: I64s,
    sweep: U8s,
    records: U8s,
    levels: U8s,
    counts: I64s,
    noted: U8s,
) -> None:
    """Shots ``first_shot`` and on: one for each row of ``records``, uint8 (shots, measurements), all 0.

    snapshots, noting: where levels are counted, and noted by shot: 0 nowhere, 1 tagged TICKs, 2 all.
    columns: int64 (qubits,): the bit of each compact qubit in ``noted``, uint8 (2, shots, snapshots, bytes), all 0:
    whether it is leaked, whether its level is 3.   sweep: uint8 (shots, sweep bits), written if ``draw_sweep``.
    levels: like ``records``, or of shape (0, 0).   counts: int64 (snapshots, compact qubits, 2), added to.
    """
    n, words = p.num_qubits, p.num_words
    tab, info, line = np.zeros((n, 4, words), np.uint64), np.zeros((4, n), np.uint8), np.zeros((10, words), np.uint64)
    rng, gap, scale = np.zeros(4, np.uint64), np.zeros(p.gaps.shape[0], np.int64), np.ones(p.gaps.shape[0])
    for stream in range(p.gaps.shape[0]):
        if p.gaps[stream] > 0.0:
            scale[stream] = 1.0 / math.log1p(-p.gaps[stream]) if p.gaps[stream] < 1.0 else 0.0
    basis = np.zeros((n + 1, 3, words), np.uint64)
    left = np.zeros(p.loop_depth + 1, np.int64)
    none = np.zeros(0, np.uint8)
    for k in range(records.shape[0]):
        prepare(tab, info, line, rng, gap, scale, seed, first_shot + k)
        if draw_sweep:
            for i in range(sweep.shape[1]):
                sweep[k, i] = coin(rng)
        run_shot(
            tab, info, line, rng, basis, gap, scale, p, sweep[k], records[k], levels[k] if levels.shape[0] else none,
            snapshots, counts, noting, columns, noted[0, k], noted[1, k], left,
        )  # fmt: skip
