"""stabilizer-qec: its memory with leakage at each CX, and its decoders. Uses nothing but that package and its numpy.

argv: a folder. job.json there says what to do, answer.json says how it went.
"sample": writes circuit.stim and shots.npz (events, heralds, observables: bool (shots, ...)).
"decode": reads the same files and writes predictions.npz, an array (shots, observables) by name of the decoder.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import stabilizer_qec as sq

FOLDER = Path(sys.argv[1])
WARM_UP = 20


def circuit_of(job: dict[str, Any]) -> Any:
    """The example of LeakageAwareDecoder's documentation: a memory in which each CX may leak both of its qubits."""
    lines = []
    for line in str(sq.memory_circuit(distance=job["distance"], rounds=job["rounds"], p=job["noise"])).splitlines():
        lines.append(line)
        if line.startswith("CX "):
            lines.append(f"LEAKAGE({job['leak']}){line[2:]}")
    return sq.Circuit("\n".join(lines))


def sample(job: dict[str, Any]) -> dict[str, Any]:
    circuit = circuit_of(job)
    events, observables, heralds = circuit.compile_leakage_sampler(seed=job["seed"]).sample(job["shots"])
    (FOLDER / "circuit.stim").write_text(str(circuit), encoding="utf-8")
    np.savez(FOLDER / "shots.npz", events=events, observables=observables, heralds=heralds)
    return {}


def compiled(circuit: Any, name: str, options: dict[str, Any]) -> Any:
    """decode(events, heralds) of a decoder; "plain" and "correlated" know nothing of leakage."""
    if name in ("plain", "correlated"):
        two_passes = name == "correlated"
        model = circuit.without_leakage().detector_error_model(decompose_errors=True)
        matching = sq.Matching(model, enable_correlations=two_passes)
        return lambda events, heralds: matching.decode_batch(events, enable_correlations=two_passes)
    decoder = sq.LeakageAwareDecoder(circuit, name, **options)
    return lambda events, heralds: decoder.decode_batch(events, heralds=heralds)


def decode(job: dict[str, Any]) -> dict[str, Any]:
    circuit = sq.Circuit((FOLDER / "circuit.stim").read_text(encoding="utf-8"))
    shots = np.load(FOLDER / "shots.npz")
    events, heralds = shots["events"], shots["heralds"]
    predictions, milliseconds = {}, {}
    for label, (name, options) in job["decoders"].items():
        run = compiled(circuit, name, options)
        run(events[:WARM_UP], heralds[:WARM_UP])
        start = time.process_time()
        predictions[label] = np.asarray(run(events, heralds), dtype=np.bool_)
        milliseconds[label] = 1e3 * (time.process_time() - start) / len(events)
    np.savez(FOLDER / "predictions.npz", **predictions)
    return {"milliseconds": milliseconds}


def main() -> None:
    job = json.loads((FOLDER / "job.json").read_text(encoding="utf-8"))
    answer = sample(job) if job["do"] == "sample" else decode(job)
    (FOLDER / "answer.json").write_text(json.dumps(answer | {"version": sq.__version__}), encoding="utf-8")


main()
