"""Population counts: means, levels, errors, addition and the npz file, on numbers done by hand."""

import numpy as np
import pytest

from qec_leak.records import LeakagePopulations, read_populations, write_populations

QUBITS = {"data": (0, 1), "measure": (2,)}


def example() -> LeakagePopulations:
    counts = np.zeros((2, 3, 2), dtype=np.int64)
    counts[0, 0] = 10, 2  # qubit 0: 10 shots in level 2, 2 in level 3
    counts[1, 1] = 6, 0
    counts[1, 2] = 1, 1
    return LeakagePopulations(counts, shots=100, qubits=QUBITS)


def test_means_by_role_and_level():
    part = example()
    assert part.leakage_population("data").tolist() == [0.06, 0.03]
    assert part.leakage_population("measure").tolist() == [0.0, 0.02]
    assert np.allclose(part.leakage_population(), [0.04, 0.08 / 3])
    assert part.level_population(2, "data").tolist() == [0.05, 0.03]
    assert part.level_population(3, "data").tolist() == [0.01, 0.0]
    assert np.allclose(part.leakage_population_error("data")[0], np.sqrt(0.12 * 0.88 / 100) / 2)


def test_addition():
    both = example() + example()
    assert both.shots == 200
    assert both.leakage_population("data").tolist() == [0.06, 0.03]
    with pytest.raises(ValueError, match="same circuit"):
        example() + LeakagePopulations(np.zeros((1, 3, 2), dtype=np.int64), 100, QUBITS)


def test_file_round_trip(tmp_path):
    path = tmp_path / "populations.npz"
    write_populations(path, {"NO_RESET": example(), "MLR": example() + example()})
    back = read_populations(path)
    assert list(back) == ["NO_RESET", "MLR"]
    assert back["MLR"].shots == 200
    assert back["NO_RESET"].qubits == QUBITS
    assert np.array_equal(back["NO_RESET"].counts, example().counts)


def test_refusals(tmp_path):
    with pytest.raises(ValueError, match=r"`counts` must lie in 0..5"):
        LeakagePopulations(np.full((1, 1, 2), 6), 5, {"data": (0,)})
    with pytest.raises(ValueError, match=r"`counts` must be \(snapshots, qubits, 2\)"):
        LeakagePopulations(np.zeros((1, 1), dtype=np.int64), 5, {"data": (0,)})
    with pytest.raises(ValueError, match="`role` must be one of"):
        example().leakage_population("removal")
    with pytest.raises(ValueError, match="`level` must be 2 or 3"):
        example().level_population(1)
    (tmp_path / "x.npz").write_bytes(b"not a zip")
    with pytest.raises(ValueError, match="file of write_populations"):
        read_populations(tmp_path / "x.npz")
