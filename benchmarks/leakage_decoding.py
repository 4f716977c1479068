"""What decoding with knowledge of leakage is worth: decoders on the same shots, paired.

Usage: python -m benchmarks.leakage_decoding SETTING... [--shots N] [--first-seed S] [--out FILE]
Appends a JSON line a setting to FILE and prints a table. Lines of one setting with different seeds may be added up.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import qec_leak as ql
from benchmarks.paired import paired_counts, paired_ratio
from qec_leak.decoding import compile_decoder
from qec_leak.decoding.leakage import Genie

BLIND = "pymatching-correlated"
DECODERS = (BLIND, "leakage-aware", "leakage-aware-heralded", "genie")


@dataclass(frozen=True)
class Setting:
    """A memory experiment, and how many shots of it tell something in some minutes. leaks: factor on leaking rates."""

    distance: int
    strategy: str
    shots: int
    rounds: int = 30
    basis: str = "Z"
    device: str = "willow"
    data_high: bool = True
    leaks: float = 1.0
    decoders: tuple[str, ...] = DECODERS

    def memory(self) -> ql.MemoryExperiment:
        """The experiment."""
        device = ql.Device.preset(self.device)
        if self.data_high:
            device = device.replace({"cz.high": "data"})
        if self.leaks == 0.0:
            device = device.without_leakage()
        elif self.leaks != 1.0:
            rates = {"cz.leakage": device.cz.leakage, "idle.heating_per_us": device.idle.heating_per_us}
            device = device.replace({key: self.leaks * rate for key, rate in rates.items()})
        return ql.memory_experiment(
            distance=self.distance,
            rounds=self.rounds,
            basis=self.basis,
            strategy=self.strategy,
            device=device,
        )


SETTINGS = {
    "MLR-3": Setting(3, "MLR", 20_000),
    "MLR-5": Setting(5, "MLR", 14_000),
    "MLR-7": Setting(7, "MLR", 6_000),
    "MLR-9": Setting(9, "MLR", 6_000),
    "MLR-11": Setting(11, "MLR", 4_000),
    "MLR-5-X": Setting(5, "MLR", 14_000, basis="X"),
    "MLR-7-X": Setting(7, "MLR", 6_000, basis="X"),
    "NO_RESET-5": Setting(5, "NO_RESET", 6_000),
    "NO_RESET-7": Setting(7, "NO_RESET", 3_000),
    "DQLR-3": Setting(3, "DQLR", 20_000),
    "DQLR-5": Setting(5, "DQLR", 20_000),
    "DQLR-7": Setting(7, "DQLR", 10_000),
    "no-leakage-5": Setting(5, "MLR", 100_000, leaks=0.0, decoders=DECODERS[:2]),
    "no-leakage-7": Setting(7, "MLR", 30_000, leaks=0.0, decoders=DECODERS[:2]),
    "tenth-7": Setting(7, "MLR", 15_000, leaks=0.1),
    "miao2023-5": Setting(5, "MLR", 6_500, rounds=15, device="miao2023", data_high=False),
    "sycamore-5": Setting(5, "MLR", 6_500, rounds=15, device="sycamore", data_high=False),
}


def measured(name: str, shots: int, seed: int) -> dict[str, Any]:
    """Logical errors of each decoder on the same shots, and the paired gain over blind matching, one sigma."""
    setting = SETTINGS[name]
    memory = setting.memory()
    batch = ql.compile_sampler(memory.circuit, seed=seed).sample(shots, levels="rounds", heralds=True)
    row: dict[str, Any] = {"setting": name, "shots": shots, "seed": seed, "decoders": {}}
    blind = None
    for decoder in setting.decoders:
        ready = Genie(memory.circuit) if decoder == "genie" else compile_decoder(memory.circuit, decoder)
        start = time.process_time()
        decoded = ready.decode_batch(batch)
        seconds = time.process_time() - start
        wrong = np.any(decoded.flips_b8 != batch.observable_flips_b8, axis=1)
        blind = wrong if blind is None else blind
        row["decoders"][decoder] = {
            **paired_counts(wrong, blind),
            "suspected": int(decoded.counts.get("suspected", 0)),
            "ms": round(1e3 * seconds / shots, 3),
        }
    return row


def line(row: dict[str, Any]) -> str:
    """A row of a table in Markdown."""
    blind = row["decoders"][BLIND]["errors"]
    cells = [row["setting"], f"{row['shots']:,}", f"{blind:,}"]
    for decoder in DECODERS[1:]:
        if decoder in row["decoders"]:
            of = row["decoders"][decoder]
            ratio, sigma = paired_ratio(of, blind)
            cells.append(f"{of['errors']:,} ({100 * (ratio - 1):+.1f} ± {100 * sigma:.1f} %)")
        else:
            cells.append("")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("settings", nargs="+", choices=list(SETTINGS))
    parser.add_argument("--shots", type=int)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("leakage_decoding.jsonl"))
    arguments = parser.parse_args()
    print("| setting | shots | correlated | aware | aware, heralds | genie |\n|---|---|---|---|---|---|")
    for name in arguments.settings:
        row = measured(name, arguments.shots or SETTINGS[name].shots, arguments.first_seed)
        with arguments.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(line(row), flush=True)


if __name__ == "__main__":
    main()
