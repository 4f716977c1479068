"""Hostile command lines and files, thought of and generated: one line and exit status 2, whatever they say.

Commands run up to where they would start to work; there ``StagedFolder`` (which all of them write through) ends them.
"""

import re

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qec_leak
from qec_leak.cli import main
from qec_leak.cli.app import cli
from qec_leak.device import Device

CIRCUIT = "R 0 1\nH 0\nTICK\nCX 0 1\nTICK[LEAKAGE_POPULATION]\nM 1\nDETECTOR rec[-1] rec[-1]\nM 0\n"
SWEEP = """
[circuit]
code = "surface"
distance = 3
rounds = 2
[device]
preset = "willow"
"cz.leakage" = 1e-3
[axes]
"circuit.strategy" = ["MLR", "DQLR"]
"circuit.inject_leakage" = {linear = [0.0, 0.1], points = 3}
[stop]
max_shots = 100
[run]
seed = 1
[quick]
stop.max_shots = 10
"""
WORDS = [
    *(
        "",
        " ",
        "-",
        "--",
        ".",
        "..",
        "/",
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "~",
        "*",
        "a.stim",
        "s.toml",
        "d.toml",
    ),
    *("0", "-1", "1e30", "-0", "0x10", "1_000", "nan", "inf", "-inf", "1e-400", "1e400", "0.5", "99999999999", "3.0"),
    *(
        str(2**63),
        str(2**64),
        str(2**200),
        "9" * 5000,
        "\u0661\u0662",
        "①",
        "½",
        "💥",
        "\x00",
        "\x1b[31m",
        "\n",
        "a\nb",
        "\ud800",
    ),
    *("true", "null", "None", "[]", "{}", "[[[[", "[" * 5000, "{a=1}", '"', "'", "\\", "%s", "{0}", "$HOME", "`id`"),
    *("cz.leakage=0.001", "cz.leakage=", "=", "==", "a=b", "cz.leakage=nan", "cz.leakage=[1]", "cz.leakage={a=1}"),
    *(
        "cz.leakage=1979-05-27",
        "cz=1",
        "qubits=1",
        "qubits.-1.idle.t1_ns=1",
        "qubits.1e3.gate.error=0",
        "name=3",
        "name=",
    ),
    *("pairs.1-1.cz.error=0", "pairs.9-3.cz.error=0", "pairs.0-9.cz.error=0.1", "pairs.0-9-1.cz.error=0", "pairs.=1"),
    *(
        "roles.data.idle.t1_ns=0",
        "roles.x.idle.t1_ns=1",
        "idle.t1_ns=1e400",
        "idle.t1_ns=-1",
        "readout.error=1",
        "..=1",
    ),
    *("qubits.00.gate.error=0", f"qubits.{'9' * 5000}.gate.error=0", "qubits.\u0661.gate.error=0", "reset.error=true"),
    *(
        "stop.max_shots=0",
        "stop.max_shots=1e9",
        "axes=1",
        "axes.zip=1",
        "circuit.distance=1e400",
        "run.seed=-1",
        "quick=1",
    ),
    *("MLR", "mlr", "willow", "miao2023", "surface", "X", "b8", "F3a", "all", "bash", "rounds", "0-1", "1-1", "9-"),
]

OUR_FORM = (
    " must |Invalid value|No such option|Missing|is not valid TOML|cannot open|cannot be read|Got unexpected|"
    "requires an argument|is not UTF-8|is longer than"
)
"""What messages of ours and of click say; those of other libraries say something else."""

word = st.one_of(st.sampled_from(WORDS), st.text(max_size=12), st.integers().map(str), st.floats().map(str))


class _Reached(click.exceptions.Exit):
    """A command has checked everything and would start to work."""

    def __init__(self, *args, **options):
        super().__init__(0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that the words name, as the current folder, and nothing that works."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "a.stim").write_text(CIRCUIT)
    (folder / "s.toml").write_text(SWEEP)
    (folder / "d.toml").write_text(Device.preset("willow").to_toml())

    def work(*args, **options):
        raise _Reached

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("qec_leak.records.staging.StagedFolder.__enter__", work)
        for name in ("sweep.collect", "sweep.estimate.estimate_sweep", "validate.run_checks", "scorecard.score"):
            patch.setattr(f"qec_leak.{name}", work)
        patch.setattr("sys.stdin", None)
        yield folder


def judged(args, capsys):
    """Run a command line: fine, or one line (one a mistake of a sweep file) and status 2. Returns the status."""
    before = capsys.readouterr()
    status = main(args)
    _, err = capsys.readouterr()
    assert status in (0, 2), (args, status, err, before)
    if status == 2:
        lines = err.splitlines()
        sweeps = "sweep" in args or "status" in args or "figure" in args or "plot" in args
        assert len(lines) == 1 or (sweeps and lines), (args, err)
        assert all(line.startswith("qec-leak: error: ") and re.search(OUR_FORM, line) for line in lines), (args, err)
        assert "Traceback" not in err and "internal error" not in err and max(map(len, lines)) < 1300, (args, err)
    return status


def options_of(name):
    """(option, takes a value) of a command."""
    return [
        (text, not p.is_flag)
        for p in cli.commands[name].params
        if isinstance(p, click.Option)
        for text in [*p.opts, *p.secondary_opts]
        if p.name not in ("cluster", "oracle")  # they ask the network, and start programs
    ]


FIRST = {"device": ["willow"], "sample": ["a.stim"], "sweep": ["s.toml"], "figure": ["F3a"], "status": ["s.toml"]}


@st.composite
def command_lines(draw):
    name = draw(
        st.sampled_from(
            ["run", "view", "device", "export", "sample", "sweep", "figure", "status", "plot", "completion"]
        )
    )
    first = draw(st.one_of(st.just(FIRST.get(name, [])), st.lists(word, max_size=2)))
    chosen = draw(st.lists(st.tuples(st.sampled_from(options_of(name) or [("--help", False)]), word), max_size=4))
    rest = [part for (option, takes), value in chosen for part in ([option, value] if takes else [option])]
    return [name, *first, *rest]


@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(args=command_lines())
def test_generated_command_lines(args, folder, capsys):
    judged(args, capsys)


@pytest.mark.parametrize("command", ["run", "view", "export", "sample", "sweep", "device", "figure"])
def test_every_option_with_every_word(command, folder, capsys):
    """A tenth of the products, another one for each command; all of them passed once."""
    products = [(option, value) for option, takes in options_of(command) if takes for value in WORDS]
    for option, value in products[len(command) :: 10]:
        judged([command, *FIRST.get(command, []), option, value], capsys)


values = st.one_of(
    st.sampled_from(
        [
            *("", "nan", "inf", "-inf", "1e400", "-1", "0", "true", '""', '"x"', "[]", "[[1]]", "{}", "{a = 1}"),
            *("[1, 2]", "07:32:00", "1" * 400, "0x10", "1979-05-27", "[" * 3000, '"""', "1.5", "[0, 0]", "[nan]"),
            *("{linear = [0, 1], points = 99999999999}", "{log = [-1, 1], points = 3}", '[["MLR"]]'),
            *("{linear = [1e308, -1e308], points = 3}", "{points = 2}"),
        ]
    ),
    st.text(max_size=8),
    st.integers().map(str),
    st.floats().map(repr),
)


@st.composite
def mutated(draw, text):
    """A file with a few lines changed, doubled, moved or dropped."""
    lines = text.strip().splitlines()
    for _ in range(draw(st.integers(1, 3))):
        k = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["value", "value", "value", "key", "drop", "double", "insert", "move"]))
        if kind == "value" and " = " in lines[k]:
            lines[k] = f"{lines[k].partition(' = ')[0]} = {draw(values)}"
        elif kind == "key" and " = " in lines[k]:
            lines[k] = f"{draw(st.one_of(st.text(max_size=6), st.sampled_from(['qubits', 'pairs.1-1', 'cz'])))} = 1"
        elif kind == "drop" and len(lines) > 1:
            del lines[k]
        elif kind == "double":
            lines.insert(k, lines[k])
        elif kind == "insert":
            heads = [
                "[cz]",
                "[qubits.1.idle]",
                '[pairs."0-1".cz]',
                "[roles.data]",
                "[[axes.zip]]",
                "[x]",
                "[axes]",
                "[",
            ]
            lines.insert(k, draw(st.sampled_from(heads)))
        else:
            lines.append(lines.pop(k))
    return "\n".join(lines)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=mutated(Device.preset("willow").to_toml()))
def test_generated_device_files(text, folder, capsys):
    (folder / "m.toml").write_text(text, encoding="utf-8", errors="replace")
    judged(["run", "--device", "m.toml", "--rounds", "2"], capsys)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=mutated(SWEEP))
def test_generated_sweep_files(text, folder, capsys):
    (folder / "m.toml").write_text(text, encoding="utf-8", errors="replace")
    judged(["sweep", "m.toml", "--dry-run"], capsys)


circuits = mutated(CIRCUIT.replace("\n", " = \n")).map(lambda text: text.replace(" = ", " "))


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    text=st.one_of(
        mutated(CIRCUIT.replace("\n", " = \n")).map(lambda text: text.replace(" = ", " ")), st.text(max_size=40)
    )
)
def test_generated_circuits(text, folder, capsys):
    (folder / "m.stim").write_text(text, encoding="utf-8", errors="replace")
    for more in ([], ["--device", "willow"]):
        judged(["sample", "m.stim", *more], capsys)


LIMITS = [
    (
        ["run", "-d", "99999999999"],
        r"`distance` must fit memory, but is 99999999999, which needs some .* PB of ",
    ),
    (["run", "-r", "9" * 30], r"`rounds` must be at most 1e\+15, but is 9{30}; lower it"),
    (["run", "-r", "100000000000"], r"`--rounds` and `--distance` must fit memory, but 800,000,000,000 detectors need"),
    (
        ["run", "-n", "1000000000000"],
        r"`--shots` must end within a year, but 3,000,000,000,000 take some \d+ years",
    ),
    (
        ["export", "-n", "100000000000000"],
        r"`--shots` must end within a year|`--out` must have room",
    ),
    (
        ["run", "--threads", "1000000"],
        r"`--threads` must be at most \d+ on a machine of \d+ cores, but is 1000000",
    ),
    (["sweep", "s.toml", "--workers", "1000000"], r"`--workers` must be at most"),
    (["run", "--seed", str(2**200)], r"is not in the range 0<=x<=18446744073709551615"),
    (["run", "--out", ""], r"Invalid value for '--out': a path must be given, but it is empty"),
    (["run", "--device", "/dev/zero"], r"/dev/zero: is longer than 67.1 MB; give a file of text"),
    (["sweep", "/dev/zero"], r"/dev/zero: is longer than 67.1 MB; give a file of text"),
    (
        ["sweep", "s.toml", "--out", "/dev/null"],
        r"`--out` must be a file that can be continued, but '/dev",
    ),
    (
        ["sweep", "points.toml"],
        r"`circuit.inject_leakage.points` must be at most 100,000, but is 1000000000",
    ),
    (["sweep", "deep.toml"], r"deep.toml: is not valid TOML: too many nested values"),
    (["device", "deep.toml"], r"deep.toml: is not valid TOML: too many nested values"),
    (
        ["sample", "nested.stim"],
        r"must execute at most 1e\+12 instructions a shot, but its REPEAT blocks .* 2.0e\+24",
    ),
    (["sample", "-"], r"`-` must be a Stim circuit, but does not parse \(standard input is closed\)"),
    (["sample", "no.stim"], r"cannot open 'no.stim': no such file or directory; correct the path"),
]


@pytest.mark.parametrize(("args", "message"), LIMITS, ids=[" ".join(args)[:40] for args, _ in LIMITS])
def test_what_is_unbounded_is_refused(args, message, folder, capsys):
    (folder / "points.toml").write_text(SWEEP.replace("points = 3", "points = 1000000000"))
    (folder / "deep.toml").write_text(f"a = {'[' * 100_000}")
    (folder / "nested.stim").write_text("REPEAT 1000000000000 {\nREPEAT 1000000000000 {\nH 0\nM 0\n}\n}\n")
    main(args)
    error = capsys.readouterr().err
    assert re.search(message, error) and error.count("\n") == 1


def test_hostile_arguments_of_functions():
    memory = qec_leak.memory_experiment(distance=3, rounds=2)
    for call in (
        lambda: qec_leak.analysis.detector_layout(7),
        lambda: qec_leak.compile_sampler(memory.circuit, seed=2**64),
        lambda: qec_leak.compile_sampler(memory.circuit, threads=10**6),
        lambda: qec_leak.compile_sampler("REPEAT 1000000000000 {\nREPEAT 1000000000000 {\nH 0\n}\n}"),
        lambda: qec_leak.memory_experiment(distance=10**9 + 1, rounds=1),
        lambda: qec_leak.decode(memory.circuit, None),
    ):
        with pytest.raises((ValueError, TypeError), match=r"^`\w+` must [^\n]*; [^\n]*$"):
            call()


def test_what_was_found(folder, capsys):
    """Cases that generated inputs brought up."""
    (folder / "m.toml").write_text("qubits = 1\n" + Device.preset("willow").to_toml())
    for args, message in (
        (["run", "--set", f"qubits.{'9' * 5000}.gate.error=0"], "must be a qubit index, but is not"),
        (["run", "--set", f"pairs.0-{'9' * 5000}.cz.error=0"], "must be two qubit indices, but is not"),
        (["run", "--cycle-ns", "1e30"], "`idle.dd_error_per_us` must give at most 0.75 during a wait, but gives"),
        (["run", "--out", "\ud800"], "arguments must be text, but one has '\\ud800'"),
        (["sweep", "a\nb"], "a b: cannot be read (No such file or directory)"),
        (["run", "--device", "m.toml"], "m.toml: [qubits] must be a table of keys and values, but is 1"),
    ):
        assert judged(args, capsys) == 2
        main(args)
        assert message in capsys.readouterr().err
