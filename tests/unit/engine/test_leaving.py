"""A qubit that leaks in a CZ leaves its partner in a definite value, and whatever that value is tied to."""

from __future__ import annotations

from dataclasses import replace

import stim

from qec_leak.channels.operations import cz_channel
from qec_leak.circuits import tags
from qec_leak.device import Device
from qec_leak.engine import compile_sampler

SHOTS = 4096


def _always_leaks() -> str:
    """|11> -> |20> whenever it can, and nothing else that matters here."""
    cz = replace(Device.preset("miao2023").cz, leakage=0.25)
    return tags.format_channel(cz_channel(cz), "cz")


def _growing_ghz(prefix: str = "") -> stim.Circuit:
    """Qubit 2 copies itself to 1, then to 0, as a check's measure qubit does; 0 leaks in the second copy.

    It leaks where 2 is 1, so 1 is 1 too, and a leaked qubit reads 1: Z_0 Z_1 is even in every shot.
    """
    return stim.Circuit(
        f"""
        R 0 1 2
        {prefix}
        H 1 2
        CZ 2 1
        H 0 1
        CZ 0 2
        II_ERROR[{_always_leaks()}] 0 2
        H 0
        M[LEAKAGE_PROJECTION_Z: (1.0, 2) (1.0, 3)] 0 1 2
        DETECTOR rec[-3] rec[-2]
        DETECTOR rec[-2] rec[-1]
        """
    )


class TestPartnersValue:
    def test_leaver_and_those_tied_to_its_partner(self) -> None:
        batch = compile_sampler(_growing_ghz(), seed=1).sample(SHOTS, heralds=True)
        assert batch.heralds is not None
        leaked = batch.heralds[:, 0] == 2
        assert 0.2 < leaked.mean() < 0.3
        assert not batch.detection_events[:, 0].any()
        # The partner is left in 0 and its copy in 1; without leakage they are equal.
        assert (batch.detection_events[:, 1] == leaked).all()

    def test_opposite_sign(self) -> None:
        # Z_0 Z_1 is odd without leakage; where 0 leaks both read 1.
        batch = compile_sampler(_growing_ghz("X 0"), seed=2).sample(SHOTS, heralds=True)
        assert batch.heralds is not None
        leaked = batch.heralds[:, 0] == 2
        assert 0.2 < leaked.mean() < 0.3
        assert (batch.detection_events[:, 0] == leaked).all()


def _both_leak(between: str) -> stim.Circuit:
    """A Bell pair whose halves leak one after another; both read 1."""
    leak = "I_ERROR[LEAKAGE_TRANSITION_1: (1.0, U-->2)]"
    end = "M[LEAKAGE_PROJECTION_Z: (1.0, 2)] 0 1\nDETECTOR rec[-1] rec[-2]"
    return stim.Circuit(f"R 0 1\nH 0\nCX 0 1\n{between}\n{leak} 0\n{between}\n{leak} 1\n{end}")


class TestBothOfAPairLeak:
    def test_records_are_those_of_leaked_qubits(self) -> None:
        assert not compile_sampler(_both_leak(""), seed=3).sample(SHOTS).detection_events.any()

    def test_also_if_one_leaves_between_hadamards(self) -> None:
        assert not compile_sampler(_both_leak("H 0"), seed=3).sample(SHOTS).detection_events.any()
