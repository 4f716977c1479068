"""What a block of shots is drawn from does not change when circuits say more about themselves."""

import pytest

from qec_leak.sweep import parse_sweep
from qec_leak.sweep.block import Block, CompiledPoint
from qec_leak.sweep.point import block_seed

SWEEP = """
[circuit]
rounds = 4
distance = 3
[device]
preset = "miao2023"
[axes]
"circuit.strategy" = ["NO_RESET", "DQLR"]
[stop]
max_shots = 1000
"""


@pytest.mark.parametrize(
    ("number", "seed", "errors"),
    [(0, 6479273398946181709, 140), (1, 6338091038900518605, 166)],
    ids=["NO_RESET", "DQLR"],
)
def test_seed_of_a_block_stays(number, seed, errors):
    point = CompiledPoint(parse_sweep(SWEEP).points[number])
    assert block_seed(3, point.circuit_text, 1024) == seed
    assert point.run(3, Block(0, 1000)).errors == errors
