"""`qec-leak patch`: the table and the JSON say what the circuit's patch is, and the picture shows it."""

import json

import pytest

from qec_leak.circuits import make_patch
from qec_leak.cli import main
from qec_leak.figures import lattice_size, new_figure, plot_patch, plot_qubit_leakage


def test_help_has_an_example(capsys):
    assert main(["patch", "--help"]) == 0
    assert "qec-leak patch --distance 5" in capsys.readouterr().out


@pytest.mark.parametrize("code, distance, strategy", [("surface", 5, "DQLR"), ("repetition", 3, "MLR")])
def test_json_is_the_patch(code, distance, strategy, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["patch", "--code", code, "-d", str(distance), "--strategy", strategy, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    patch = make_patch(code, distance)
    removal = patch.removal_qubits if strategy == "DQLR" else ()
    used = [*patch.data_qubits, *patch.measure_qubits, *removal]
    assert [q["qubit"] for q in record["qubits"]] == used
    assert [(q["x"], q["y"]) for q in record["qubits"]] == [patch.coordinates[q] for q in used]
    assert [q["role"] for q in record["qubits"]] == [patch.role(q) for q in used]
    checks = {q["qubit"]: (q["basis"], q["data_qubits"]) for q in record["qubits"] if q["basis"]}
    assert checks == {s.measure_qubit: (s.basis, list(s.support)) for s in patch.stabilizers}
    pairs = {(q["qubit"], q["dqlr_partner"]) for q in record["qubits"] if q["role"] == "data"}
    assert pairs == (set(patch.dqlr_pairs) if removal else {(q, None) for q in patch.data_qubits})
    assert (record["logical_x"], record["logical_z"]) == (list(patch.logical_x), list(patch.logical_z))
    assert list(tmp_path.iterdir()) == []


def test_table_and_picture(capsys, tmp_path):
    out = tmp_path / "patch.svg"
    assert main(["patch", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    rows = [line.split() for line in text.splitlines() if line[:1].isdigit()]
    assert len(rows) == 18 and ["9", "measure", "2,", "0", "X", "of", "1", "0", "1"] in rows
    assert "logical Z on 0 1 2" in text and f"Picture: {out}" in text
    assert all(f">{q}</text>" in out.read_text() for q in range(18))
    assert main(["patch", "--form", "XZZX", "--out", str(tmp_path / "x.png")]) == 0
    turned = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.endswith(" H")]
    assert tuple(map(int, turned)) == make_patch("surface", 3).xzzx_qubits


@pytest.mark.parametrize("code, distance", [("surface", 3), ("surface", 13), ("repetition", 3), ("repetition", 25)])
@pytest.mark.parametrize("leakage", [False, True])
def test_numbers_in_the_picture_do_not_touch(code, distance, leakage):
    patch = make_patch(code, distance)
    width, height = lattice_size(patch, bar=leakage)
    figure, [axes] = new_figure(width=width, height=height)
    if leakage:
        plot_qubit_leakage(axes, patch, dict.fromkeys(range(len(patch.coordinates)), 0.0123), title="MLR")
    else:
        plot_patch(axes, patch)
    figure.draw_without_rendering()
    assert len(axes.texts) == len(patch.coordinates)
    boxes = [text.get_window_extent() for text in axes.texts]
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
    for legend in figure.legends:
        extent = legend.get_window_extent()
        assert extent.x0 >= 0 and extent.x1 <= figure.bbox.width
        assert not any(box.overlaps(extent) for box in boxes)


@pytest.mark.parametrize(
    "args, message",
    [
        (["-d", "4"], "`distance` must be"),
        (["--out", "patch.txt"], "must end in .png, .svg or .pdf"),
        (["-d", "3", "--out", "p"], "`--out` must end in .png, .svg or .pdf, but is 'p'; rename it"),
        (["--code", "repetition", "--form", "XZZX"], "`--form` must be CSS for the repetition code"),
    ],
)
def test_bad_options_are_one_line(args, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["patch", *args]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err
    assert list(tmp_path.iterdir()) == []
