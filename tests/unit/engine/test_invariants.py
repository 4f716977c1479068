"""What kernels take for granted: how visits are packed, room behind lists, notes that are zero, bits that are free."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import config, njit

import qec_leak as ql
from qec_leak.engine.kernels import BLOCK_SHOTS, empty_block
from qec_leak.engine.kernels.layout import LIST, PAIRS, Shots
from qec_leak.engine.kernels.visits import visit_of
from qec_leak.engine.plan import Plan, plan_of
from qec_leak.engine.plan.formats import LOG_SHOTS, QUBIT_BITS, QUBIT_WORDS
from qec_leak.engine.simd.chunks import CHUNK
from qec_leak.program import Op, compile_program

LEAKY = """
R 0 1 2 3
REPEAT 3 {
    H 0
    CZ 0 1 2 3
    I_ERROR[LEAKAGE_TRANSITION_1: (0.3, U-->2) (0.3, 2-->1) (0.2, 2-->3)] 0 1 2 3
    II_ERROR[LEAKAGE_TRANSITION_2: (0.4, 2_U-->U_2) (0.2, U_2-->2_U) (0.1, U_U-->2_U)] 0 1 2 3
    H 0
    M(0.01) 1 3
    R[LEAKAGE_RESET: (0.2, 2-->2)] 1
    TICK[LEAKAGE_POPULATION]
}
M 0 1 2 3
"""
ALL_LEAK = """
R 0 1
I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0 1
II_ERROR[LEAKAGE_TRANSITION_2: (0.3, 2_2-->3_2) (0.3, 2_3-->2_2) (0.2, 2_2-->1_2)] 0 1
M 0 1
"""
"""All shots of a block are on the lists of both qubits, and some leave them."""


def memory(strategy: str) -> Plan:
    device = ql.Device.preset("miao2023")
    return plan_of(
        compile_program(ql.memory_experiment(distance=3, rounds=3, strategy=strategy, device=device).circuit)
    )


@njit
def packed_visit(place, row, shot):
    return visit_of(place, row, shot)


@pytest.mark.parametrize("place", [0, 1, (1 << QUBIT_BITS) - 1])
@pytest.mark.parametrize("row", [0, 35])
@pytest.mark.parametrize("shot", [0, 1, BLOCK_SHOTS - 1])
def test_a_visit_is_unpacked_as_it_was_packed(place: int, row: int, shot: int) -> None:
    marked = shot | 7 << LOG_SHOTS  # of an entry of ``entries``: the shot counts, its mark does not
    for given in (shot, marked):
        visit = int(packed_visit(np.uint64(place), np.uint64(row), np.uint64(given)))
        assert (visit >> 32, visit >> 16 & 0xFFFF, visit & 0xFFFF) == (place, row, shot)
        assert visit < 1 << 63, "list_pairs keeps a flag in bit 63"


def noted_after(circuit: str, shots: int) -> Shots:
    sampler = ql.compile_sampler(circuit, seed=1, engine="frames")
    assert isinstance(sampler, ql.LeakageSampler)
    sampler.sample(shots)
    (block,) = sampler._idle_blocks
    return block


@pytest.mark.filterwarnings("ignore::qec_leak.engine.compile.InexactFramesWarning")
@pytest.mark.parametrize("shots", [1, BLOCK_SHOTS, 3 * BLOCK_SHOTS + 5])
@pytest.mark.parametrize("circuit", [LEAKY, ALL_LEAK])
def test_no_shot_is_noted_after_a_run(circuit: str, shots: int) -> None:
    block = noted_after(circuit, shots)
    assert block.noted.size and not block.noted.any()
    assert block.visits.any(), "shots have been visited"


def test_no_shot_is_noted_before_the_first_run() -> None:
    assert not empty_block(memory("DQLR")).noted.any()


@pytest.mark.filterwarnings("ignore::qec_leak.engine.compile.InexactFramesWarning")
def test_notes_would_change_what_is_sampled() -> None:
    """So that zeros are no accident: a shot that is noted is not visited."""
    clean, spoilt = (ql.compile_sampler(LEAKY, seed=1, engine="frames") for _ in range(2))
    block = empty_block(plan_of(spoilt.program))
    block.noted[:] = ~np.uint64(0)
    spoilt._idle_blocks.append(block)
    populations = [s.sample(BLOCK_SHOTS).leakage_population for s in (clean, spoilt)]
    assert (populations[0][0] > populations[1][0]).all()


def test_lists_have_room_for_a_chunk_behind_their_last_shot() -> None:
    assert LIST >= BLOCK_SHOTS + CHUNK
    assert BLOCK_SHOTS % CHUNK == 0
    block = empty_block(memory("DQLR"))
    assert block.leaked_shots.size == LIST * block.population.size
    assert block.entries.size >= 2 * PAIRS * BLOCK_SHOTS + CHUNK


SCRIPT = """
import sys, hashlib, qec_leak as ql
s = ql.compile_sampler(sys.stdin.read(), seed=9, engine="frames")
batch = s.sample(1024, measurements=True, heralds=True)
print(hashlib.sha256(batch.heralds.tobytes() + batch.measurements_b8.tobytes()).hexdigest())
"""


@pytest.mark.skipif(config.DISABLE_JIT, reason="both would be the same")
def test_full_lists_are_read_inside_their_array() -> None:
    """Without JIT, NumPy refuses a chunk that is cut off by the end of an array; and the shots are the same."""
    path = os.pathsep.join(p for p in sys.path if p)
    digests = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SCRIPT], input=ALL_LEAK, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": path, "NUMBA_DISABLE_JIT": disabled},
        ).stdout
        for disabled in "01"
    }  # fmt: skip
    assert len(digests) == 1


@pytest.mark.parametrize("strategy", ["MLR", "DQLR"])
def test_channels_have_no_bits_that_packing_masks_away(strategy: str) -> None:
    """``transmon`` keeps two bits of ``values``: all that targets of channels have."""
    tables, channels = memory(strategy).tables, 0
    for op, start, count, _ in tables.ops.tolist():
        if op in (Op.CHANNEL_1, Op.CHANNEL_2):
            channels += count
            assert not (tables.values[start : start + count] & ~3).any()
    assert channels
    assert (tables.values & ~3).any(), "other targets have more"


@pytest.mark.parametrize("strategy", ["NO_RESET", "DQLR"])
def test_packed_fields_fit(strategy: str) -> None:
    """No field of a packed word reaches into its neighbour."""
    plan = memory(strategy)
    tables = plan.tables
    assert (tables.site_acts < 1 << 36).all()
    first, size = tables.site_table & 0xFFFFFFFF, tables.site_table >> 32
    assert (first + size <= len(tables.branch_share)).all() and (size >= 1).all()
    assert (tables.branch_share <= 1 << 63).all()
    assert (tables.branch_does < 1 << 32).all() and (tables.branch_does >> 16 & 0xE0E0 == 0).all()
    assert (tables.layer_size < 1 << 32).all()
    targets = [k for op, start, n, _ in tables.ops.tolist() if op == Op.CHANNEL_2 for k in range(start, start + n)]
    assert (tables.transmon[targets] >> 2 == tables.targets[targets] * QUBIT_WORDS).all()
    assert tables.targets[targets].max() < plan.num_qubits <= 1 << QUBIT_BITS
