"""Other simulators of leakage on one job, each in an environment of its own (``make peers``).

``QEC_LEAK_PEERS`` is a folder with an environment per peer: deltakit/bin/python, prism/bin/python, leaky/bin/python.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import stim

import qec_leak as ql
from benchmarks.levels import sampling_jobs
from benchmarks.peer_job import (
    PeerNoise,
    deltakit_text,
    ideal_circuit,
    instruction_list,
    leakysim_text,
    tagged_circuit,
)
from benchmarks.timing import Effort, Job, in_turn

SCRIPTS = Path(__file__).parent / "peer_scripts"


@dataclass(frozen=True)
class PeerKind:
    """A peer: its environment's folder, its script, and shots that it needs at once to be at its best."""

    environment: str
    script: str
    block: int


PEERS = {
    "deltakit-stim": PeerKind("deltakit", "run_deltakit.py", 256),
    "prism-q": PeerKind("prism", "run_prism_q.py", 1024),
    "leakysim": PeerKind("leaky", "run_leakysim.py", 4),
}


def interpreter(name: str) -> Path | None:
    """The peer's Python, None where it is not installed."""
    return python_of(PEERS[name].environment)


def python_of(environment: str) -> Path | None:
    """The Python of an environment in QEC_LEAK_PEERS, None where there is none."""
    folder = os.environ.get("QEC_LEAK_PEERS", "")
    path = Path(folder) / environment / "bin" / "python"
    return path if folder and path.is_file() else None


class Peer:
    """A peer's process, its job compiled."""

    def __init__(self, name: str, python: Path, job: dict[str, Any]) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [python, SCRIPTS / PEERS[name].script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )
        self.version = self._ask(job)["version"]
        self.fired = 0.0
        self.peak_memory_mib = 0.0

    def run(self, shots: int) -> float:
        """CPU seconds of sampling ``shots``."""
        answer = self._ask(shots)
        self.fired, self.peak_memory_mib = float(answer["fired"]), float(answer["peak_memory_mib"])
        return float(answer["seconds"])

    def close(self) -> None:
        with self.process:  # closes its pipes and waits for it
            pass

    def _ask(self, question: object) -> dict[str, Any]:
        print(json.dumps(question), file=_pipe(self.process.stdin), flush=True)
        line = _pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self.process.wait()}; its message is above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


@contextlib.contextmanager
def started(names: list[str], ideal: stim.Circuit, noise: PeerNoise) -> Iterator[list[Peer]]:
    """The peers of these names at the job."""
    common = {"noise": asdict(noise), "num_qubits": ideal.num_qubits, "num_detectors": ideal.num_detectors}
    words: dict[str, dict[str, Any]] = {
        "deltakit-stim": {"text": deltakit_text(ideal, noise)},
        "prism-q": {"instructions": instruction_list(ideal)},
        "leakysim": {
            "text": leakysim_text(ideal, noise),
            "ideal": str(ideal),
            "leaks": noise.leaks,
            "one_leaked": noise.one_leaked,
            "both_leaked": noise.both_leaked,
        },
    }
    peers: list[Peer] = []
    try:
        for name in names:
            python = interpreter(name)
            assert python is not None
            peers.append(Peer(name, python, common | words[name]))
        yield peers
    finally:
        for peer in peers:
            peer.close()


def peer_row(names: list[str], distance: int, rounds: int, effort: Effort) -> dict[str, object]:
    """Rates of the peers, of this engine with their model of leakage, and of Stim without leakage."""
    noise = PeerNoise()
    ideal = ideal_circuit(distance, rounds)
    circuit = tagged_circuit(ideal, noise)
    with started(names, ideal, noise) as peers:
        jobs = sampling_jobs(circuit)
        jobs += [Job(peer.name, peer.run, block=PEERS[peer.name].block) for peer in peers]
        [timed] = in_turn([jobs], effort)
        events = ql.compile_sampler(circuit, seed=2).sample(20_000, populations=None).detection_events
        fired = {"qec_leak": float(events.mean())} | {peer.name: peer.fired for peer in peers}
        return {
            "distance": distance,
            "rounds": rounds,
            "shots_per_s": {name: round(rate, 1) for name, rate in timed.rates().items()},
            "over": {name: timed.ratio("qec_leak", over=name) for name in timed.taken if name != "qec_leak"},
            "detection_fraction": {name: round(value, 5) for name, value in fired.items()},
            "peak_memory_mib": {peer.name: round(peer.peak_memory_mib) for peer in peers},
            "versions": {peer.name: peer.version for peer in peers},
        }
