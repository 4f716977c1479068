"""Alias tables of how many Poisson events there are."""

import math

import numpy as np
import pytest
from scipy import stats

from qec_leak.engine.plan.counts import LEAKED_NUMBERS, count_tables, poisson_distribution

NONE = np.zeros((0, len(LEAKED_NUMBERS)))


@pytest.mark.parametrize("mean", [1e-6, 0.3, 1.0, 15.9, 100.0, 25_000.0])
def test_distribution_is_poissons(mean: float) -> None:
    low, probabilities = poisson_distribution(mean)
    counts = np.arange(low, low + len(probabilities))
    assert np.allclose(probabilities, stats.poisson.pmf(counts, mean), rtol=1e-9, atol=1e-18)
    assert math.fsum(probabilities) == pytest.approx(1.0, abs=1e-14)
    assert stats.poisson.cdf(low - 1, mean) + stats.poisson.sf(counts[-1], mean) < 1e-15


def test_tables_are_shared_and_hold_the_distribution() -> None:
    tables = count_tables(np.array([np.nan, 2.0, 70.0, 2.0, np.nan]), NONE)
    assert tables["count_row"].tolist() == [-1, 0, 1, 0, -1]
    for row, mean in enumerate((2.0, 70.0)):
        first, size = int(tables["count_table"][row]) & 0xFFFFFFFF, int(tables["count_table"][row]) >> 32
        entries = slice(first, first + size)
        share = tables["count_share"][entries] / 2.0**63
        own, alias = tables["count_is"][entries] & 0xFFFFFFFF, tables["count_is"][entries] >> 32
        probability = np.zeros(200)
        np.add.at(probability, own.astype(int), share / size)
        np.add.at(probability, alias.astype(int), (1 - share) / size)
        counts = np.arange(len(probability))
        assert np.allclose(probability, stats.poisson.pmf(counts, mean), rtol=1e-6, atol=1e-15)
        assert (probability * counts).sum() == pytest.approx(mean, rel=1e-12)


def test_leaked_shots_share_the_tables() -> None:
    among = np.vstack([0.5 * np.array(LEAKED_NUMBERS), np.full(len(LEAKED_NUMBERS), np.nan)])
    tables = count_tables(np.array([2.0, np.nan]), among)
    assert tables["leaked_row"].shape == among.shape
    assert (tables["leaked_row"][1] == -1).all()
    assert tables["leaked_row"][0, LEAKED_NUMBERS.index(4)] == tables["count_row"][0]


def test_numbers_of_leaked_shots_are_those_that_the_kernel_rounds_up_to() -> None:
    assert list(LEAKED_NUMBERS) == sorted(set(LEAKED_NUMBERS)) and LEAKED_NUMBERS[-1] == 1024
    for leaked in range(1024):
        shift = max(leaked.bit_length() - 3, 0)
        digits = -(-leaked >> shift)
        rounded = LEAKED_NUMBERS[4 * shift + digits]
        assert rounded == digits << shift
        assert leaked <= rounded <= 1.25 * leaked
        assert rounded == min(number for number in LEAKED_NUMBERS if number >= leaked)
