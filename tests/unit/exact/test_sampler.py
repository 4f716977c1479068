"""The sampler of trajectories: reproducible, right without leakage, and refusing what it cannot do."""

import os
import subprocess
import sys

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.exact import compile_exact_sampler

LEAKY = ql.Device.preset("miao2023").replace({"cz.leakage": 0.02})
HASH = """
import hashlib, numpy as np, qec_leak as ql
from qec_leak.exact import compile_exact_sampler
device = ql.Device.preset("miao2023").replace({"cz.leakage": 0.02})
memory = ql.memory_experiment(code="repetition", distance=3, rounds=1, strategy="DQLR", device=device)
with np.errstate(over="ignore"):
    batch = compile_exact_sampler(memory, seed=3, mode="phase_randomised").sample(10, measurements=True, heralds=True)
outputs = (batch.measurements_b8, batch.heralds, batch.population_counts)
print(hashlib.sha256(b"".join(a.tobytes() for a in outputs)).hexdigest())
"""


def memory(strategy: str = "MLR", rounds: int = 3, device: ql.Device = LEAKY) -> ql.MemoryExperiment:
    return ql.memory_experiment(code="repetition", distance=3, rounds=rounds, strategy=strategy, device=device)


@pytest.mark.parametrize("mode", ["coherent", "phase_randomised"])
def test_shots_depend_on_seed_and_index_alone(mode: str) -> None:
    options = {"populations": "moments", "heralds": True, "measurements": True}
    whole = compile_exact_sampler(memory(), seed=5, mode=mode).sample(150, **options)  # type: ignore[arg-type]
    parts = compile_exact_sampler(memory(), seed=5, mode=mode)  # type: ignore[arg-type]
    joined = parts.sample(1, **options) + parts.sample(70, **options) + parts.sample(79, **options)  # type: ignore
    for name in ("detection_events_b8", "observable_flips_b8", "measurements_b8", "heralds", "sweep_bits_b8"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(joined, name))
    np.testing.assert_array_equal(whole.population_counts, joined.population_counts)
    batches = list(compile_exact_sampler(memory(), seed=5, mode=mode).batches(150, batch_shots=64))  # type: ignore
    assert [b.shots for b in batches] == [64, 64, 22]
    np.testing.assert_array_equal(np.concatenate([b.detection_events_b8 for b in batches]), whole.detection_events_b8)
    other = compile_exact_sampler(memory(), seed=6, mode=mode).sample(150)  # type: ignore[arg-type]
    assert (other.sweep_bits_b8 != whole.sweep_bits_b8).any()


def test_jitted_or_not() -> None:
    outputs = set()
    for disable in ("0", "1"):
        environment = os.environ | {"NUMBA_DISABLE_JIT": disable}
        done = subprocess.run([sys.executable, "-c", HASH], env=environment, capture_output=True, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1 and len(outputs.pop().strip()) == 64


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR", "DQLR"])
def test_no_noise_no_detection_events(strategy: str) -> None:
    never = {"t1_ns": float("inf"), "t2_ns": float("inf"), "dd_error_per_us": 0.0}
    silent = ql.Device.preset("miao2023").without_leakage().replace(
        {f"idle.{key}": value for key, value in never.items()}
        | {"gate.error": 0, "cz.error": 0, "cz.crosstalk": 0, "readout.error": 0, "reset.error": 0, "dqlr.error": 0}
    )  # fmt: skip
    batch = compile_exact_sampler(memory(strategy, 5, silent), seed=1).sample(64)
    assert not batch.detection_events.any() and not batch.observable_flips.any()
    assert 0.3 < batch.sweep_bits.mean() < 0.7
    assert batch.population_counts is not None and not batch.population_counts.any()


def test_given_sweep_bits_are_measured() -> None:
    sampler = compile_exact_sampler(memory(rounds=1, device=LEAKY), seed=1)
    given = [True, False, True]
    batch = sampler.sample(400, measurements=True, sweep_bits=given)
    assert (batch.sweep_bits == given).all()
    assert batch.measurements is not None
    assert (batch.measurements[:, -3:] == given).mean() > 0.8


def test_heralds_are_levels_and_leaked_transmons_read_1() -> None:
    batch = compile_exact_sampler(memory("NO_RESET", 6), seed=2).sample(300, heralds=True, measurements=True)
    assert batch.heralds is not None and batch.measurements is not None
    assert set(np.unique(batch.heralds)) <= {0, 2, 3}
    assert (batch.heralds == 2).sum() > 20
    assert batch.measurements[batch.heralds > 0].all()


def test_a_circuit_of_the_user() -> None:
    ideal = stim.Circuit("H 0\nTICK\nCX 0 1\nTICK\nM 0 1\nDETECTOR rec[-1] rec[-2]")
    device = ql.Device.preset("projected")
    batch = compile_exact_sampler(ql.dress(ideal, device), device, seed=1).sample(2000, measurements=True)
    assert batch.detection_events.mean() < 0.05
    assert batch.measurements is not None and 0.4 < batch.measurements[:, 0].mean() < 0.6


def test_refusals() -> None:
    with pytest.raises(TypeError, match="`device` must be given"):
        compile_exact_sampler(stim.Circuit("M 0"))
    with pytest.raises(ValueError, match="`levels` must be 4 or 5, but is 6"):
        compile_exact_sampler(memory(), levels=6)
    with pytest.raises(ValueError, match="`mode` must be one of"):
        compile_exact_sampler(memory(), mode="coherant")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at most 16777216 states"):
        compile_exact_sampler(ql.memory_experiment(code="surface", distance=3, rounds=1))
    with pytest.raises(ValueError, match="`shots` must be at least 1"):
        compile_exact_sampler(memory()).sample(0)
