"""Makes golden.json: what fixed seeds sample. Run it, and say why in the commit, when the bits of a seed are meant to
change: python tests/regression/make_golden.py"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import qec_leak as ql

GOLDEN = Path(__file__).with_name("golden.json")
SHOTS = 1500  # one block and a part of the next
CASES = {
    f"{code} {strategy} {form}": {"code": code, "strategy": strategy, "form": form}
    for code, form in (("surface", "CSS"), ("surface", "XZZX"), ("repetition", "CSS"))
    for strategy in ("NO_RESET", "MLR", "DQLR")
}


def outcome(case: dict[str, str]) -> dict[str, object]:
    """Digest and sums of what one case samples."""
    memory = ql.memory_experiment(distance=3, rounds=6, device="miao2023", inject_leakage=0.01, **case)
    batch = ql.compile_sampler(memory.circuit, seed=2023).sample(SHOTS, populations="moments", measurements=True)
    assert batch.measurements_b8 is not None and batch.population_counts is not None
    digest = hashlib.sha256()
    for array in (batch.detection_events_b8, batch.observable_flips_b8, batch.measurements_b8, batch.sweep_bits_b8):
        digest.update(array.tobytes())
    return {
        "sha256": digest.hexdigest(),
        "detection_events": int(batch.detection_events.sum()),
        "observable_flips": int(batch.observable_flips.sum()),
        "leaked": int(batch.population_counts.sum()),
    }


def main() -> None:
    GOLDEN.write_text(json.dumps({name: outcome(case) for name, case in CASES.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
