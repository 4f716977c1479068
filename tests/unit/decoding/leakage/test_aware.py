"""The decoder leakage-aware: better where there is leakage, the same where there is none, clear where it cannot."""

import functools

import numpy as np
import pytest
import stim

import qec_leak as ql
from benchmarks.leaking_cx import after_each_cx
from qec_leak.decoding import (
    DecodingProblem,
    ShotSlice,
    compile_decoder,
    find_decoder,
    matching_error_model,
    with_heralds,
)
from qec_leak.decoding.leakage import Genie, LeakageAware
from qec_leak.decoding.leakage.flags import DETOUR, FLAG, PROBABILITIES, Flags, flagged_matching
from qec_leak.decoding.leakage.graph import MatchingGraph

SHOTS = 1500


@functools.cache
def _memory():
    device = ql.Device.preset("willow").replace({"cz.high": "data", "cz.leakage": 2e-3})
    return ql.memory_experiment(distance=3, rounds=10, strategy="MLR", device=device)


@functools.cache
def _batch():
    return ql.compile_sampler(_memory().circuit, seed=5).sample(SHOTS, levels="rounds", heralds=True)


def _wrong(decoder):
    return (decoder.decode(_batch()) != _batch().observable_flips).any(axis=1)


@functools.cache
def _blind():
    return _wrong(compile_decoder(_memory().circuit, "pymatching-correlated"))


def _fewer(wrong, blind):
    """Errors fewer, and the sigma of that on the same shots."""
    return int(blind.sum() - wrong.sum()), float(np.sqrt((blind != wrong).sum()))


def test_knows_better_than_blind_matching():
    gain, sigma = _fewer(_wrong(compile_decoder(_memory().circuit, "leakage-aware-heralded")), _blind())
    assert gain > 2 * sigma
    best, sigma = _fewer(_wrong(Genie(_memory().circuit)), _blind())
    assert best > 3 * sigma


@pytest.mark.parametrize("kind", [FLAG, DETOUR])
def test_without_flags_it_is_correlated_matching(kind):
    """Edges of flags add so little probability that predictions differ only where weights are equal."""
    problem = DecodingProblem(_memory().circuit)
    graph = MatchingGraph.of_model(problem.matching_model)
    flags = Flags.of_graph(graph, np.ones(len(graph.ends), dtype=bool), problem.num_detectors, kind)
    events = np.zeros((300, (flags.total + 7) // 8), dtype=np.uint8)
    events[:, : _batch().detection_events_b8.shape[1]] = _batch().detection_events_b8[:300]
    flips = flagged_matching(problem.matching_model, graph, flags).decode_batch(ShotSlice(events))[:, 0]
    other = compile_decoder(_memory().circuit, "pymatching-correlated").decode(_batch())[:300, 0]
    assert (flips != other).mean() < 0.01


@pytest.mark.parametrize("kind", [FLAG, DETOUR])
def test_a_fired_flag_gives_its_edge_the_probability(kind):
    """Two detectors at both ends of an edge: it is the likelier way from p / (1 - p) = 0.05² / 0.95² on."""
    model = stim.DetectorErrorModel("error(0.05) D0 L0\nerror(0.05) D1\nerror(0.0005) D0 D1 L1")
    graph = MatchingGraph.of_model(model)
    flags = Flags.of_graph(graph, np.ones(3, dtype=bool), 2, kind)
    matching = flagged_matching(model, graph, flags)
    edge = graph.ends.index((0, 1))
    assert (flags.of_edge[edge] >= 0).all() and flags.total == 2 + kind * (flags.of_edge >= 0).sum()
    for level, p in enumerate(PROBABILITIES):
        events = np.zeros((2, flags.total), dtype=np.uint8)
        first = flags.of_edge[edge, level]
        events[:, :2], events[1, first : first + kind] = 1, 1
        found = matching.decode_batch(ShotSlice(np.packbits(events, axis=1, bitorder="little")))[:, 0]
        assert found.tolist() == [1, 2 if p / (1 - p) > (0.05 / 0.95) ** 2 else 1]


@pytest.mark.parametrize(("kind", "flips"), [(FLAG, 1), (DETOUR, 0)])
def test_a_detour_tells_the_first_pass(kind, flips):
    """D0 fires, and leakage explains it by the edge to D3. With the usual weights the first pass takes it for the error
    that also flips D1 and D2 and the observable, and so the second pass does."""
    lines = ["error(0.0004) D0 ^ D1 D2 L0", "error(0.0005) D0", "error(0.0001) D1 D2 L0", "error(0.05) D1"]
    lines += ["error(0.05) D2", "error(0.001) D0 D3", "error(0.02) D3"]
    model = stim.DetectorErrorModel("\n".join(lines))
    graph = MatchingGraph.of_model(model)
    struck = np.array([ends == (0, 3) for ends in graph.ends])
    flags = Flags.of_graph(graph, struck, 4, kind)
    events = np.zeros((1, flags.total), dtype=np.uint8)
    first = flags.of_edge[struck][0, 0]
    events[0, [0, 1, 2]] = 1
    events[0, first : first + kind] = 1
    matching = flagged_matching(model, graph, flags)
    assert matching.decode_batch(ShotSlice(np.packbits(events, axis=1, bitorder="little")))[0, 0] == flips


def test_a_detour_comes_with_what_errors_strike_too():
    """Of the flips of the edge D0 D3, which has the probability p, 0.009 / p also flip D1, D2 and the observable. They
    are likelier than errors of D1 and D2 alone if their odds are above (0.15 / 0.85)²."""
    lines = ["error(0.009) D0 D3 ^ D1 D2 L0", "error(0.001) D0 D3", "error(0.001) D1 D2 L0", "error(0.15) D1"]
    model = stim.DetectorErrorModel("\n".join([*lines, "error(0.15) D2", "error(1e-5) D0", "error(1e-5) D3"]))
    graph = MatchingGraph.of_model(model)
    flags = Flags.of_graph(graph, np.array([ends == (0, 3) for ends in graph.ends]), 4, DETOUR)
    matching = flagged_matching(model, graph, flags)
    for first, p in zip(flags.of_edge[graph.ends.index((0, 3))], PROBABILITIES, strict=True):
        if first >= 0:
            events = np.zeros((1, flags.total), dtype=np.uint8)
            events[0, [0, 1, 2, 3, first, first + 1]] = 1
            found = matching.decode_batch(ShotSlice(np.packbits(events, axis=1, bitorder="little")))[0, 0]
            assert found == ((0.009 / p) / (1 - 0.009 / p) > (0.15 / 0.85) ** 2)


def test_flags_are_only_where_they_tell_more():
    model = stim.DetectorErrorModel("error(0.2) D0\nerror(0.01) D0 D1\nerror(0.01) D1 L0")
    graph = MatchingGraph.of_model(model)
    flags = Flags.of_graph(graph, np.array([True, True, False]), 2)
    told = [PROBABILITIES[row >= 0].tolist() for row in flags.of_edge]
    assert told[0] == [0.5] and min(told[1]) > 0.01 and told[2] == []


def test_unsuspected_shots_are_matched_as_usual():
    never = compile_decoder(_memory().circuit, LeakageAware(suspected=1.0))
    usual = compile_decoder(_memory().circuit, "pymatching-correlated")
    decoded = never.decode_batch(_batch())
    assert decoded.counts == {"suspected": 0}
    assert np.array_equal(decoded.flips_b8, usual.decode_batch(_batch()).flips_b8)


def test_without_leakage_it_is_correlated_matching():
    device = ql.Device.preset("willow").without_leakage()
    memory = ql.memory_experiment(distance=3, rounds=5, strategy="MLR", device=device)
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(500)
    flips = [compile_decoder(memory.circuit, name).decode(batch) for name in ("leakage-aware", "pymatching-correlated")]
    assert np.array_equal(*flips)


def test_predictions_depend_on_shots_alone():
    decoder = compile_decoder(_memory().circuit, "leakage-aware")
    events, whole = _batch().detection_events_b8[:60], None
    whole = decoder.decode_batch(ShotSlice(events)).flips_b8
    parts = [decoder.decode_batch(ShotSlice(events[rows])).flips_b8 for rows in (slice(0, 13), slice(13, 60))]
    assert np.array_equal(whole, np.concatenate(parts))


def test_names_and_heralds():
    assert find_decoder("leakage-aware").needs == ("events",)
    assert find_decoder("leakage-aware-heralded").needs == ("events", "heralds")
    assert with_heralds("leakage-aware", "levels") == "leakage-aware-heralded"
    assert with_heralds("leakage-aware-heralded", "none") == "leakage-aware"
    assert with_heralds("pymatching", "none") == "pymatching"
    with pytest.raises(ValueError, match="must be 'none' with pymatching, which uses none"):
        with_heralds("pymatching", "levels")
    with pytest.raises(ValueError, match="`heralds` must be one of"):
        LeakageAware("soft")
    with pytest.raises(ValueError, match="`first_pass` must be one of"):
        LeakageAware(first_pass="both")


@pytest.mark.parametrize("strategy", ["NO_RESET", "DQLR"])
def test_other_strategies_compile_and_decode(strategy):
    memory = ql.memory_experiment(distance=3, rounds=3, strategy=strategy, device="miao2023", basis="X")
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(50, heralds=True)
    assert compile_decoder(memory.circuit, "leakage-aware-heralded").decode(batch).shape == (50, 1)


def _leaking_cx():
    circuit = stim.Circuit.generated(
        "surface_code:rotated_memory_x", distance=3, rounds=3, after_clifford_depolarization=0.002
    )
    tag = "LEAKAGE_TRANSITION_2: (0.003, U_U-->2_V) (0.003, U_U-->V_2) (1.0, 2_U-->2_V) (1.0, U_2-->V_2)"
    return after_each_cx(circuit, ("II_ERROR", tag))


def test_any_circuit_with_tags():
    batch = ql.compile_sampler(_leaking_cx(), seed=2).sample(3000)
    flips = compile_decoder(_leaking_cx(), "leakage-aware").decode(batch)
    blind = compile_decoder(_leaking_cx(), "pymatching-correlated").decode(batch)
    assert (flips != batch.observable_flips).sum() < (blind != batch.observable_flips).sum()


def test_the_first_pass_is_told_where_heralds_are_and_most_flips_come_from_leakage():
    memory = ql.memory_experiment(distance=3, rounds=3, strategy="MLR", device="willow")
    for circuit, heralds, kind in (
        (memory.circuit, "levels", FLAG),
        (_leaking_cx(), "levels", DETOUR),
        (_leaking_cx(), "none", FLAG),
    ):
        assert LeakageAware(heralds).compile(DecodingProblem(circuit))._flags.kind == kind
    assert LeakageAware(first_pass="told").compile(DecodingProblem(memory.circuit))._flags.kind == DETOUR
    assert LeakageAware("levels", first_pass="usual").compile(DecodingProblem(_leaking_cx()))._flags.kind == FLAG


def test_refuses_hyperedges_in_one_line():
    circuit = stim.Circuit("R 0\nX_ERROR(0.1) 0\nM 0\nDETECTOR rec[-1]\nDETECTOR rec[-1]\nDETECTOR rec[-1]")
    with pytest.raises(ValueError, match="must have errors that decompose into edges") as error:
        compile_decoder(circuit, "leakage-aware")
    assert "\n" not in str(error.value)


def test_refuses_an_error_model_without_circuit():
    with pytest.raises(ValueError, match="`circuit` must be given to leakage-aware"):
        compile_decoder(matching_error_model(_memory().circuit), "leakage-aware")


def test_a_genie_must_be_told():
    batch = ql.compile_sampler(_memory().circuit, seed=1).sample(2)
    with pytest.raises(ValueError, match="`batch` must have levels"):
        Genie(_memory().circuit).decode(batch)
