"""Tables of leakage channels at sites give back the probabilities of the channel, however shots are visited."""

import itertools
import math

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.channels import operations
from qec_leak.channels.channel import LeakageChannel
from qec_leak.engine.plan import Plan, plan_of
from qec_leak.engine.plan.sites import CLASSES, FLIPPED, LEAKED_CLASS, NO_DEFAULT, RANDOM_X, ROWS, USUAL, SiteTable
from qec_leak.program import compile_program
from qec_leak.program.actions import RANDOM_Z, actions

DEVICE = ql.Device.preset("miao2023")
CZ = operations.cz_channel(DEVICE.cz)
ISWAP = operations.leakage_iswap_channel(DEVICE.dqlr)
IDLE = operations.idle_channel(DEVICE.idle, 500.0)
FLIP_X, FLIP_Z = 1, 2


def drawn(tables: dict[str, np.ndarray], kind: int, row: int) -> dict[int, float]:
    """Probability of each action given a visit, from the alias table of a row of site 0."""
    table = int(tables["site_table"].reshape(-1, CLASSES, ROWS)[0, kind, row])
    start, size = table & 0xFFFFFFFF, table >> 32
    out: dict[int, float] = {}
    for k in range(start, start + size):
        share, does = float(tables["branch_share"][k]) / 2**63, int(tables["branch_does"][k])
        for action, part in zip((does & 0xFFFF, does >> 16), (share, 1 - share), strict=True):
            out[action] = out.get(action, 0.0) + part / size
    acts = int(tables["site_acts"].reshape(-1, CLASSES)[0, kind]) >> row & 1
    assert acts == (start > 0)
    return {action: p for action, p in out.items() if action and p > 0}


def scaled(branches: dict[int, float], factor: float) -> dict[int, float]:
    return {action: p * factor for action, p in branches.items()}


def check(got: dict[int, float], channel: LeakageChannel, codes: tuple[int, ...]) -> None:
    expected = actions(channel, codes)
    assert got.keys() == expected.keys()
    for action, p in expected.items():
        assert got[action] == pytest.approx(p, rel=1e-9, abs=1e-15)


def visited(tables: dict[str, np.ndarray], codes: tuple[int, int]) -> dict[int, float]:
    """Probability of each action of a leaked shot of two transmons that is visited: by the coin, or from its table."""
    row = 6 * codes[0] + codes[1]
    flips, nothing = (float(v) / 2**63 for v in tables["site_coin"].reshape(-1, ROWS, 2)[0, row])
    out = scaled(drawn(tables, LEAKED_CLASS, row), 1 - nothing)
    if flips > 0:
        assert min(codes) < 4  # there is a computational partner, whose z it is
        out[FLIP_Z << partner_byte(codes)] = flips
    return out


def by_default(default: int, codes: tuple[int, int]) -> dict[int, float]:
    x = {0: 0.5, FLIP_X: 0.5} if default & RANDOM_X else {default & FLIP_X: 1.0}
    z = {0: 0.5, FLIP_Z: 0.5} if default & RANDOM_Z else {default & FLIP_Z: 1.0}
    return {(a | b) << partner_byte(codes): p * q for a, p in x.items() for b, q in z.items()}


def partner_byte(codes: tuple[int, int]) -> int:
    return 8 if codes[0] >= 4 else 0


def seen(branches: dict[int, float], codes: tuple[int, int]) -> dict[int, float]:
    """What can be seen of actions where one transmon is leaked: a random z of a partner that stays is half a flip, and
    where its value is known no z of it is anything."""
    out: dict[int, float] = {}
    byte, known = partner_byte(codes), min(codes) >= 2
    for action, p in branches.items():
        parts = {action: p}
        if not (action >> byte) & 8:
            plain = action & ~((FLIP_Z | RANDOM_Z) << byte)
            flipped = plain | FLIP_Z << byte
            if known:
                parts = {plain: p}
            elif (action >> byte) & RANDOM_Z:
                parts = {plain: p / 2, flipped: p / 2}
        for part, q in parts.items():
            if part and q > 1e-15:
                out[part] = out.get(part, 0.0) + q
    return out


def check_leaked(tables: dict[str, np.ndarray], channel: LeakageChannel, codes: tuple[int, int]) -> None:
    """Shots that are visited and those that are left to the default make the channel's row together."""
    got = visited(tables, codes)
    expected = dict(actions(channel, codes))
    if min(codes) < 4:
        which = int(codes[0] < 4)
        default = int(tables["site_default"][0, which, codes[which] - 4])
        expected = seen(expected, codes)
        if not default & NO_DEFAULT:
            together = scaled(got, float(tables["site_leaked"][0]))
            for action, p in by_default(default, codes).items():
                together[action] = together.get(action, 0.0) + p * (1 - float(tables["site_leaked"][0]))
            got = together
        got = seen(got, codes)
    assert {a for a, p in got.items() if p > 1e-14} == {a for a, p in expected.items() if p > 1e-14}
    for action, p in expected.items():
        assert got[action] == pytest.approx(p, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("values", [(0, 0), (1, 0), (2, 0), (0, 3), (2, 3)])
@pytest.mark.parametrize("channel", [CZ, ISWAP], ids=["CZ", "Leakage iSWAP"])
def test_two_transmons(channel: LeakageChannel, values: tuple[int, int]) -> None:
    table = SiteTable()
    assert table.add(channel, values) == 0
    tables = table.tables()
    visited = -math.expm1(-float(tables["site_rate"][0]))
    apart = bool(tables["site_flipped"][0])
    for codes in itertools.product(range(6), repeat=2):
        row = 6 * codes[0] + codes[1]
        if max(codes) >= 4:
            partner = min(codes)
            if partner >= 4 or values[codes.index(partner)] & 2 == partner & 2:  # a row of this place
                check_leaked(tables, channel, codes)
            continue
        if any((v & 2) != (code & 2) for v, code in zip(values, codes, strict=True)):
            continue  # not codes of this place
        flipped = any(v & 2 and v != code for v, code in zip(values, codes, strict=True))
        if flipped and apart:
            check(drawn(tables, FLIPPED, row), channel, codes)
        else:
            check(scaled(drawn(tables, USUAL, row), visited), channel, codes)


def test_defaults_of_a_cz() -> None:
    """The phase of a higher transmon in |2> flips its partner's z in three of four shots, and that of a lower one in
    one of thirty; transport is left to visits. A higher one in |3> does too many things."""
    table = SiteTable()
    table.add(CZ, (0, 0))
    tables = table.tables()
    assert tables["site_default"][0].tolist() == [[FLIP_Z, NO_DEFAULT], [0, 0]]
    assert 0.2 < float(tables["site_leaked"][0]) < 0.25


def test_a_depolarized_partner_is_visited_only_when_it_leaks_too() -> None:
    """Both of its frame bits become random by default."""
    pairs = "(0.05, 2_U-->2_2) (0.95, 2_U-->2_V) (0.05, U_2-->2_2) (0.95, U_2-->V_2)"
    tables = planned(f"H 0 1\nII_ERROR[LEAKAGE_TRANSITION_2: {pairs} (0.01, U_U-->2_U)] 0 1").tables
    assert tables.site_default[0, :, 0].tolist() == [RANDOM_X | RANDOM_Z] * 2
    assert float(tables.site_leaked[0]) == pytest.approx(0.05)


@pytest.mark.parametrize("value", [0, 2, 3])
def test_one_transmon(value: int) -> None:
    table = SiteTable()
    assert table.add(IDLE, [value]) == 0
    tables = table.tables()
    visited = -math.expm1(-float(tables["site_rate"][0]))
    leaked = float(tables["site_leaked"][0])
    for code in (4, 5):
        check(scaled(drawn(tables, LEAKED_CLASS, code), leaked), IDLE, (code,))
    for code in (0, 1) if value < 2 else (2, 3):
        if tables["site_flipped"][0] and value != code:  # a 1 where the reference has 0 decays far more often
            check(drawn(tables, FLIPPED, code), IDLE, (code,))
        else:
            check(scaled(drawn(tables, USUAL, code), visited), IDLE, (code,))


def test_a_residual_one_is_visited_apart_by_the_leakage_iswap() -> None:
    """With the measure qubit in 0 nothing happens; with a residual 1 nearly everything does."""
    table = SiteTable()
    table.add(ISWAP, [0, 2])
    tables = table.tables()
    assert tables["site_flipped"][0] and tables["site_rate"][0] == 0.0


def planned(text: str) -> Plan:
    return plan_of(compile_program(stim.Circuit(text)))


def test_places_of_an_operation_have_no_qubit_in_common() -> None:
    tag = "II_ERROR[LEAKAGE_TRANSITION_2: (0.4, 2_U-->U_2)]"
    ops = planned(f"I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0 1 0\n{tag} 0 1 2 3 1 2 4 5\n{tag} 0 1").tables.ops
    counts = ops[ops[:, 2] > 0, 2].tolist()
    assert counts == [2, 1, 4, 4, 2]
