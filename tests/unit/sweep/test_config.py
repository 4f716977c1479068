"""Sweep files: what they mean, and one line for each mistake."""

import pickle

import pytest

from qec_leak import Device, memory_experiment
from qec_leak.sweep import RunSettings, StopRule, SweepFileError, parse_sweep, read_sweep

SMALLEST = """
[circuit]
code = "surface"
basis = "Z"
rounds = 5
[device]
preset = "miao2023"
[axes]
"circuit.distance" = [3, 5]
"circuit.strategy" = ["NO_RESET", "MLR", "DQLR"]
"device.cz.leakage" = [1e-4, 1e-3]
[stop]
max_shots = 40000
[run]
seed = 5
"""

FEW = """
[circuit]
distance = 3
rounds = 5
[stop]
max_shots = 100
"""


def test_smallest_file():
    sweep = parse_sweep(SMALLEST)
    assert len(sweep.points) == 12
    assert sweep.stop == StopRule(40000) and sweep.run == RunSettings(5)
    assert sweep.axes == ("circuit.distance", "circuit.strategy", "device.cz.leakage")
    assert [tuple(p.labels.values()) for p in sweep.points[:3]] == [
        (3, "NO_RESET", 1e-4),
        (3, "NO_RESET", 1e-3),
        (3, "MLR", 1e-4),
    ]
    point = sweep.points[-1]
    expected = memory_experiment(
        distance=5, rounds=5, strategy="DQLR", device=Device.preset("miao2023").replace({"cz.leakage": 1e-3})
    )
    assert point.memory().circuit == expected.circuit
    assert point.title == "distance=5 strategy=DQLR cz.leakage=0.001"
    assert dict(point.metadata) == {
        "b": "Z",
        "c": "surface",
        "d": 5,
        "device": "miao2023",
        "device.cz.leakage": 1e-3,
        "r": 5,
        "strategy": "DQLR",
    }
    assert pickle.loads(pickle.dumps(sweep)) == sweep


def labels(axes):
    return [tuple(p.labels.values()) for p in parse_sweep(FEW + axes).points]


def test_nested_and_quoted_keys_are_the_same():
    quoted = '[axes]\n"device.cz.leakage" = [0, 1e-3]'
    assert parse_sweep(FEW + quoted).points == parse_sweep(FEW + "[axes]\ndevice.cz.leakage = [0.0, 1e-3]").points
    assert parse_sweep(FEW + "[device.cz]\nleakage = 0").points[0].device.cz.leakage == 0.0


def test_ranges():
    assert labels('[axes]\n"circuit.inject_pauli" = {linear = [0.1, 0.3], points = 3}') == [(0.1,), (0.2,), (0.3,)]
    assert labels('[axes]\n"device.cz.leakage" = {log = [1e-5, 1e-3], points = 3}') == [(1e-5,), (1e-4,), (1e-3,)]
    assert labels('[axes]\n"circuit.dqlr_every" = {linear = [1, 5], points = 3}') == [(1,), (3,), (5,)]


def test_product_of_axes_and_zips():
    text = """
    [axes]
    "circuit.basis" = ["X", "Z"]
    [[axes.zip]]
    "circuit.dqlr_every" = [1, 2]
    "circuit.inject_leakage" = [0.0, 0.1]
    """
    assert labels(text) == [("X", 1, 0.0), ("X", 2, 0.1), ("Z", 1, 0.0), ("Z", 2, 0.1)]


def test_axes_over_devices_and_decoders(tmp_path):
    (tmp_path / "mine.toml").write_text(Device.preset("willow").replace(name="mine").to_toml())
    file = tmp_path / "sweep.toml"
    file.write_text(
        FEW + '[axes]\n"device.file" = ["mine.toml"]\n"decoder.name" = ["pymatching", "pymatching-correlated"]\n'
        '"device.without_leakage" = [false, true]'
    )
    points = read_sweep(file).points
    assert [p.decoder for p in points] == ["pymatching"] * 2 + ["pymatching-correlated"] * 2
    assert [p.device.name for p in points] == ["mine"] * 4
    assert points[1].device == points[0].device.without_leakage()
    assert "device.without_leakage" not in points[0].metadata and points[1].metadata["device.without_leakage"] is True


def test_points_must_differ(tmp_path):
    with pytest.raises(SweepFileError, match="'strategy=MLR' and 'strategy=MLR' have the same metadata; drop one"):
        labels('[axes]\n"circuit.strategy" = ["MLR", "mlr"]')
    for name, leakage in (("a", 1e-3), ("b", 1e-4)):
        (tmp_path / f"{name}.toml").write_text(Device.preset("willow").replace({"cz.leakage": leakage}).to_toml())
    with pytest.raises(SweepFileError, match="have the same metadata; give the devices different names"):
        parse_sweep(FEW + '[axes]\n"device.file" = ["a.toml", "b.toml"]', folder=tmp_path)


def test_quick_overrides_and_extra_tables():
    text = (
        SMALLEST
        + """
    [figure]
    kind = "lines"
    [figure.axis]
    low = 0
    [quick]
    stop.max_shots = 1000
    axes."circuit.distance" = [3]
    figure.axis.low = 1
    """
    )
    full = parse_sweep(text, extra=("figure",))
    assert len(full.points) == 12 and full.extra == {"figure": {"kind": "lines", "axis": {"low": 0}}}
    quick = parse_sweep(text, extra=("figure",), quick=True, overrides={"run.seed": 9})
    assert len(quick.points) == 6 and quick.stop.max_shots == 1000 and quick.run.seed == 9
    assert quick.axes == full.axes
    assert quick.extra == {"figure": {"kind": "lines", "axis": {"low": 1}}}
    with pytest.raises(SweepFileError, match=r"\[figure\] must be a known section"):
        parse_sweep(text)


def test_values_that_are_only_valid_together():
    """T1 = 10 us does not go with the preset's T2 of 30 us, but it does with a T2 that is changed as well."""
    [point] = parse_sweep(FEW + "[device]\nidle.t1_ns = 1e4\nidle.t2_ns = 1.5e4").points
    assert point.device.idle.t2_ns == 1.5e4


def test_what_is_default_is_not_in_the_metadata():
    text = FEW + '[axes]\n"circuit.form" = ["CSS", "XZZX"]\n"circuit.cycle_ns" = [1500]'
    plain, xzzx = parse_sweep(text).points
    assert dict(xzzx.metadata) == {**plain.metadata, "form": "XZZX"}
    assert plain.metadata["cycle_ns"] == 1500.0


def test_stop_rules():
    assert not StopRule(100).stops(99, 99) and StopRule(100).stops(100, 0)
    assert StopRule(100, max_errors=5).stops(10, 5) and not StopRule(100, max_errors=5).stops(10, 4)
    # A tenth of the error probability: sqrt(0.2 0.8 / n) = 0.02 at n = 400.
    rule = StopRule(10**6, relative_precision=0.1)
    assert rule.stops(400, 80) and not rule.stops(395, 79) and not rule.stops(10**5, 0)


MISTAKES = {
    "sections": ("circuits = 3", "[circuits] must be a known section, but is not; did you mean 'circuit'?"),
    "plain value": ("stop = 3", "[stop] must be a table of keys and values, but is 3"),
    "code": (
        '[circuit]\ncode = "surfce"',
        "[circuit] `code` must be one of 'surface', 'repetition', ",
    ),
    "distance": ("[circuit]\ndistance = 4", "[circuit] `distance` must be an odd integer of at least 3, but is 4"),
    "rounds": ("[circuit]\nrounds = 2.5", "[circuit] `rounds` must be an integer, but is 2.5"),
    "missing": ("[circuit]\nrounds = 2", "[circuit] `distance` must be given, but is missing"),
    "key": (
        "[circuit]\nleak_qubt = 3",
        "[circuit] `leak_qubt` must be a known key, but is not; did you mean 'leak_qub",
    ),
    "together": ('[circuit]\ncode = "repetition"\nbasis = "X"', "[circuit] `basis` must be 'Z' for the repetition"),
    "axis together": (
        '[circuit]\ncode = "repetition"\n[axes]\n"circuit.basis" = ["X"]',
        "[axes] circuit.basis: `basis` must be 'Z' for the repetition",
    ),
    "cycle": ("[circuit]\ncycle_ns = 5", "[circuit] `cycle_ns` must be at least the "),
    "preset": ('[device]\npreset = "mia2023"', "[device] `preset` must be one of"),
    "file": ('[device]\nfile = "no.toml"', "[device] no.toml: cannot be read"),
    "override": ("[device]\ncz.leakge = 1", "[device] `cz.leakge` must be a key of a device, but is not; did you mean"),
    "probability": ("[device]\ncz.leakage = 2", "[device] [cz] `leakage` must be in [0, 0.25], but is 2.0"),
    "t2": ("[device]\nidle.t1_ns = 1e4", "[device] [idle] `t2_ns` must be at most 2 t1_ns = 20000.0"),
    "t2 axis": (
        "[device]\nidle.t1_ns = 1e4\n[axes]\ndevice.idle.t2_ns = [1e4, 4e4]",
        "[axes] device.idle.t2_ns: [idle] `t2_ns` must be at most 2 t1_ns = 20000.0, but is 40000.0",
    ),
    "twice": ('[axes]\n"circuit.rounds" = [3]', "`circuit.rounds` must be given once, but [circuit] has `rounds` too"),
    "decoder": ('[decoder]\nname = "mwpm"', "[decoder] `name` must be one of 'pymatching', 'pymatching-correlated'"),
    "empty axis": ('[axes]\n"circuit.basis" = []', "[axes] `circuit.basis` must be a list of values or a range"),
    "double": ('[axes]\n"circuit.form" = ["CSS", "CSS"]', "[axes] `circuit.form` must list each value once"),
    "log": ('[axes]\n"device.idle.t1_ns" = {log = [0, 1], points = 3}', "must be positive, but is 0"),
    "points": ('[axes]\n"circuit.inject_pauli" = {linear = [0, 1]}', "`circuit.inject_pauli` must be one range"),
    "zip": ('[[axes.zip]]\n"circuit.basis" = ["X", "Z"]\n"circuit.leak_round" = [1]', "must have equally many values"),
    "axis key": ("[axes]\ndistance = [3]", "[axes] distance: `distance` must be a key of circuit, device or decoder"),
    "stop": ("[stop]\nmax_errors = 3", "[stop] `max_shots` must be given, but is missing"),
    "precision": ("[stop]\nmax_shots = 3\nrelative_precision = 2", "`relative_precision` must be below 1, but is 2"),
    "seed": ("[run]\nseed = -1", "[run] `seed` must be at least 0, but is -1"),
    "quick": ("[quick]\nmax_shots = 3", "[quick] `max_shots` must be a section with keys to replace, but is 3"),
    "toml": ("[stop", "is not valid TOML"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_one_line_with_file_and_key(name):
    text, message = MISTAKES[name]
    for section in ("[circuit]\ndistance = 3\nrounds = 5", "[stop]\nmax_shots = 100"):
        if section.split("\n")[0] not in text and "stop = 3" not in text:
            text += f"\n{section}"
        elif section[:9] == "[circuit]" and name not in ("missing", "plain value"):
            missing = [line for line in section.split("\n")[1:] if line.split()[0] not in text]
            text = text.replace("[circuit]", "\n".join(["[circuit]", *missing]))
    with pytest.raises(SweepFileError) as caught:
        parse_sweep(text, source="my.toml", quick=True)
    assert any(message in line for line in caught.value.mistakes), caught.value.mistakes
    assert all(line.startswith("my.toml: ") and "\n" not in line for line in caught.value.mistakes)
    assert len(caught.value.mistakes) <= (4 if name == "plain value" else 1)


def test_all_mistakes_at_once():
    text = """
    surprise = 1
    [circuit]
    code = "surfce"
    distance = 4
    rounds = 0
    strategy = "RESET"
    leak_qubt = 1
    [device]
    cz.leakage = 2
    gate.error = 2
    [decoder]
    name = "mwpm"
    [axes]
    "circuit.form" = []
    [stop]
    max_shots = 0
    [run]
    seed = "x"
    """
    with pytest.raises(SweepFileError) as caught:
        parse_sweep(text)
    assert len(caught.value.mistakes) == 12
    assert str(caught.value) == "\n".join(caught.value.mistakes)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(SweepFileError, match=r"no\.toml: cannot be read"):
        read_sweep(tmp_path / "no.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SweepFileError, match=r"bytes\.toml: is not UTF-8 text"):
        read_sweep(tmp_path / "bytes.toml")


COHERENCE = """
[circuit]
distance = 3
rounds = 2
[device]
{device}
[axes]
{axes}
[stop]
max_shots = 10
"""


def test_t1_is_an_axis_with_t2_as_a_part_of_it():
    axes = '"device.idle.t1_ns" = [2e3, 20e3, inf]'
    points = parse_sweep(COHERENCE.format(device='"idle.t2_over_t1" = 0.5', axes=axes)).points
    idle = [p.device.qubit(0, "data").idle for p in points]
    assert [(i.t1_ns, i.t2_ns) for i in idle] == [(2e3, 1e3), (20e3, 10e3), (float("inf"), float("inf"))]
    assert points[0].metadata["device.idle.t2_over_t1"] == 0.5 and points[1].metadata["device.idle.t1_ns"] == 20e3
    both = parse_sweep(COHERENCE.format(device="", axes=f'{axes[:-5]}]\n"device.idle.t2_over_t1" = [0.5, 2]')).points
    assert [p.device.idle.t2_ns for p in both] == [1e3, 4e3, 10e3, 40e3]


def test_coherence_scales_as_a_whole():
    device = '"qubits.4.idle.t1_ns" = 40e3'
    axes = '"device.coherence_scale" = [0.5, 2]'
    points = parse_sweep(COHERENCE.format(device=device, axes=axes)).points
    preset = Device.preset("miao2023").idle
    for point, factor in zip(points, (0.5, 2.0), strict=True):
        assert (point.device.idle.t1_ns, point.device.idle.t2_ns) == (factor * preset.t1_ns, factor * preset.t2_ns)
        assert point.device.qubits[4]["idle"]["t1_ns"] == 40e3  # an override of the sweep: as it was written
        assert point.metadata["device.coherence_scale"] == factor


@pytest.mark.parametrize(
    ("device", "axes", "message"),
    [
        ("", '"device.idle.t1_ns" = [2e3]', r'`t2_ns` must be at most 2 t1_ns = 4000.0.*give T2 as "idle.t2_over_t1"'),
        (
            "",
            '"device.idle.t2_over_t1" = [2.5]',
            r"\[axes\] device.idle.t2_over_t1: `idle.t2_over_t1` must be at most 2",
        ),
        ('"idle.t2_ns" = 1e4', '"device.idle.t2_over_t1" = [1]', r"must not be given with `idle.t2_ns`"),
        ("coherence_scale = 0", '"circuit.basis" = ["X"]', r"\[device\] `coherence_scale` must be positive"),
        ("", '"device.cz.t2_over_t1" = [1]', r"`cz.t2_over_t1` must be a key of a device"),
    ],
)
def test_mistakes_about_coherence(device, axes, message):
    with pytest.raises(SweepFileError, match=message) as error:
        parse_sweep(COHERENCE.format(device=device, axes=axes))
    assert len(error.value.mistakes) == 1
