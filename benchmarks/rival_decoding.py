"""Decoders of leakage of the package stabilizer-qec and of this one on the same shots, paired.

Usage: python -m benchmarks.rival_decoding SETTING... [--shots N] [--first-seed S] [--slow] [--bound] [--out FILE]
Needs the environment that `make peers` makes (QEC_LEAK_PEERS). Settings CX-...: that package's own model, circuit,
shots and heralds, the circuit translated for this package. Others: this package's, without its tags for that package.
With --bound the shots are of this package's sampler, which knows the true levels, and a genie decodes with them.
Prints a table a setting and appends a JSON line to FILE. Lines of one setting with different seeds may be added up.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import stim

import qec_leak as ql
from benchmarks.leakage_decoding import SETTINGS
from benchmarks.levels import without_tags
from benchmarks.paired import paired_counts, paired_ratio
from benchmarks.peers import SCRIPTS, python_of
from qec_leak.decoding import ShotSlice, compile_decoder
from qec_leak.decoding.leakage import Genie

Bools = npt.NDArray[np.bool_]

ENVIRONMENT = "sqec"
OURS = ("pymatching", "pymatching-correlated", "leakage-aware", "leakage-aware-heralded")
AWARE, GENIE = "leakage-aware-heralded", "genie"
BLIND: dict[str, tuple[str, dict[str, Any]]] = {"plain": ("plain", {}), "correlated": ("correlated", {})}
THEIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "matching, graded": ("matching", {}),
    "matching, not graded": ("matching", {"graded": False}),
    "union find, graded": ("union_find", {}),
    "local clustering": ("local_clustering", {}),
    "local clustering, weighted": ("local_clustering", {"weighted": True}),
}
SLOW: dict[str, tuple[str, dict[str, Any]]] = {
    "BP+LSD, graded": ("bplsd", {}),
    "Relay-BP, graded": ("relay_bp", {}),
    "BP+OSD, graded": ("bposd", {}),
}
WARM_UP = 20


@dataclass(frozen=True)
class Memory:
    """The model of the documentation of that package: its memory in Z with Pauli noise, and leakage at each CX."""

    distance: int
    rounds: int
    shots: int
    noise: float = 0.001
    leak: float = 0.003


MEMORIES = {
    "CX-5-5": Memory(5, 5, 24_000),
    "CX-5-15": Memory(5, 15, 6_000),
    "CX-3-5": Memory(3, 5, 24_000),
    "CX-7-7": Memory(7, 7, 12_000),
}


class Experiment(NamedTuple):
    """Shots and their circuit, in this package's tags. All bool: events (shots, detectors), heralds (shots, records),
    observables (shots, observables). levels: uint8 like heralds, what this package is told. batch: the same shots with
    the true levels, where they are known."""

    circuit: stim.Circuit
    events: Bools
    heralds: Bools
    observables: Bools
    levels: npt.NDArray[np.uint8]
    batch: ql.ShotBatch | None = None


def translated(circuit: stim.Circuit) -> stim.Circuit:
    """A circuit of that package with I_ERROR[LEAKAGE(p=..)] in this package's tags.

    A gate of two qubits with one leaked leaves the other fully depolarized. Each qubit leaks by itself. A leaked qubit
    reads a coin. A reset returns it. Raises ValueError for any other tag.
    """
    out = stim.Circuit()
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            out.append(stim.CircuitRepeatBlock(item.repeat_count, translated(item.body_copy()), tag=item.tag))
            continue
        data, targets, arguments = stim.gate_data(item.name), item.targets_copy(), item.gate_args_copy()
        leaks = re.fullmatch(r"LEAKAGE\(p=([0-9.e-]+)\)", item.tag)
        if item.tag and not (leaks and item.name == "I_ERROR"):
            raise ValueError(f"`circuit` must have LEAKAGE(p=..) on I_ERROR as its only tags, but has {item}; drop it")
        if leaks:
            out.append(item.name, targets, arguments, tag=f"LEAKAGE_TRANSITION_1: ({leaks[1]}, U-->2)")
        elif item.name in ("M", "MX", "MY", "MR", "MRX", "MRY"):
            out.append(item.name, targets, arguments, tag="LEAKAGE_PROJECTION_Z: (0.5, 2)")
        else:
            out.append(item)
        if data.is_unitary and data.is_two_qubit_gate:
            out.append("II_ERROR", targets, tag="LEAKAGE_TRANSITION_2: (1, 2_U-->2_V) (1, U_2-->V_2)")
    return out


def ask(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Have that package do a job in its own environment."""
    python = python_of(ENVIRONMENT)
    if python is None:
        raise SystemExit("QEC_LEAK_PEERS must name a folder with an environment of stabilizer-qec; run `make peers`")
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run([python, SCRIPTS / "run_stabilizer_qec.py", folder], check=True, env=env)
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return answer


def their_shots(memory: Memory, shots: int, seed: int, folder: Path) -> Experiment:
    """Shots of that package's sampler; files of them and of the circuit lie in the folder."""
    job = {"do": "sample", "distance": memory.distance, "rounds": memory.rounds, "noise": memory.noise}
    ask(folder, job | {"leak": memory.leak, "shots": shots, "seed": seed})
    with np.load(folder / "shots.npz") as file:
        events, heralds, observables = (file[name] for name in ("events", "heralds", "observables"))
    circuit = translated(stim.Circuit((folder / "circuit.stim").read_text(encoding="utf-8")))
    return Experiment(circuit, events, heralds, observables, np.where(heralds, 2, 0).astype(np.uint8))


def our_shots(name: str, shots: int, seed: int, folder: Path) -> Experiment:
    """Shots of this package's sampler, written into the folder as ``their_shots`` does."""
    circuit = SETTINGS[name].memory().circuit
    (folder / "circuit.stim").write_text(str(without_tags(circuit.flattened())), encoding="utf-8")
    return sampled(circuit, shots, seed, folder)


def known_shots(memory: Memory, shots: int, seed: int, folder: Path) -> Experiment:
    """Shots of the circuit of that package by this package's sampler, with levels at each TICK."""
    circuit = their_shots(memory, 1, seed, folder).circuit
    told = str(circuit.flattened()).replace("TICK", "TICK[LEAKAGE_POPULATION]")
    return sampled(stim.Circuit(told), shots, seed, folder)


def sampled(circuit: stim.Circuit, shots: int, seed: int, folder: Path) -> Experiment:
    """Shots of a circuit of this package, with levels; a file of them lies in the folder."""
    batch = ql.compile_sampler(circuit, seed=seed).sample(shots, levels="rounds", heralds=True)
    assert batch.heralds is not None
    events, flips, heralds = batch.detection_events, batch.observable_flips, batch.heralds > 0
    np.savez(folder / "shots.npz", events=events, observables=flips, heralds=heralds)
    return Experiment(circuit, events, heralds, flips, batch.heralds, batch)


def agreement(shots: Experiment, seed: int) -> dict[str, float]:
    """Fractions of detection events and of leaked records of their shots and of our sampler on the translated circuit,
    and the difference over its sigma, from the spread from shot to shot; the mean square of that by detector."""
    batch = ql.compile_sampler(shots.circuit, seed=seed).sample(100_000, populations=None, heralds=True)
    assert batch.heralds is not None
    here = {"events": batch.detection_events, "leaked": batch.heralds > 0}
    out: dict[str, float] = {}
    for name, theirs in (("events", shots.events), ("leaked", shots.heralds)):
        ours = here[name]
        a, b = theirs.mean(axis=1), ours.mean(axis=1)
        sigma = math.sqrt(a.var() / len(a) + b.var() / len(b))
        out |= {name: round(float(a.mean()), 6), f"{name}_here": round(float(b.mean()), 6)}
        out[f"{name}_sigmas"] = round(float(a.mean() - b.mean()) / sigma, 2)
    p, q = shots.events.mean(axis=0), here["events"].mean(axis=0)
    variance = q * (1 - q) * (1 / len(shots.events) + 1 / len(here["events"]))
    out["events_mean_square"] = round(float(np.mean((p - q) ** 2 / variance)), 2)
    return out


def measured(setting: str, shots: int, seed: int, *, slow: bool, bound: bool) -> dict[str, Any]:
    """Logical errors and time of each decoder on the same shots; bound: a genie's too."""
    row: dict[str, Any] = {"setting": setting, "shots": shots, "seed": seed}
    wrong: dict[str, Bools] = {}
    ms: dict[str, float] = {}
    decoders = {**BLIND, **THEIRS, **(SLOW if slow else {})}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if setting in MEMORIES and bound:
            sample = known_shots(MEMORIES[setting], shots, seed, folder)
        elif setting in MEMORIES:
            sample = their_shots(MEMORIES[setting], shots, seed, folder)
            row["agreement"] = agreement(sample, seed + 1)
        else:
            sample = our_shots(setting, shots, seed, folder)
        answer = ask(folder, {"do": "decode", "decoders": decoders})
        with np.load(folder / "predictions.npz") as file:
            for label in decoders:
                wrong[label] = np.any(file[label] != sample.observables, axis=1)
                ms[label] = answer["milliseconds"][label]
    part = ShotSlice(np.packbits(sample.events, axis=1, bitorder="little"), sample.levels)
    for label in (*OURS, GENIE) if bound else OURS:
        decoder: Any
        told: Any
        if label == GENIE:
            decoder, told = Genie(sample.circuit), sample.batch
        else:
            decoder, told = compile_decoder(sample.circuit, label), part
            decoder.decode_batch(part[:WARM_UP])
        start = time.process_time()
        flips = decoder.decode_batch(told).flips_b8
        ms[label] = 1e3 * (time.process_time() - start) / shots
        count = sample.observables.shape[1]
        predicted = np.unpackbits(flips, axis=1, count=count, bitorder="little").astype(np.bool_)
        wrong[label] = np.any(predicted != sample.observables, axis=1)
    row["version"] = answer["version"]
    row["decoders"] = {
        label: {
            **paired_counts(of, wrong[AWARE]),
            "ms": round(ms[label], 4),
        }
        for label, of in wrong.items()
    }
    best = min((label for label in decoders if label not in BLIND), key=lambda label: int(wrong[label].sum()))
    row["best"] = best
    return row


def table(row: dict[str, Any]) -> str:
    """The row in Markdown."""
    aware = row["decoders"][AWARE]["errors"]
    lines = [f"| {row['setting']}, {row['shots']:,} shots | logical errors | over ours | paired, sigmas | ms a shot |"]
    lines.append("|---|---|---|---|---|")
    for label, of in row["decoders"].items():
        whose = "qec-leak" if label in (*OURS, GENIE) else "stabilizer-qec"
        cells = [f"{whose}: {label}", f"{of['errors']:,}", "", "", f"{of['ms']:.3f}"]
        if label != AWARE and aware:
            ratio, sigma = paired_ratio(of, aware)
            different = of["only_here"] + of["only_reference"]
            cells[2] = f"{ratio:.2f} ± {sigma:.2f}"
            cells[3] = f"{(of['only_here'] - of['only_reference']) / math.sqrt(max(different, 1)):+.1f}"
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = [*MEMORIES, *(name for name, setting in SETTINGS.items() if AWARE in setting.decoders)]
    parser.add_argument("settings", nargs="+", choices=known)
    parser.add_argument("--shots", type=int)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument(
        "--slow", action="store_true", help="their decoders by belief propagation too: 1 to 100 ms a shot"
    )
    parser.add_argument("--bound", action="store_true", help="a genie too, on shots of this package's sampler")
    parser.add_argument("--out", type=Path, default=Path("rival_decoding.jsonl"))
    arguments = parser.parse_args()
    for setting in arguments.settings:
        usual = MEMORIES[setting].shots if setting in MEMORIES else SETTINGS[setting].shots
        row = measured(
            setting, arguments.shots or usual, arguments.first_seed, slow=arguments.slow, bound=arguments.bound
        )
        with arguments.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(table(row))
        print(row.get("agreement", ""), flush=True)


if __name__ == "__main__":
    main()
