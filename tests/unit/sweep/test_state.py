"""Blocks come back in any order and are accepted in theirs."""

import random

import pytest

from qec_leak.sweep import StopRule, parse_sweep
from qec_leak.sweep.block import Block, BlockCounts
from qec_leak.sweep.rows import format_row, parse_row
from qec_leak.sweep.state import PointState

[POINT] = parse_sweep("[circuit]\ndistance = 3\nrounds = 5\n[stop]\nmax_shots = 1000").points


def errors_of(block):
    return random.Random(block.first_shot).randrange(10)


def counts_of(block):
    return BlockCounts("id", "0", block, errors_of(block), 0.1, {"events": block.first_shot})


def row_of(*blocks, seed=5, line=2):
    """One row that holds all these blocks, as `sinter combine` makes it."""
    rows = [parse_row(format_row(POINT, counts_of(b), seed), line) for b in blocks]
    total = rows[0].stats
    for row in rows[1:]:
        total = total + row.stats
    return parse_row(total.to_csv_line(), line)


def run(stop, *, order=None, rows=(), loss=0.0, block_shots=100):
    """Run a point with workers that finish in random order, or die; returns the state and what was written."""
    state = PointState(POINT, stop, block_shots, 5)
    state.load(rows, "file")
    written, running = [], []
    random_ = random.Random(order)
    while not state.done:
        while len(running) < (1 if order is None else 5) and (block := state.next_block()) is not None:
            running.append(block)
        block = running.pop(random_.randrange(len(running)))
        if random_.random() < loss:
            state.give_back(block)
        else:
            written += state.finish(counts_of(block))
    for block in running:
        assert state.finish(counts_of(block)) == []
    return state, written


STOPS = [
    StopRule(1000),
    StopRule(1050),
    StopRule(10000, max_errors=40),
    StopRule(10000, relative_precision=0.2),
    StopRule(300, max_errors=1000, relative_precision=0.001),
]


@pytest.mark.parametrize("stop", STOPS)
def test_any_order_gives_what_one_after_another_gives(stop):
    state, written = run(stop)
    expected = [c.block for c in written]
    assert state.shots == expected[-1].end_shot == sum(b.shots for b in expected) <= stop.max_shots
    assert stop.stops(state.shots, state.errors)
    before = state.shots - expected[-1].shots
    assert not stop.stops(before, state.errors - errors_of(expected[-1]))
    for order in range(20):
        other, again = run(stop, order=order, loss=0.2)
        assert [c.block for c in again] == expected and other.errors == state.errors
        assert other.custom_counts == state.custom_counts


@pytest.mark.parametrize("stop", STOPS)
def test_resuming_after_any_block_gives_the_same(stop):
    state, written = run(stop)
    blocks = [c.block for c in written]
    for done in range(len(blocks) + 1):
        for rows in ([row_of(b) for b in blocks[:done]], [row_of(*blocks[:done])] if done else []):
            resumed, more = run(stop, rows=rows, order=done)
            assert [c.block for c in more] == blocks[done:]
            assert (resumed.shots, resumed.errors) == (state.shots, state.errors)
            assert resumed.custom_counts == state.custom_counts


def test_a_line_that_was_deleted_is_run_again():
    stop = STOPS[2]
    state, written = run(stop)
    blocks = [c.block for c in written]
    for missing in blocks:
        resumed, more = run(stop, rows=[row_of(b) for b in reversed(blocks) if b != missing])
        assert [c.block for c in more] == [missing] and resumed.errors == state.errors


def test_more_shots_than_before():
    """The last block of the earlier run was short: the next one fills up to where blocks end."""
    rows = [row_of(Block(0, 100)), row_of(Block(100, 150))]
    state, written = run(StopRule(400), rows=rows)
    assert [c.block for c in written] == [Block(150, 200), Block(200, 300), Block(300, 400)] and state.shots == 400


def test_fewer_shots_than_before_keep_what_is_there():
    state, written = run(StopRule(100), rows=[row_of(Block(0, 100)), row_of(Block(100, 200))])
    assert written == [] and state.shots == 200


def test_few_blocks_are_run_in_vain():
    """With a rule on errors, no more blocks are out than are probably needed."""
    state = PointState(POINT, StopRule(10**6, max_errors=20), 100, 5)
    assert state.next_block() == Block(0, 100) and state.next_block() is None
    state.finish(BlockCounts("id", "0", Block(0, 100), 0, 0.0))
    assert state.next_block() is not None and state.next_block() is None  # no error in 100 shots: 100 more
    state.finish(BlockCounts("id", "0", Block(100, 200), 4, 0.0))
    assert [state.next_block() for _ in range(9)].count(None) == 1  # 16 errors more, at 2 a block
    assert state.shots_left() == 800


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row_of(Block(0, 100), seed=6)], "must be of seed 5, but are of seed 6; set seed = 6"),
        (
            [row_of(Block(0, 100)), row_of(Block(50, 150), line=3)],
            "line 3: shot 50 of .* must be there once, but is in line 2 too",
        ),
        ([row_of(Block(0, 100), Block(200, 300))], "but there is a gap at 100"),
    ],
)
def test_rows_that_cannot_be_resumed(rows, message):
    with pytest.raises(ValueError, match=message):
        PointState(POINT, StopRule(1000), 100, 5).load(rows, "file")
