"""The page in a real browser, opened from a file: what it shows is what was sampled, and all of it can be used."""

import json

import numpy as np
import pytest

import qec_leak as ql

ROUNDS, SHOTS, SHOWN, SEED = 6, 1500, 5, 11
STRATEGIES = ("NO_RESET", "DQLR")
BOXES = (
    "h1, #about, #player button, #step, #moment, #controls label:not([hidden]), #link, #legend, figure, #details, #help"
)
"""What must lie beside each other."""


@pytest.fixture(scope="module")
def memories():
    options = {"distance": 3, "rounds": ROUNDS, "inject_leakage": 0.02}
    return {name: ql.memory_experiment(strategy=name, **options) for name in STRATEGIES}


@pytest.fixture(scope="module")
def batches(memories):
    return {
        name: ql.compile_sampler(memory.circuit, seed=SEED).sample(SHOTS, levels="rounds")
        for name, memory in memories.items()
    }


@pytest.fixture(scope="module")
def address(memories, tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "a page.html"
    ql.view(memories, path, shots=SHOTS, shown=SHOWN, seed=SEED)
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page at its first step. What goes wrong on it, or is asked of a network, is an error in the end."""
    browser.open(address)
    yield browser
    assert browser.errors == []
    assert {url.partition("#")[0] for url in browser.requests} <= {address, "data:,"}


def open_at(browser, address, moment, **options):
    browser.open(f"{address}#{moment}", **options)


def texts(browser, panel):
    """What stands in the qubits of a panel."""
    return browser.evaluate(
        f"[...document.querySelectorAll('figure')[{panel}].querySelectorAll('text')].map(t => t.textContent)"
    )


def moment(browser):
    return browser.evaluate("document.getElementById('moment').textContent")


def details(browser):
    return browser.evaluate("[...document.querySelectorAll('#details p')].map(p => p.textContent)")


def percent(share):
    value = 100 * share
    if value == 0:
        return "0 %"
    return f"{value:.1f} %" if value >= 10 else f"{value:.2f} %" if value >= 0.1 else f"{value:.2g} %"


def test_first_sight(page):
    assert page.evaluate("document.title") == "Leakage: NO_RESET, DQLR"
    about = page.evaluate("document.getElementById('about').textContent")
    assert (
        about == f"surface code, distance 3, {ROUNDS} rounds, basis Z, device miao2023; 1,500 shots each, seed {SEED}"
    )
    assert moment(page) == f"end of round 1 (step 1 of {ROUNDS + 1})"
    assert texts(page, 0) == [str(q) for q in range(17)] and texts(page, 1) == [str(q) for q in range(18)]
    assert page.evaluate("document.getElementById('step').max") == str(ROUNDS)


def test_shots_have_their_own_levels_and_events(page, address, memories, batches):
    """Every shown shot at every round, both strategies."""
    layouts = {name: ql.analysis.detector_layout(memory) for name, memory in memories.items()}
    found_levels = found_events = 0
    for shot in range(SHOWN):
        open_at(page, address, f"step=0&show=shot{shot}")
        for step in range(ROUNDS + 1):
            for panel, (name, batch) in enumerate(batches.items()):
                levels = batch.levels[shot, min(step, ROUNDS - 1)]
                shown = texts(page, panel)
                assert shown == [str(level) if level else str(q) for q, level in enumerate(levels[: len(shown)])]
                layout, patch = layouts[name], memories[name].patch
                fired = batch.detection_events[shot] & (layout.round == step + 1)
                expected = sorted(patch.stabilizers[s].measure_qubit for s in layout.stabilizer[fired])
                marked = page.evaluate(
                    f"[...document.querySelectorAll('figure')[{panel}].querySelectorAll('.qubit.fired')]"
                    ".map(q => Number(q.dataset.qubit))"
                )
                assert sorted(marked) == expected
                found_levels += int((levels > 0).sum())
                found_events += len(expected)
            page.evaluate("document.getElementById('next').click()")
    assert found_levels > 5 and found_events > 20


def test_all_shots_have_populations_and_detection_fractions(page, address, memories, batches):
    step = 3
    for qubit in (4, 13):
        open_at(page, address, f"step={step}&qubit={qubit}")
        lines = details(page)
        for name, batch in batches.items():
            two, three = batch.level_population[step, qubit]
            words = f"{name}: P(leaked) {percent(two + three)} (level 2 {percent(two)}, level 3 {percent(three)})"
            layout, patch = ql.analysis.detector_layout(memories[name]), memories[name].patch
            if qubit in patch.measure_qubits:
                check = patch.measure_qubits.index(qubit)
                detector = np.flatnonzero((layout.stabilizer == check) & (layout.round == step + 1))
                words += f", detection fraction {percent(batch.detection_events[:, detector].mean())}"
            assert words in lines
    # The colour of the most leaked qubit is the end of the scale, that of one without leakage its beginning.
    populations = {name: batch.leakage_population for name, batch in batches.items()}
    name, (round_, qubit) = max(
        ((n, np.unravel_index(p.argmax(), p.shape)) for n, p in populations.items()),
        key=lambda x: populations[x[0]][x[1]],
    )
    open_at(page, address, f"step={round_}")
    fill = "getComputedStyle(document.querySelectorAll('figure')[{}].querySelector('[data-qubit=\"{}\"]')).fill"
    assert page.evaluate(fill.format(STRATEGIES.index(name), qubit)) == "rgb(128, 0, 38)"
    assert page.evaluate(fill.format(1, 17)) == "rgb(255, 255, 255)"


def test_a_czs_higher_qubit(page, memories):
    """On hover: the words say which qubit is higher, a line goes to each partner, and a dot lies at the higher one."""
    page.point("figure [data-qubit='4']")
    [czs] = [line for line in details(page) if line.startswith("CZs:")]
    assert czs == (
        "CZs: layer 1 with 10 (10 is higher); layer 2 with 11 (4 is higher); layer 3 with 14 (4 is higher); "
        "layer 4 with 15 (4 is higher)"
    )
    assert page.evaluate("document.querySelectorAll('figure')[0].querySelectorAll('.links line.cz').length") == 4
    nearer = page.evaluate("""(() => {
      const middle = (q) => {
        const b = document.querySelector(`figure [data-qubit='${q}']`).getBoundingClientRect();
        return [b.x + b.width / 2, b.y + b.height / 2];
      };
      const dots = [...document.querySelectorAll('figure')[0].querySelectorAll('.links circle')].map((c) => {
        const b = c.getBoundingClientRect();
        return [b.x + b.width / 2, b.y + b.height / 2];
      });
      const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
      const at = (q) => (d) => far(d, middle(q)) < far(d, middle(4)) && far(d, middle(q)) < 60;
      return [10, 11, 14, 15].map((q) => dots.some(at(q)));
    })()""")
    assert nearer == [True, False, False, False]
    assert "DQLR: Leakage iSWAP with 10" in details(page)
    page.point("h1")
    assert details(page) == ["Point at a qubit, tap it, or tab to a lattice and use the arrows."]
    page.point("figure [data-qubit='4']", click=True)
    page.point("h1")
    assert details(page)[0] == "Qubit 4, data, at (3, 3)"


def test_the_slider(page):
    page.evaluate("document.getElementById('step').focus()")
    page.press("ArrowRight")
    page.press("ArrowRight")
    assert moment(page).startswith("end of round 3 ")
    page.press("End")
    assert moment(page) == f"final measurement (step {ROUNDS + 1} of {ROUNDS + 1})"
    assert page.evaluate("document.getElementById('next').disabled")
    page.evaluate(
        "(() => { const s = document.getElementById('step'); s.value = 1; s.dispatchEvent(new Event('input')); })()"
    )
    assert moment(page).startswith("end of round 2 ")


def test_by_keyboard_alone(page):
    active = "document.activeElement.id || document.activeElement.tagName"
    seen = []
    for _ in range(9):
        page.press("Tab")
        seen.append(page.evaluate(active))
    assert seen == ["play", "next", "step", "show", "log", "link", "svg", "svg", "SUMMARY"]  # Back is disabled
    page.open(page.evaluate("location.href").partition("#")[0])
    page.press("ArrowRight")
    page.press(".")
    page.press("ArrowLeft")
    assert moment(page).startswith("end of round 2 ")
    page.press("s")
    assert page.evaluate("document.getElementById('show').value") == "detection"
    page.press("s")
    assert page.evaluate("document.getElementById('show').value") == "shot0"
    page.press("S")
    page.press("S")
    assert page.evaluate("document.getElementById('show').value") == "leakage"
    page.evaluate("document.querySelector('figure svg').focus()")
    page.press("ArrowRight")
    assert details(page)[0].startswith("Qubit 0,")
    page.press("ArrowRight")
    assert details(page)[0].startswith("Qubit 1,") and moment(page).startswith("end of round 2 ")
    page.press("ArrowDown")
    page.press(".")
    assert details(page)[0].startswith("Qubit 4,") and moment(page).startswith("end of round 3 ")
    page.press("Escape")
    assert details(page)[0].startswith("Point at a qubit")


def test_play(page):
    page.press(" ")
    assert page.evaluate("document.getElementById('play').textContent") == "Pause"
    page.wait_for("document.getElementById('step').value !== '0'")
    page.press(" ")
    assert page.evaluate("document.getElementById('play').textContent") == "Play"
    page.press("Home")
    page.press(" ")
    page.wait_for(f"document.getElementById('step').value === '{ROUNDS}'")
    page.wait_for("document.getElementById('play').textContent === 'Play'")


def test_a_link_to_the_moment(page, address):
    page.press("ArrowRight")
    page.evaluate(
        "(() => { const s = document.getElementById('show'); s.value = 'shot2';"
        " s.dispatchEvent(new Event('change')); })()"
    )
    page.point("figure [data-qubit='7']", click=True)
    page.wait_for("location.hash === '#step=1&show=shot2&qubit=7'")
    page.call("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    page.evaluate("document.getElementById('link').click()")
    page.wait_for(
        "document.getElementById('link').textContent === 'Copied' || !document.getElementById('address').hidden"
    )
    copied = page.evaluate("document.getElementById('address').value || navigator.clipboard.readText()")
    assert copied == f"{address}#step=1&show=shot2&qubit=7"
    page.open(copied)
    assert moment(page).startswith("end of round 2 ") and details(page)[0].startswith("Qubit 7,")
    assert page.evaluate("document.getElementById('show').value") == "shot2"
    page.evaluate("location.hash = '#step=3&show=leakage&log=1&qubit=2'")
    page.wait_for("document.getElementById('step').value === '3'")
    assert page.evaluate("document.getElementById('log').checked")


@pytest.mark.parametrize(
    "hash", ["step=999&show=shot999&qubit=999", "step=-1&show=x&log=2", "<script>", "step=1e9&&=="]
)
def test_a_link_that_is_wrong_does_no_harm(page, address, hash):
    open_at(page, address, hash)
    assert moment(page).startswith(("end of round 1 ", "final measurement"))
    assert page.evaluate("document.getElementById('show').value") == "leakage"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_nothing_overlaps_or_sticks_out(page, address, width, dark):
    for shown in ("leakage", "detection", "shot1"):
        open_at(page, address, f"step=4&show={shown}&qubit=13", width=width, height=700, dark=dark, touch=width < 400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = page.evaluate(f"""[...document.querySelectorAll({json.dumps(BOXES)})].map((e) => {{
          const b = e.getBoundingClientRect();
          return [e.id || e.tagName, b.left, b.top, b.right, b.bottom];
        }})""")
        assert len(boxes) >= 13
        for k, (name, left, top, right, bottom) in enumerate(boxes):
            assert left >= 0 and right <= width and bottom > top, name
            for other, left_2, top_2, right_2, bottom_2 in boxes[k + 1 :]:
                apart = right <= left_2 + 0.5 or right_2 <= left + 0.5 or bottom <= top_2 + 0.5 or bottom_2 <= top + 0.5
                assert apart, (name, other)


def test_dark_is_dark(page, address):
    def lightness(what, of):
        color = page.evaluate(f"getComputedStyle(document.querySelector({json.dumps(of)})).{what}")
        return sum(map(int, color.removeprefix("rgb(").removesuffix(")").split(",")))

    open_at(page, address, "step=0", dark=True)
    assert lightness("backgroundColor", "body") < 150 < 600 < lightness("color", "body")
    assert lightness("fill", "[data-qubit='16']") < 250
    page.dark(False)
    page.wait_for("getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
    page.wait_for("getComputedStyle(document.querySelector('[data-qubit]')).fill.startsWith('rgb(2')")
    assert lightness("fill", "[data-qubit='16']") > 600


def test_moments(browser, memories, tmp_path):
    path = tmp_path / "moments.html"
    ql.view(memories["DQLR"], path, shots=300, shown=2, seed=SEED, where="moments")
    browser.open(path.as_uri())
    labels = []
    for _ in range(int(browser.evaluate("document.getElementById('step').max")) + 1):
        labels.append(moment(browser).partition(" (")[0])
        browser.press("ArrowRight")
    named = memories["DQLR"].moments()
    assert len(labels) in (len(named), len(named) + 1) and labels[-1].startswith("final measurement")
    assert sum(label == "round 2, CZ" for label in labels) == sum(moment == (2, "CZ") for moment in named) > 0
    assert browser.errors == []


@pytest.mark.parametrize("code", ["repetition", "unrotated_surface"])
def test_other_codes(browser, tmp_path, code):
    path = tmp_path / "code.html"
    ql.memory_experiment(code=code, distance=3, rounds=2, strategy="DQLR").view(path, shots=100, seed=1)
    browser.open(f"{path.as_uri()}#show=shot0&qubit=1")
    assert details(browser)[0].startswith("Qubit 1, data") and browser.errors == []


def test_in_a_notebook(browser, memories, tmp_path):
    """A page inside a page: no address of its own."""
    path = tmp_path / "notebook.html"
    view = memories["DQLR"].view(shots=100, seed=1)
    path.write_text(f"<!doctype html><meta charset=utf-8>{view._repr_html_()}", encoding="utf-8")
    browser.open(path.as_uri())
    inside = "document.querySelector('iframe').contentDocument"
    browser.wait_for(f"{inside}.querySelectorAll('.qubit').length === 18")
    browser.evaluate(f"{inside}.getElementById('next').click()")
    assert browser.evaluate(f"{inside}.getElementById('moment').textContent").startswith("end of round 2 ")
    browser.evaluate("new Promise((done) => setTimeout(done, 400))")  # when the address would be written
    assert browser.errors == []


def test_the_largest_page(browser, tmp_path):
    """d = 15, 100 rounds, three strategies: under 5 MB, and a step takes less than a frame or two of a film."""
    path = tmp_path / "large.html"
    names = ("NO_RESET", "MLR", "DQLR")
    ql.view([ql.memory_experiment(distance=15, rounds=100, strategy=n) for n in names], path, shots=200, seed=1)
    assert path.stat().st_size < 5e6
    browser.open(f"{path.as_uri()}#step=50&show=shot0", width=1600)
    assert browser.evaluate("document.querySelectorAll('.qubit').length") == 449 * 2 + 450
    step_ms = browser.evaluate("""(() => {
      const start = performance.now();
      for (let k = 0; k < 20; k += 1) document.getElementById('next').click();
      return (performance.now() - start) / 20;
    })()""")
    assert step_ms < 400
    assert moment(browser).startswith("end of round 71 ") and browser.errors == []
    browser.open(f"{path.as_uri()}#step=50", width=360, height=640, touch=True)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 360


def test_planted_errors_are_seen(browser, address, tmp_path):
    """A script that throws, a warning, and a page that asks a network for something."""
    html = ql.memory_experiment(distance=3, rounds=1).view(shots=10, seed=1).html
    for old, new, said in (
        ("panels.forEach(draw);", "panels.forEach(drawn);", "drawn is not defined"),
        ("panels.forEach(draw);", "panels.forEach(draw); console.warn('look');", "look"),
        ("<h1", '<img src="http://127.0.0.1:9/x.png"><h1', "Content Security Policy"),
    ):
        assert html.count(old) == 1
        path = tmp_path / "broken.html"
        path.write_text(html.replace(old, new), encoding="utf-8")
        browser.open(path.as_uri())
        assert any(said in error for error in browser.errors)
