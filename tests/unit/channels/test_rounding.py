"""Written probabilities do not depend on the processor, and follow the channel to all digits that are kept."""

import os
import subprocess
import sys

import pytest

import qec_leak as ql
from qec_leak.channels.operations import cz_channel, idle_channel, leakage_iswap_channel
from qec_leak.channels.rounding import SIGNIFICANT_DIGITS, rounded, rounded_channel

TEXTS = """
import hashlib
import qec_leak as ql
texts = [
    str(ql.memory_experiment(distance=3, rounds=3, strategy=strategy, device=device).circuit)
    for device in ("sycamore", "miao2023", "projected", "willow") for strategy in ("NO_RESET", "DQLR")
]
print(hashlib.sha256("".join(texts).encode()).hexdigest())
"""


def test_digits():
    assert rounded(0.12345678901) == 0.12345679
    assert rounded(1.2345678901e-7) == 1.2345679e-7
    assert rounded(0.1 + 0.2) == 0.3


@pytest.mark.parametrize("preset", ["sycamore", "miao2023", "willow"])
def test_the_rounded_channel_is_the_channel(preset):
    device = ql.Device.preset(preset)
    for channel in (cz_channel(device.cz), leakage_iswap_channel(device.dqlr), idle_channel(device.idle, 500.0)):
        written = rounded_channel(channel)
        assert rounded_channel(written) == written
        for row, transitions in channel.rows.items():
            found = {t.outgoing + t.left_with + t.returned_with + (t.pauli,): t.probability for t in written.rows[row]}
            for t in transitions:
                key = t.outgoing + t.left_with + t.returned_with + (t.pauli,)
                # A row that follows from another one has its rounding twice over.
                assert found[key] == pytest.approx(t.probability, rel=4 * 10**-SIGNIFICANT_DIGITS, abs=1e-7)


def test_texts_do_not_depend_on_the_processor():
    """OpenBLAS's kernels for other processors differ in the last bits of matrix products."""

    def digest(kernels: str) -> str:
        environment = {**os.environ, "OPENBLAS_CORETYPE": kernels}
        return subprocess.run(
            [sys.executable, "-c", TEXTS], env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert digest("Nehalem") == digest("Haswell")
