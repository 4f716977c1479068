"""deltakit-stim: a fork of Stim with a leakage bit per qubit and shot beside the Pauli frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import deltakit_stim
from serve import serve


def compile_job(job: dict[str, Any]) -> Callable[[int], Any]:
    sampler = deltakit_stim.Circuit(job["text"]).compile_detector_sampler(seed=1)
    return lambda shots: sampler.sample(shots, bit_packed=True)


serve(deltakit_stim.__version__, compile_job)
