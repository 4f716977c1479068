"""The page without a browser: what is in the file, and what is refused."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.viewer.steps import Step, steps_of


@pytest.fixture(scope="module")
def memory():
    return ql.memory_experiment(distance=3, rounds=4, strategy="DQLR")


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.DOTALL)[1])


def test_the_same_seed_makes_the_same_page(memory, tmp_path):
    page = memory.view(tmp_path / "x.html", shots=3000, seed=5)
    assert (tmp_path / "x.html").read_text(encoding="utf-8") == page.html and page.seed == 5
    assert ql.view(memory, shots=3000, seed=5, threads=2) == page
    assert memory.view(shots=3000, seed=6) != page


def test_counts_are_those_of_one_batch(memory):
    """Though the first shots are sampled apart, with their levels."""
    [panel] = data_of(memory.view(shots=3000, shown=7, seed=5))["panels"]
    batch = ql.compile_sampler(memory.circuit, seed=5).sample(3000)
    for k, name in enumerate(("level_2", "level_3")):
        counts = np.frombuffer(base64.b64decode(panel[name]), "<u2").reshape(4, 18)
        assert np.array_equal(counts, batch.population_counts[:, :, k])


def test_it_stands_alone(memory):
    html = memory.view(shots=10, seed=1).html
    assert not re.findall(r"https?:|//[a-z]+\.|@import|url\(|<link[^>]*stylesheet|src=", html)
    assert "default-src 'none'" in html


def test_names_cannot_break_out(memory):
    name = "</script><script>alert(1)</script>"
    page = ql.view({name: memory}, shots=10, seed=1)
    assert "<script>alert" not in page.html and data_of(page)["panels"][0]["name"] == name


def test_steps(memory):
    assert steps_of(memory, "rounds") == [
        *(Step(f"end of round {k}", k - 1, k) for k in (1, 2, 3, 4)),
        Step("final measurement", 3, 5),
    ]
    steps = steps_of(memory, "moments")
    assert [step.snapshot for step in steps[: len(memory.moments())]] == list(range(len(memory.moments())))
    assert steps[0].events == 0 and steps[-1].events == 5 and {step.events for step in steps} == set(range(6))


def test_more_shots_than_two_bytes_hold(memory):
    assert data_of(memory.view(shots=70_000, seed=1))["panels"][0]["bytes"] == 4


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda m: ql.view(m, shots=0), ValueError, "`shots` must be at least 1"),
        (lambda m: ql.view(m, shown=0), ValueError, "`shown` must be at least 1"),
        (lambda m: ql.view(m, where="shots"), ValueError, "`where` must be"),
        (lambda m: ql.view([]), ValueError, "`memories` must have the same number of rounds, but there are none"),
        (lambda m: ql.view([m, m]), ValueError, "`memories` must have different strategies, but two have DQLR"),
        (lambda m: ql.view({"a": 1}), TypeError, "`memories` must be MemoryExperiments"),
        (lambda m: ql.view(m.circuit), TypeError, "`memories` must be MemoryExperiments"),
        (
            lambda m: ql.view({"a": m, "b": ql.memory_experiment(distance=3, rounds=2)}),
            ValueError,
            "`memories` must have the same number of rounds, but have 2 and 4",
        ),
        (
            lambda m: ql.view([m, ql.memory_experiment(distance=3, rounds=4)], where="moments"),
            ValueError,
            "`where` must be 'rounds' for experiments of different moments",
        ),
    ],
)
def test_refusals(memory, make, error, message):
    with pytest.raises(error, match=message):
        make(memory)


def test_a_page_that_no_browser_likes_is_refused(memory, monkeypatch):
    monkeypatch.setattr("qec_leak.viewer.build.MAX_BYTES", 500.0)
    with pytest.raises(ValueError, match="`memories` must make a page of at most 500 B, but need"):
        memory.view(shots=100)


def test_cards_of_notebooks(memory):
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(100, levels="rounds")
    plain = ql.compile_sampler("M 0", seed=1).sample(10, populations=None)
    edited = ql.Device.preset("miao2023").replace({"name": "<b>mine</b>", "qubits.3.idle.t1_ns": 19e3})
    for value, words in (
        (memory, ["Memory experiment, DQLR", "surface, distance 3", "9 data, 8 measure, 1 removal", "<svg"]),
        (memory.device, ["Device miao2023", "20 us, 30 us", "none"]),
        (edited, ["&lt;b&gt;mine&lt;/b&gt;", "1 qubits"]),
        (batch, ["0 to 99", "levels", "<svg", "32,"]),
        (plain, ["0 to 9", "events and flips"]),
    ):
        html = value._repr_html_()
        assert html.startswith("<div") and html.endswith("</div>") and "<script" not in html
        assert all(word in html for word in words), html
    assert "iframe srcdoc=" in memory.view(shots=10, seed=1)._repr_html_()


def test_the_example_of_the_docs_runs():
    text = (Path(__file__).parents[3] / "docs" / "viewer.md").read_text(encoding="utf-8")
    names = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], names)
    assert len(data_of(names["both"])["panels"]) == 2
