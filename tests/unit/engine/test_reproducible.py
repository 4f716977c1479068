"""The same seed gives the same bits: for any split into batches, thread count and process, jitted or not."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from numba import config, njit

import qec_leak as ql
from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.kernels import BLOCK_SHOTS, sample_blocks
from qec_leak.engine.kernels.layout import TILE_STEP, TILES
from qec_leak.engine.kernels.outputs import pack_shots
from qec_leak.engine.rng import block_states
from qec_leak.exact import compile_exact_sampler

SHOTS = 2 * BLOCK_SHOTS + 300
FIELDS = ("detection_events_b8", "observable_flips_b8", "sweep_bits_b8", "measurements_b8", "heralds")
OPTIONS = {"measurements": True, "heralds": True, "populations": "moments"}

SMALL = """
CX sweep[0] 0
H 0
CX 0 1
DEPOLARIZE2(0.1) 0 1
I_ERROR[LEAKAGE_TRANSITION_1: (0.2, U-->2) (0.3, 2-->1) (0.1, 2-->3)] 0 1
II_ERROR[LEAKAGE_TRANSITION_2: (0.4, 2_U-->U_2) (0.2, U_2-->2_U, II)] 0 1
TICK[LEAKAGE_POPULATION]
M[LEAKAGE_PROJECTION_Z: (0.7, 2) (0.4, 3)](0.01) 1
R[LEAKAGE_RESET: (0.2, 2-->2)] 1
HERALDED_ERASE(0.1) 0
E(0.2) X0 Z1
ELSE_CORRELATED_ERROR(0.3) Y1
M 0 1
DETECTOR rec[-1]
DETECTOR rec[-2] rec[-4]
OBSERVABLE_INCLUDE(0) rec[-2]
"""


def sampler(seed: int = 3, threads: int = 1) -> ql.LeakageSampler:
    memory = ql.memory_experiment(code="repetition", distance=3, rounds=3, strategy="DQLR", device="miao2023")
    return ql.compile_sampler(memory.circuit, seed=seed, threads=threads)


def same(a: ShotBatch, b: ShotBatch) -> bool:
    assert a.shots == b.shots
    equal = [np.array_equal(getattr(a, name), getattr(b, name)) for name in FIELDS]
    return all(equal) and np.array_equal(a.population_counts, b.population_counts)


@pytest.fixture(scope="module")
def whole() -> ShotBatch:
    return sampler().sample(SHOTS, **OPTIONS)


@pytest.mark.parametrize(
    "sizes", [[1, SHOTS - 1], [BLOCK_SHOTS, SHOTS - BLOCK_SHOTS], [700, 64, 1, 1200, SHOTS - 1965]]
)
def test_any_split_into_calls(whole: ShotBatch, sizes: list[int]) -> None:
    one = sampler()
    parts = [one.sample(size, **OPTIONS) for size in sizes]
    assert [p.first_shot for p in parts] == np.cumsum([0, *sizes[:-1]]).tolist()
    assert same(ShotBatch.concatenate(parts), whole)
    assert same(parts[0] + ShotBatch.concatenate(parts[1:]), whole)


def test_what_is_asked_for_changes_no_later_call() -> None:
    """Calls use the blocks of earlier ones; counts, outcomes and levels are of one call."""
    one, other = sampler(threads=2), sampler(threads=2)
    one.sample(BLOCK_SHOTS)
    one.sample(2 * BLOCK_SHOTS, **OPTIONS)
    other.sample(3 * BLOCK_SHOTS, populations=None)
    for options in (OPTIONS, {"heralds": True}, {"populations": None}, OPTIONS):
        a, b = one.sample(SHOTS, **options), other.sample(SHOTS, **options)
        assert same(a, b) and not np.shares_memory(a.detection_events_b8, b.detection_events_b8)
        fresh = sampler()
        fresh.sample(a.first_shot, populations=None)
        assert same(fresh.sample(SHOTS, **options), a)


@pytest.mark.parametrize("batch_shots", [100, BLOCK_SHOTS, SHOTS, 10 * SHOTS])
def test_any_batch_size(whole: ShotBatch, batch_shots: int) -> None:
    parts = list(sampler().batches(SHOTS, batch_shots=batch_shots, **OPTIONS))
    assert all(p.shots == batch_shots for p in parts[:-1])
    assert same(ShotBatch.concatenate(parts), whole)


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_any_thread_count(whole: ShotBatch, threads: int) -> None:
    assert same(sampler(threads=threads).sample(SHOTS, **OPTIONS), whole)


def test_what_is_asked_for_does_not_change_the_shots(whole: ShotBatch) -> None:
    plain = sampler().sample(SHOTS, populations=None)
    assert np.array_equal(plain.detection_events_b8, whole.detection_events_b8)
    assert plain.measurements is None and plain.heralds is None
    with pytest.raises(ValueError, match="populations"):
        _ = plain.leakage_population


def test_seeds_and_blocks_differ(whole: ShotBatch) -> None:
    assert not same(sampler(seed=4).sample(SHOTS, **OPTIONS), whole)
    events = whole.detection_events
    assert not np.array_equal(events[:BLOCK_SHOTS], events[BLOCK_SHOTS : 2 * BLOCK_SHOTS])
    states = np.stack([block_states(s, np.arange(50)) for s in (0, 1, 2**64, 2**64 + 1)])
    assert len(np.unique(states.reshape(-1, 2), axis=0)) == 4 * 50 * 2
    assert (states[..., 1] % 2 == 1).all()
    assert np.array_equal(block_states(1, np.array([7])), states[1, 7:8])
    assert sampler(seed=0).seed == 0
    assert ql.compile_sampler("M 0").seed != ql.compile_sampler("M 0").seed


def digest(batch: ShotBatch) -> str:
    parts = [getattr(batch, name).tobytes() for name in FIELDS]
    assert batch.population_counts is not None
    return hashlib.sha256(b"".join([*parts, batch.population_counts.tobytes()])).hexdigest()


SCRIPT = f"""
import hashlib, sys
import numba
import numpy as np
np.seterr(over="ignore")
import qec_leak as ql
batch = ql.compile_sampler(sys.stdin.read(), seed=9).sample(1500, measurements=True, heralds=True)
parts = [getattr(batch, name).tobytes() for name in {FIELDS!r}]
print(numba.config.DISABLE_JIT, hashlib.sha256(b"".join([*parts, batch.population_counts.tobytes()])).hexdigest())
"""


@pytest.mark.parametrize("jit", ["jitted", "not jitted"])
def test_another_process_jitted_or_not(jit: str) -> None:
    batch = ql.compile_sampler(SMALL, seed=9).sample(1500, measurements=True, heralds=True)
    assert 0.05 < batch.leakage_population.mean() < 0.6
    path = os.pathsep.join(p for p in sys.path if p)
    environment = {**os.environ, "PYTHONPATH": path, "NUMBA_DISABLE_JIT": "0" if jit == "jitted" else "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=SMALL, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0" if jit == "jitted" else "1", digest(batch)]


@pytest.mark.skipif(config.DISABLE_JIT, reason="nothing is compiled")
def test_whatever_is_asked_for_is_compiled_once() -> None:
    for text in (SMALL, "M 0", "CX sweep[0] 0 sweep[2] 1\nM 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-2]"):
        for threads, shots in ((1, 10), (2, 3000), (3, SHOTS)):
            sampler = ql.compile_sampler(text, seed=1, threads=threads)
            sampler.sample(shots)
            sampler.sample(shots, populations=None)
            sampler.sample(shots, **OPTIONS, sweep_bits=np.ones(sampler.program.num_sweep_bits))
    assert len(sample_blocks.signatures) == 1  # each more takes as long as the first call after installation


@njit
def pack(planes, first, last, out):
    pack_shots(planes, first, last, 0, np.empty(TILES * TILE_STEP, dtype=np.uint64), out)


@pytest.mark.parametrize("n", [0, 1, 7, 8, 63, 64, 65, 200])
@pytest.mark.parametrize(("first", "last"), [(0, BLOCK_SHOTS), (0, 1), (3, 70), (64, 128), (1000, BLOCK_SHOTS)])
def test_packing_is_numpys(n: int, first: int, last: int) -> None:
    bits = np.random.default_rng(n).random((n, BLOCK_SHOTS)) < 0.5
    planes = np.ascontiguousarray(np.packbits(bits, axis=1, bitorder="little")).view("<u8")
    out = np.full((last - first, (n + 7) // 8), 255, dtype=np.uint8)
    pack(planes.ravel(), first, last, out)
    assert np.array_equal(out, np.packbits(bits.T[first:last], axis=1, bitorder="little"))


@pytest.mark.parametrize("detectors", [1, 63, 64, 65, 100, 128, 131])
def test_bits_beyond_the_detectors_are_zero(detectors: int) -> None:
    """All detectors fire; what fills the last byte does not."""
    text = f"X_ERROR(1) 0\nREPEAT {detectors} {{\nM 0\nDETECTOR rec[-1]\n}}"
    batch = ql.compile_sampler(text, seed=1).sample(70)
    expected = np.packbits(np.ones((70, detectors), dtype=bool), axis=1, bitorder="little")
    assert np.array_equal(batch.detection_events_b8, expected)


def test_batches_refuse_to_mix_circuits() -> None:
    first, second = (ql.compile_sampler(text, seed=1).sample(3) for text in ("M 0", "M 0 1"))
    with pytest.raises(ValueError, match="must come from one circuit, but num_qubits is 1 and 2"):
        ShotBatch.concatenate([first, second])
    with pytest.raises(ValueError, match="at least one batch"):
        ShotBatch.concatenate([])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shots": 0}, "shots"),
        ({"shots": -1}, "shots"),
        ({"shots": 10, "populations": "cycles"}, "populations"),
        ({"shots": 10, "sweep_bits": [True, False]}, "sweep_bits"),
    ],
)
@pytest.mark.parametrize("kind", ["frames", "tableau", "exact"])
def test_bad_arguments_are_named(kind: str, options: dict[str, object], message: str) -> None:
    text = "CX sweep[0] 0\nM 0"
    device = ql.Device.preset("willow")
    sampler = (
        compile_exact_sampler(ql.dress(text, device, roles={0: "data"}), device, seed=1)
        if kind == "exact"
        else ql.compile_sampler(text, seed=1, engine=kind)  # type: ignore[arg-type]
    )
    before = sampler.sample(5, measurements=True)
    with pytest.raises(ValueError, match=f"`{message}` must"):
        sampler.sample(**options)  # type: ignore[arg-type]
    assert sampler.sample(3).first_shot == 5 == before.shots  # what was refused took no shots
    assert [batch.shots for batch in sampler.batches(5, batch_shots=3)] == [3, 2]
    assert repr(sampler).startswith(type(sampler).__name__) and repr(sampler).endswith("seed=1)")


@pytest.mark.parametrize("options", [{"seed": -1}, {"threads": 0}])
def test_bad_sampler_arguments_are_named(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"`{next(iter(options))}` must"):
        ql.compile_sampler("M 0", **options)  # type: ignore[arg-type]
