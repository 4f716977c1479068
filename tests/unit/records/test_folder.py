"""Folders of one experiment: Google's two layouts."""

import numpy as np
import pytest
import stim

from qec_leak.records import read_folder, write_shots

CIRCUIT = stim.Circuit.generated("repetition_code:memory", distance=3, rounds=2, before_measure_flip_probability=0.1)


def write_layout(folder, *, noisy, sweep, flips_format):
    folder.mkdir()
    (folder / "circuit_ideal.stim").write_text(str(CIRCUIT.without_noise()))
    (folder / noisy).write_text(str(CIRCUIT))
    measurements = CIRCUIT.compile_sampler(seed=1).sample(50)
    events, flips = CIRCUIT.compile_m2d_converter().convert(measurements=measurements, separate_observables=True)
    write_shots(
        folder / "measurements.b8", measurements, format="b8", num_bits=CIRCUIT.num_measurements, kind="measurements"
    )
    write_shots(folder / "detection_events.b8", events, format="b8", num_bits=CIRCUIT.num_detectors)
    write_shots(folder / f"obs_flips_actual.{flips_format}", flips, format=flips_format, num_bits=1, kind="observables")
    (folder / f"{sweep}.b8").write_bytes(b"")
    return measurements, events, flips


@pytest.mark.parametrize(
    "layout",
    [
        {"noisy": "circuit_noisy.stim", "sweep": "sweep", "flips_format": "01"},  # Sycamore, Zenodo 6804040
        {"noisy": "circuit_noisy_si1000.stim", "sweep": "sweep_bits", "flips_format": "b8"},  # Willow, Zenodo 13273331
    ],
)
def test_googles_layouts(tmp_path, layout):
    measurements, events, flips = write_layout(tmp_path / "x", **layout)
    (tmp_path / "x" / "metadata.json").write_text('{"rounds": 2}')
    data = read_folder(tmp_path / "x")
    assert data.circuit == CIRCUIT
    assert data.shots == 50
    assert np.array_equal(data.measurements, measurements)
    assert np.array_equal(data.detection_events, events)
    assert np.array_equal(data.observable_flips, flips)
    assert data.heralds is None and data.populations is None
    assert data.metadata == {"rounds": 2}


def test_refusals(tmp_path):
    with pytest.raises(ValueError, match=r"must hold one of circuit_noisy.stim"):
        read_folder(tmp_path)
    write_layout(tmp_path / "x", noisy="circuit_noisy.stim", sweep="sweep", flips_format="01")
    (tmp_path / "x" / "obs_flips_actual.01").write_text("0\n1\n")
    with pytest.raises(ValueError, match=r"files of the same shots, but has measurements 50.*obs_flips_actual 2"):
        read_folder(tmp_path / "x")
    (tmp_path / "x" / "circuit_noisy.stim").write_text("NONSENSE 0")
    with pytest.raises(ValueError, match=r"circuit_noisy.stim` must be a Stim circuit"):
        read_folder(tmp_path / "x")
