"""Where it pays to tell the first pass of matching, too, what is leaked: both ways on the same shots, paired.

Usage: python -m benchmarks.first_pass [SETTING...] [--seed S]
Prints a row a setting: how often leakage flips edges over how often errors do, and logical errors with first passes of
usual weights and told ones, without and with heralds. docs/leakage_decoding.md has the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import stim

import qec_leak as ql
from benchmarks import leakage_decoding
from benchmarks.leaking_cx import leaking_cx
from benchmarks.paired import paired_counts, paired_ratio
from qec_leak.decoding import DecodingProblem, ShotSlice
from qec_leak.decoding.leakage import LeakageAware
from qec_leak.decoding.leakage.inference import LeakageInference
from qec_leak.decoding.leakage.model import LeakageModel


class Setting(NamedTuple):
    """A circuit, and how many shots of it tell something."""

    circuit: Callable[[], stim.Circuit]
    shots: int


def willow(strategy: str, leaks: float, rounds: int, shots: int) -> Setting:
    """A memory of distance 5 in Z, on a device that leaks that many times as often."""
    memory = leakage_decoding.Setting(5, strategy, shots, rounds=rounds, leaks=leaks)
    return Setting(lambda: memory.memory().circuit, shots)


def cx(distance: int, noise: float, leak: float, shots: int) -> Setting:
    """Circuits of CX gates."""
    return Setting(lambda: leaking_cx(distance, noise, leak), shots)


SETTINGS = {
    "willow, MLR": willow("MLR", 1.0, 30, 16_000),
    "willow, MLR, leaks x 10": willow("MLR", 10.0, 10, 8_000),
    "willow, DQLR, leaks x 10": willow("DQLR", 10.0, 10, 8_000),
    "willow, NO_RESET, leaks x 10": willow("NO_RESET", 10.0, 10, 8_000),
    "willow, MLR, leaks x 30": willow("MLR", 30.0, 6, 8_000),
    "CX, d = 5, p = 0.003, leakage 0.0005": cx(5, 0.003, 0.0005, 30_000),
    "CX, d = 5, p = 0.003, leakage 0.001": cx(5, 0.003, 0.001, 20_000),
    "CX, d = 5, p = 0.002, leakage 0.003": cx(5, 0.002, 0.003, 16_000),
    "CX, d = 7, p = 0.003, leakage 0.001": cx(7, 0.003, 0.001, 20_000),
}


def row(name: str, seed: int) -> str:
    """A row of the table in Markdown."""
    circuit = SETTINGS[name].circuit()
    problem = DecodingProblem(circuit)
    batch = ql.compile_sampler(circuit, seed=seed).sample(SETTINGS[name].shots, populations=None, heralds=True)
    model = LeakageModel.of_circuit(circuit, problem.matching_model)
    flips = LeakageInference(model).prior_flips.sum() / model.probability.sum()
    cells = [name, f"{SETTINGS[name].shots:,}", f"{flips:.1f}"]
    for heralds, levels in (("none", None), ("levels", batch.heralds)):
        wrong = []
        for first_pass in ("usual", "told"):
            decoder = LeakageAware(heralds, first_pass=first_pass).compile(problem)  # type: ignore[arg-type]
            predicted = decoder.decode_batch(ShotSlice(batch.detection_events_b8, levels)).flips_b8
            wrong.append(np.any(predicted != batch.observable_flips_b8, axis=1))
        usual, told = wrong
        ratio, sigma = paired_ratio(paired_counts(told, usual), int(usual.sum()))
        cells.append(f"{usual.sum():,} / {told.sum():,} ({100 * (ratio - 1):+.0f} ± {100 * sigma:.0f} %)")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("settings", nargs="*", metavar="SETTING", help=f"of {', '.join(map(repr, SETTINGS))}; all")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if unknown := set(arguments.settings) - set(SETTINGS):
        parser.error(f"SETTING must be one of {', '.join(map(repr, SETTINGS))}, but is {unknown.pop()!r}")
    print(
        "| circuit | shots | leakage over errors | usual / told, blind | usual / told, heralds |\n|---|---|---|---|---|"
    )
    for name in arguments.settings or SETTINGS:
        print(row(name, arguments.seed), flush=True)


if __name__ == "__main__":
    main()
