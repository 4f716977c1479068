"""sinter's own collection with leakage: samplers, resume files, its command line; agreement with our runner."""

import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sinter
import stim

from qec_leak import compile_sampler, memory_experiment
from qec_leak.sinter import Sampler, samplers, usable
from qec_leak.sweep import collect, parse_sweep

NAME = "qec_leak-pymatching"


def memory(**arguments):
    return memory_experiment(**{"distance": 3, "rounds": 4, "strategy": "DQLR", **arguments})


def apart(a, b):
    """Standard deviations between two fractions (hits, checked)."""
    p, q = a[0] / a[1], b[0] / b[1]
    return abs(p - q) / math.sqrt(p * (1 - p) / a[1] + q * (1 - q) / b[1])


def test_samplers_pickle():
    assert list(samplers()) == [
        NAME,
        "qec_leak-pymatching-correlated",
        "qec_leak-leakage-aware",
        "qec_leak-leakage-aware-heralded",
    ]
    assert pickle.loads(pickle.dumps(samplers())) == samplers()


def test_counts_of_one_call():
    compiled = Sampler().compiled_sampler_for_task(sinter.Task(circuit=memory().circuit))
    stats = compiled.sample(300)
    assert stats.shots == 300 and 0 < stats.errors < 150 and compiled.handles_throttling()
    counts = stats.custom_counts
    num_detectors = memory().circuit.num_detectors
    assert counts["detectors_checked"] == 300 * num_detectors
    assert 0.02 < counts["detection_events"] / counts["detectors_checked"] < 0.3
    assert (counts["qubits_data"], counts["qubits_measure"], counts["qubits_removal"]) == (2700, 2400, 300)
    assert {f"leaked_{role}_r{k}" for role in ("data", "measure", "removal") for k in (1, 2, 3, 4)} <= set(counts)
    assert 1 <= compiled.sample(10**9).shots <= 1 << 16


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR", "DQLR"])
def test_roles_of_one_round(strategy):
    stats = Sampler().compiled_sampler_for_task(sinter.Task(circuit=memory(strategy=strategy, rounds=1).circuit))
    counts = stats.sample(1).custom_counts
    assert (counts["qubits_data"], counts["qubits_measure"]) == (9, 8)


def test_postselection():
    circuit = memory(rounds=2).circuit
    mask = np.zeros((circuit.num_detectors + 7) // 8, dtype=np.uint8)
    mask[0] = 1
    plain = Sampler().compiled_sampler_for_task(sinter.Task(circuit=circuit)).sample(1 << 16)
    for options in ({"postselection_mask": mask}, {"postselected_observables_mask": np.array([1], dtype=np.uint8)}):
        stats = Sampler().compiled_sampler_for_task(sinter.Task(circuit=circuit, **options)).sample(1 << 16)
        assert 0 < stats.discards < stats.shots
        if "postselected_observables_mask" in options:
            assert stats.errors == 0 and apart((stats.discards, stats.shots), (plain.errors, plain.shots)) < 5


def test_a_circuit_of_somebody_else():
    circuit = stim.Circuit.generated(
        "repetition_code:memory", distance=3, rounds=3, before_round_data_depolarization=0.1
    )
    [stats] = sinter.collect(
        num_workers=1, tasks=[sinter.Task(circuit=circuit)], custom_decoders=samplers(), decoders=[NAME], max_shots=5000
    )
    [plain] = sinter.collect(
        num_workers=1, tasks=[sinter.Task(circuit=circuit)], decoders=["pymatching"], max_shots=5000
    )
    assert apart((stats.errors, stats.shots), (plain.errors, plain.shots)) < 5
    assert stats.strong_id != plain.strong_id


SWEEP = """
[circuit]
rounds = 4
distance = 3
[axes]
"circuit.strategy" = ["NO_RESET", "DQLR"]
"circuit.inject_leakage" = [0.01, 0.1]
[stop]
max_shots = 20000
"""


def test_collect_agrees_with_the_runner():
    """The same tasks, by id, through sinter's workers (spawned) and through ours."""
    results = collect(parse_sweep(SWEEP))
    tasks = [
        sinter.Task(
            circuit=r.point.memory().circuit, decoder=r.point.sampler_name, json_metadata=dict(r.point.metadata)
        )
        for r in results
    ]
    memory_of = {r.stats.strong_id: r.point.memory() for r in results}
    theirs = sinter.collect(num_workers=2, tasks=tasks, custom_decoders=samplers(), max_shots=20_000)
    by_id = {stats.strong_id: stats for stats in theirs}
    assert set(by_id) == {r.stats.strong_id for r in results}
    for ours in (r.stats for r in results):
        other = by_id[ours.strong_id]
        assert other.shots >= 20_000
        assert apart((ours.errors, ours.shots), (other.errors, other.shots)) < 5
        for k in (1, 4):
            a, b = ((s.custom_counts[f"leaked_data_r{k}"], s.custom_counts["qubits_data"]) for s in (ours, other))
            assert apart(a, b) < 5
        batch = compile_sampler(memory_of[ours.strong_id].circuit, seed=1).sample(20_000)
        sigma = batch.detection_events.sum(axis=1).std()  # of a shot's number of events, which come in pairs and chains
        means = [s.custom_counts["detection_events"] / s.shots for s in (ours, other)]
        assert abs(means[0] - means[1]) < 5 * sigma * math.sqrt(1 / ours.shots + 1 / other.shots)


def test_leak_rates_in_one_resume_file_stay_apart(tmp_path):
    """sinter's identity does not see the sampler, but it sees the circuit, and that holds the leakage."""
    resume = tmp_path / "resume.csv"
    for rate in (0.1, 0.3, 0.1, 0.3):
        task = sinter.Task(circuit=memory(strategy="NO_RESET", inject_leakage=rate).circuit)
        sinter.collect(
            num_workers=1,
            tasks=[task],
            custom_decoders=samplers(),
            decoders=[NAME],
            max_shots=2000,
            save_resume_filepath=resume,
        )
    stats = sinter.read_stats_from_csv_files(resume)
    assert len(stats) == 2 and all(s.shots == 2000 for s in stats)  # the second time nothing was sampled
    leaked = sorted(s.custom_counts["leaked_data_r4"] / s.custom_counts["qubits_data"] for s in stats)
    assert apart((leaked[0] * 18000, 18000), (leaked[1] * 18000, 18000)) > 10


def test_sinter_command_line(tmp_path):
    circuit = tmp_path / "d=3,r=4.stim"
    circuit.write_text(str(memory().circuit))
    command = [Path(sys.executable).with_name("sinter"), "collect", "--circuits", circuit, "--decoders", NAME]
    command += ["--custom_decoders_module_function", "qec_leak.sinter:samplers", "--metadata_func", "auto"]
    command += ["--max_shots", "3000", "--processes", "1", "--save_resume_filepath", tmp_path / "out.csv", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    [stats] = sinter.read_stats_from_csv_files(tmp_path / "out.csv")
    assert stats.shots == 3000 and stats.json_metadata == {"d": 3, "r": 4} and stats.custom_counts["leaked_data_r4"] > 0


class Mine(sinter.Decoder):
    """A decoder as a user writes one: PyMatching by another name. ``files``: by way of files only."""

    def __init__(self, files: bool = False) -> None:
        self.files = files

    def compile_decoder_for_dem(self, *, dem):
        if self.files:
            raise NotImplementedError
        return sinter.BUILT_IN_DECODERS["pymatching"].compile_decoder_for_dem(dem=dem)

    def decode_via_files(self, **arguments):
        sinter.BUILT_IN_DECODERS["pymatching"].decode_via_files(**arguments)


@pytest.mark.parametrize("files", [False, True])
def test_a_decoder_of_ones_own_sees_leakage(files):
    """The same decoder given to sinter as it is has fewer errors: stock Stim reads no tags."""
    circuit = memory(strategy="NO_RESET", rounds=8).circuit
    task = sinter.Task(circuit=circuit, detector_error_model=circuit.detector_error_model(decompose_errors=True))
    shots = 1 << 14
    counts = {}
    for name, custom in (("ours", Sampler()), ("mine", samplers({"mine": Mine(files)})["qec_leak-mine"])):
        compiled, counts[name] = custom.compiled_sampler_for_task(task), [0, 0]
        while counts[name][1] < shots:
            stats = compiled.sample(1024)
            counts[name][0] += stats.errors
            counts[name][1] += stats.shots
    stock = circuit.compile_detector_sampler(seed=1).sample(shots, separate_observables=True, bit_packed=True)
    predicted = (
        Mine()
        .compile_decoder_for_dem(dem=task.detector_error_model)
        .decode_shots_bit_packed(bit_packed_detection_event_data=stock[0])
    )
    plain = int((predicted != stock[1]).any(axis=1).sum())
    assert apart(counts["ours"], counts["mine"]) < 5
    assert apart(counts["mine"], (plain, shots)) > 5 and plain < counts["mine"][0]


def test_names_of_ones_own_decoders():
    assert list(samplers(Mine())) == ["qec_leak-Mine"]
    assert list(samplers({"a": Mine(), "qec_leak-b": Mine()})) == ["qec_leak-a", "qec_leak-b"]
    for wrong in (Sampler(), {"x": 5}, 3):
        with pytest.raises(TypeError, match=r"must be a decoder or the name of one, but is"):
            samplers(wrong)


def test_predictions_of_the_wrong_shape():
    class Bools(Mine):
        def compile_decoder_for_dem(self, *, dem):
            class Compiled(sinter.CompiledDecoder):
                def decode_shots_bit_packed(self, *, bit_packed_detection_event_data):
                    return np.zeros(len(bit_packed_detection_event_data), dtype=bool)

            return Compiled()

    compiled = samplers(Bools())["qec_leak-Bools"].compiled_sampler_for_task(sinter.Task(circuit=memory().circuit))
    with pytest.raises(
        ValueError, match=r"`Bools` must predict uint8 \(10, 1\), bit-packed, but predicts bool \(10,\)"
    ):
        compiled.sample(10)


OVER_MIXING = stim.Circuit("DEPOLARIZE1(0.9) 0\nM 0\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-1]")
UNTAGGED = stim.Circuit("I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U->2)] 0\nM 0\nDETECTOR rec[-1]")


def test_one_bad_task_does_not_end_the_collection():
    good = sinter.Task(circuit=memory().circuit, json_metadata={"good": 1})
    bad = [sinter.Task(circuit=c, json_metadata={"bad": k}) for k, c in enumerate((OVER_MIXING, UNTAGGED))]
    with pytest.warns(UserWarning, match="left out, since it cannot be sampled: task ") as caught:
        tasks = usable([bad[0], good, bad[1]])
    assert [task.json_metadata for task in tasks] == [{"good": 1}]
    assert tasks[0].circuit == good.circuit and len(caught) == 2
    [stats] = sinter.collect(
        num_workers=1, tasks=tasks, custom_decoders=samplers(), decoders=[NAME], max_shots=1000, print_progress=False
    )
    assert stats.shots == 1000
    with pytest.warns(UserWarning, match=r"cannot be sampled, its shots are discards: .*U->2"):
        refused = Sampler().compiled_sampler_for_task(bad[1])
    stats = refused.sample(500)
    assert (stats.shots, stats.discards, stats.errors) == (500, 500, 0)
    with pytest.raises(ValueError, match="cannot be sampled"):
        for _ in range(2000):  # a collection that waits for errors ends some time
            refused.sample(500)
