"""`qec-leak sample`: circuits written by hand, with tags or dressed, and what cannot be sampled."""

import io

import numpy as np
import pytest
import stim

import qec_leak
from qec_leak.cli import main
from qec_leak.records import read_folder

TAGGED = """
R 0 1
X 0
TICK
I_ERROR[LEAKAGE_TRANSITION_1: (0.25, U-->2)] 0
CZ 0 1
TICK[LEAKAGE_POPULATION]
M[LEAKAGE_PROJECTION_Z: (1.0, 2)] 0 1
DETECTOR rec[-1]
OBSERVABLE_INCLUDE(0) rec[-2]
"""


def test_tags_by_hand(tmp_path, capsys):
    (tmp_path / "a.stim").write_text(TAGGED)
    assert (
        main(["sample", str(tmp_path / "a.stim"), "--shots", "4000", "--seed", "1", "--out", str(tmp_path / "x")]) == 0
    )
    data = read_folder(tmp_path / "x")
    batch = qec_leak.compile_sampler(TAGGED, seed=1).sample(4000, heralds=True, measurements=True)
    assert np.array_equal(data.measurements, batch.measurements)
    assert np.array_equal(data.heralds, batch.heralds)
    sigma = np.sqrt(0.25 * 0.75 / 4000)
    assert (data.heralds[:, 0] == 2).mean() == pytest.approx(0.25, abs=5 * sigma)
    assert data.populations.leakage_population()[0] == pytest.approx((data.heralds[:, 0] == 2).mean() / 2)


def test_standard_input_dressed_with_a_device(tmp_path, monkeypatch, capsys):
    ideal = "R 0 1\nTICK\nCZ 0 1\nTICK\nM 0 1\nDETECTOR rec[-1]\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ideal.encode())))
    args = ["sample", "-", "--device", "willow", "--set", "cz.error=0.01", "--shots", "100", "--out", str(tmp_path)]
    assert main(args) == 0
    device = qec_leak.Device.preset("willow").replace({"cz.error": 0.01})
    assert (tmp_path / "circuit_noisy.stim").read_text() == f"{qec_leak.dress(stim.Circuit(ideal), device)}\n"
    note = "note: roles are guessed (data 0, 1); write QUBIT_COORDS[role:data](x, y) q to give them"
    assert note in capsys.readouterr().err


def test_random_detectors_and_observables_are_sampled(tmp_path, capsys):
    """Detectors that are random without noise are in the error model; with random observables there is none."""
    detector = "H 0\nM 0\nDETECTOR rec[-1]"
    (tmp_path / "a.stim").write_text(detector)
    out = tmp_path / "x"
    arguments = ["sample", str(tmp_path / "a.stim"), "--shots", "4000", "--seed", "1", "--out", str(out)]
    assert main(arguments) == 0
    assert "error model" not in capsys.readouterr().err
    assert read_folder(out).detection_events.mean() == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / 4000))
    model = out / "circuit_detector_error_model.dem"
    assert str(stim.DetectorErrorModel.from_file(model)) == "error(0.5) D0"
    (tmp_path / "a.stim").write_text(f"{detector}\nOBSERVABLE_INCLUDE(0) rec[-1]")
    assert main(arguments) == 0
    note = "note: no detector error model is written, since Stim makes none (The circuit contains non-"
    assert capsys.readouterr().err.startswith(note)
    assert not model.exists()
    assert read_folder(out).observable_flips.mean() == pytest.approx(0.5, abs=5 * np.sqrt(0.25 / 4000))


BAD_CIRCUITS = [
    (TAGGED.replace("U-->2", "U->2"), "'LEAKAGE_TRANSITION_1: (0.25, U->2)'"),
    (TAGGED.replace("LEAKAGE_TRANSITION_1", "LEAKAGE_TRANSISTOR_1"), "LEAKAGE_TRANSISTOR_1"),
    (TAGGED.replace("0.25", "1.25"), "1.25"),
    ("NONSENSE 1", "must be a Stim circuit, but does not parse (Gate not found: 'NONSENSE')"),
    (b"\xff\x00", "must be a Stim circuit, but does not parse"),
]


@pytest.mark.parametrize(("text", "message"), BAD_CIRCUITS)
def test_bad_circuits_are_one_line(text, message, tmp_path, capsys):
    file = tmp_path / "a.stim"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["sample", str(file), "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith("qec-leak: error: ") and message in captured.err
    assert not (tmp_path / "out").exists()


def test_device_of_a_circuit_that_it_cannot_execute(tmp_path, capsys):
    (tmp_path / "a.stim").write_text("R 0 1\nISWAP 0 1\nM 0 1\nDETECTOR rec[-1]")
    assert main(["sample", str(tmp_path / "a.stim"), "--device", "willow", "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "ISWAP 0 1" in error
    assert main(["sample", str(tmp_path / "a.stim"), "--set", "cz.error=0", "--out", str(tmp_path / "out")]) == 2
    assert "`--set` must come with --device" in capsys.readouterr().err
    assert main(["sample", str(tmp_path / "b.stim"), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_what_is_missing_is_said(tmp_path, capsys):
    """No populations file where nothing is counted, and none of an earlier run either."""
    (tmp_path / "a.stim").write_text(TAGGED)
    (tmp_path / "b.stim").write_text(TAGGED.replace("[LEAKAGE_POPULATION]", ""))
    (tmp_path / "c.stim").write_text("R 0\nX_ERROR(0.1) 0\nCX 0 1 0 2\nM 0 1 2\n" + "DETECTOR rec[-1]\n" * 3)
    out = tmp_path / "x"

    def said(name, *args):
        assert main(["sample", str(tmp_path / name), "--shots", "100", "--out", str(out), *args]) == 0
        return capsys.readouterr().err

    assert said("a.stim") == "" and (out / "populations.npz").exists()
    assert "note: no populations.npz, since the circuit has no TICK[LEAKAGE_POPULATION]; add one" in said("b.stim")
    assert not (out / "populations.npz").exists() and read_folder(out).populations is None
    assert said("b.stim", "--populations", "moments") == "" and (out / "populations.npz").exists()
    text = said("c.stim")
    assert "note: the circuit has no leakage in its tags" in text and "has no TICK[LEAKAGE_POPULATION]" in text
    (tmp_path / "d.stim").write_text(
        "R 0\nX_ERROR(0.1) 0\nCX 0 1 0 2\nM 0 1 2\nDETECTOR rec[-1]\nDETECTOR rec[-2]\nDETECTOR rec[-3]"
    )
    assert "note: 1 errors of the detector error model flip more than two detectors, as D0 D1 D2" in said("d.stim")
