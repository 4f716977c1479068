"""`qec-leak device`: numbers of the gates, the rows of their channels, a picture, TOML."""

import re

import pytest

import qec_leak
from qec_leak.channels import transport_probability
from qec_leak.channels.operations import cz_channel, cz_unitary
from qec_leak.cli import main


@pytest.mark.parametrize("preset", ["sycamore", "miao2023", "projected", "willow"])
def test_presets(preset, tmp_path, capsys):
    assert main(["device", preset, "--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    cz = qec_leak.Device.preset(preset).cz
    shown = float(re.search(r"transport \|31> <-> \|22>\s+([\d.]+) %", text)[1])
    assert shown == pytest.approx(100 * transport_probability(cz_unitary(cz), (3, 1), (2, 2)), rel=5e-3)
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"{preset}-transport.png", f"{preset}-transport.svg"]


def test_rows_are_complete(tmp_path, capsys):
    """With --all, every transition that changes something is listed."""
    assert main(["device", "miao2023", "--all", "--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    listed = text[text.index("CZ: rows") : text.index("Leakage iSWAP: rows")].count("-->")
    channel = cz_channel(qec_leak.Device.preset("miao2023").cz)
    assert listed == sum(not t.is_identity(row) for row, ts in channel.rows.items() for t in ts)


def test_toml_round_trip(tmp_path, capsys):
    assert main(["device", "miao2023", "--set", "cz.leakage=0.001", "--toml"]) == 0
    file = tmp_path / "mine.toml"
    file.write_text(capsys.readouterr().out)
    assert qec_leak.Device.from_toml(file) == qec_leak.Device.preset("miao2023").replace({"cz.leakage": 0.001})
    assert main(["device", str(file), "--pair", "0-9", "--out", str(tmp_path / "x")]) == 0
    assert "|11> -> |20> 0.004" in capsys.readouterr().out


def test_an_edited_preset_is_called_so(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    willow = qec_leak.Device.preset("willow")
    (tmp_path / "same.toml").write_text(willow.replace({"description": "mine"}).to_toml())
    (tmp_path / "other.toml").write_text(willow.replace({"cz.leakage": 0.001}).to_toml())
    (tmp_path / "named.toml").write_text(willow.replace({"cz.leakage": 0.001, "name": "chip"}).to_toml())
    titles = {}
    for args in (["willow"], ["same.toml"], ["other.toml"], ["named.toml"], ["willow", "--set", "cz.leakage=0.001"]):
        assert main(["device", *args]) == 0
        titles[" ".join(args)] = capsys.readouterr().out.partition("\n")[0]
    assert list(titles.values()) == [
        "willow, default pair",
        "willow, default pair",
        "willow (edited), default pair",
        "chip, default pair",
        "willow (edited), default pair",
    ]
    options = ["--shots", "64", "--rounds", "2", "--strategy", "MLR", "--device", "other.toml"]
    assert main(["run", *options, "--out", "run"]) == 0
    assert "basis Z, device willow (edited)\n" in capsys.readouterr().out
    assert "willow (edited)" in (tmp_path / "run" / "results.csv").read_text()
    assert main(["export", *options, "--out", "data"]) == 0
    assert (tmp_path / "data" / "d3_at_willow-edited_MLR" / "Z" / "r02" / "metadata.json").exists()


def test_where_leakage_comes_from(tmp_path, capsys):
    """A pair that the device file spoils is the first of the table, and there is a picture."""
    file = tmp_path / "mine.toml"
    mine = qec_leak.Device.preset("miao2023").replace({"pairs.4-15.cz.leakage": 0.006, "name": "mine"})
    file.write_text(mine.to_toml())
    assert main(["device", str(file), "--distance", "3", "--strategy", "DQLR", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("Leakage gained in a round of DQLR, distance 3; largest gains first")
    assert lines[start + 3].startswith("4, data") and lines[start + 8].split() == ["4-15", "0.600", "%"]
    assert lines[-1].endswith(f"{tmp_path / 'mine-lattice.png'} (and .svg)")
    assert (tmp_path / "mine-lattice.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--code", "repetition"], "`--code` must come with --distance, but that is missing; add it, or drop --code"),
        (["--strategy", "DQLR"], "`--strategy` must come with --distance"),
        (["--distance", "4"], "must be an odd integer"),
        (["--toml", "--distance", "3"], "`--distance` must not be given with --toml"),
        (["--distance", "3", "--set", "pairs.4-16.cz.leakage=0.1"], "must be about a pair that has a CZ"),
    ],
)
def test_what_the_lattice_needs(more, message, tmp_path, capsys):
    assert main(["device", "miao2023", *more, *([] if "--toml" in more else ["--out", str(tmp_path)])]) == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    assert message in line and not list(tmp_path.iterdir())
