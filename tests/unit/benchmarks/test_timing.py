"""How long jobs are made, and what is divided by what; a job here says how long it took, nothing is timed."""

import pytest

from benchmarks.timing import Effort, Job, in_turn

SECONDS = 0.3


def job(seconds_a_shot, *limits):
    return Job("job", lambda shots: shots * seconds_a_shot, *limits)


@pytest.mark.parametrize(
    ("of", "calls", "shots"),
    [
        (job(1e-5, 256), 1, 117 * 256),
        (job(SECONDS / 2560, 256), 1, 9 * 256),  # an odd number of blocks
        (job(1e-5, 256, 1000), 39, 3 * 256),  # of no more than 1000 shots
        (job(1e-5, 256, 100), 117, 256),  # a block is the least
        (job(1.0, 4), 1, 4),
    ],
)
def test_size_of_a_job(of, calls, shots):
    assert of.sized(SECONDS) == (calls, shots)


def test_seconds_are_of_one_shot_however_many_calls():
    groups = [[job(1e-5, 256), job(2e-5, 16, 1000)]]
    [turns] = in_turn(groups, Effort(repeats=3, seconds=SECONDS))
    assert turns.taken["job"] == pytest.approx([1e-5, 2e-5] * 3)  # both jobs have this name
