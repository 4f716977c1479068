"""Progress of a point: the blocks that are still to be run, and whether it has enough shots.

Workers return blocks in any order, but blocks are accepted in their own order. The stop rule is judged after block 0,
1, 2, ..., and blocks beyond the one that ends the point are discarded. So the counts do not depend on the number of
workers, their speed, or interruptions.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Sequence

import sinter

from qec_leak.sweep.block import Block, BlockCounts
from qec_leak.sweep.point import Point, StopRule
from qec_leak.sweep.rows import Row, is_block_key


class PointState:
    """Progress of one point. ``shots`` and ``errors`` are what was accepted so far, ``done`` says if that is enough."""

    def __init__(self, point: Point, stop: StopRule, block_shots: int, seed: int) -> None:
        self.point = point
        self.strong_id: str | None = None
        self.shots = 0
        self.errors = 0
        self.seconds = 0.0
        self.custom_counts: Counter[str] = Counter()
        self.done = False
        self._stop = stop
        self._block_shots = block_shots
        self._seed = seed
        self._accepted_to = 0
        self._next_shot = 0
        self._there: dict[int, tuple[int, sinter.TaskStats]] = {}  # first shot: end, counts, of the file's blocks
        self._returned: list[Block] = []  # blocks whose worker died
        self._running: set[Block] = set()
        self._waiting: dict[int, BlockCounts] = {}  # results whose predecessors are not here yet

    @property
    def active(self) -> bool:
        """True while blocks of it are with the workers."""
        return bool(self._running)

    def load(self, rows: Sequence[Row], source: str) -> None:
        """Take over the blocks of earlier runs.

        Raises ValueError, naming file and line, for blocks that overlap, or of another seed.
        """
        for row in rows:
            if not row.blocks:
                continue
            for (seed, block), following in zip(row.blocks, [*row.blocks[1:], None], strict=True):
                if seed != self._seed:
                    raise ValueError(
                        f"{source} line {row.line}: the shots of {self.point.title} must be of seed {self._seed}, but "
                        f"are of seed {seed}; set seed = {seed} in [run], or choose another --out"
                    )
                if following is not None and following[1].first_shot != block.end_shot:
                    raise ValueError(
                        f"{source} line {row.line}: the shots of a line must follow on one another, but there is a gap "
                        f"at {block.end_shot}; choose another --out"
                    )
        spans = sorted((r.blocks[0][1].first_shot, r.blocks[-1][1].end_shot, r.line) for r in rows if r.blocks)
        for (_, end, line), (first, _, next_line) in itertools.pairwise(spans):
            if first < end:
                raise ValueError(
                    f"{source} line {next_line}: shot {first} of {self.point.title} must be there once, but is in line "
                    f"{line} too; delete one of the lines"
                )
        self._there = {
            row.blocks[0][1].first_shot: (row.blocks[-1][1].end_shot, row.stats) for row in rows if row.blocks
        }
        self._accept_ready()

    def next_block(self) -> Block | None:
        """A block to be run now; None if there is none, or none that is likely to be needed."""
        if self.done:
            return None
        if self._returned:
            block = heapq.heappop(self._returned)
        elif len(self._running) + len(self._waiting) < self._useful_blocks():
            while self._next_shot in self._there:
                self._next_shot = self._there[self._next_shot][0]
            if self._next_shot >= self._stop.max_shots:
                return None
            ahead = [first for first in self._there if first > self._next_shot]
            full = (self._next_shot // self._block_shots + 1) * self._block_shots
            block = Block(self._next_shot, min([full, self._stop.max_shots, *ahead]))
            self._next_shot = block.end_shot
        else:
            return None
        self._running.add(block)
        return block

    def give_back(self, block: Block) -> None:
        """The worker of this block is lost: it has to be run again."""
        if block in self._running:
            self._running.remove(block)
            heapq.heappush(self._returned, block)

    def finish(self, counts: BlockCounts) -> list[BlockCounts]:
        """A block has been run. Returns the blocks that are accepted by that, in order: to be written."""
        if counts.block not in self._running:  # a block that came twice
            return []
        self._running.remove(counts.block)
        self.strong_id = counts.strong_id
        if not self.done:
            self._waiting[counts.block.first_shot] = counts
        return self._accept_ready()

    def shots_left(self) -> float:
        """Shots that are probably still to be run."""
        if self.done:
            return 0.0
        left = float(self._stop.max_shots - self.shots)
        return min(left, self._shots_to_errors()) if self.errors else left

    def stats(self) -> sinter.TaskStats:
        """What was accepted, as sinter's statistics."""
        assert self.strong_id is not None, "known once a block was run or identified"
        return sinter.TaskStats(
            strong_id=self.strong_id,
            decoder=self.point.sampler_name,
            json_metadata=dict(self.point.metadata),
            shots=self.shots,
            errors=self.errors,
            seconds=self.seconds,
            custom_counts=self.custom_counts,
        )

    def _accept_ready(self) -> list[BlockCounts]:
        new: list[BlockCounts] = []
        while not self.done:
            at = self._accepted_to
            if at in self._there:
                end, stats = self._there.pop(at)
                self._next_shot = max(self._next_shot, end)
                self._add(end, stats.shots, stats.errors, stats.seconds, stats.custom_counts)
            elif at in self._waiting:
                counts = self._waiting.pop(at)
                block = counts.block
                self._add(block.end_shot, block.shots, counts.errors, counts.seconds, counts.custom_counts)
                new.append(counts)
            else:
                return new
            self.done = self._stop.stops(self.shots, self.errors)
        self._waiting.clear()
        self._returned.clear()
        for _, stats in self._there.values():  # of an earlier run with a later end
            self._add(0, stats.shots, stats.errors, stats.seconds, stats.custom_counts)
        self._there.clear()
        return new

    def _add(self, end: int, shots: int, errors: int, seconds: float, custom: Counter[str] | dict[str, int]) -> None:
        self._accepted_to = max(end, self._accepted_to)
        self.shots += shots
        self.errors += errors
        self.seconds += seconds
        for name, count in custom.items():
            if not is_block_key(name):
                self.custom_counts[name] += count

    def _useful_blocks(self) -> float:
        """Blocks beyond the accepted ones that are probably needed: running more would throw work away."""
        if math.isinf(self._stop.errors_wanted(self.shots, self.errors)):
            return math.inf
        if not self.errors:
            return max(1.0, self.shots / self._block_shots)  # as many again as have shown nothing
        return max(1.0, math.ceil(self._shots_to_errors() / self._block_shots))

    def _shots_to_errors(self) -> float:
        """Shots until the errors are enough, at the fraction seen so far; infinity without such a rule."""
        wanted = self._stop.errors_wanted(self.shots, self.errors)
        return max(0.0, wanted - self.errors) * self.shots / self.errors
