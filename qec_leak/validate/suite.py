"""All topics of the validation report, in order, and how they are run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qec_leak.validate import (
    against_exact,
    against_stim,
    against_tableau,
    closed_forms,
    frozen_frames,
    hamiltonian,
    measurement_rules,
    twirl_error,
)
from qec_leak.validate.check import Check, Result, Settings, Topic

TOPICS: tuple[Topic, ...] = (
    Topic("a", "Twirl", "Channels equal the twirl of their Kraus operators, and are complete.", closed_forms.run),
    Topic("b", "Hamiltonian", "Transport, phases and the Leakage iSWAP follow from one Hamiltonian.", hamiltonian.run),
    Topic(
        "c", "Without leakage", "Without leakage the engine is a Pauli-frame simulator like Stim's.", against_stim.run
    ),
    Topic(
        "d",
        "Leaked qubits of memories",
        "A gate with a leaked qubit does not happen. Frames reproduce this exactly.",
        frozen_frames.run,
    ),
    Topic(
        "e",
        "Exact trajectories, random phases",
        "Where amplitudes of leaked levels do not interfere, the engine is exact. One known difference remains. The "
        "exact CZ weakens |11> by c = sqrt(1 - 4 L1). The Pauli part of this within the computational states is Z on "
        "either qubit and on both, with (1 - c)²/16 each. The engine counts it as part of the device's CZ error. At "
        "the CZ leakage of these samples, 1e-2, it is 5e-5 per CZ and 2e-4 to 4e-4 in a detection probability. At "
        "8e-2 on one pair of the d=2 patch it was measured alone: 0.0028 ± 0.0008 and 0.0040 ± 0.0010, where 0.0038 "
        "is predicted.",
        against_exact.run,
    ),
    Topic(
        "f",
        "The twirl's error",
        "Real gates are coherent. Amplitudes that stay leaked from one CZ to the next interfere, and the twirl drops "
        "this interference. Its effect was measured with `--full`. Under MLR at CZ leakages of 1e-3 to 1e-2, the "
        "engine has about a fifth too little data leakage, and logical errors that are too large by a few percent of "
        "their value. Under NO_RESET and DQLR the error of the twirl was too small to be resolved. A coherent phase "
        "also correlates the records of checks that share a leaked data qubit and therefore do not commute. The twirl "
        "does not show this correlation. These rows are measured and cannot fail: the error is that of the twirl, not "
        "of the engine.",
        twirl_error.run,
    ),
    Topic(
        "g",
        "What a leaked qubit's measurement reports",
        "Independent simulators confirm the rules of the engine and refute their alternatives.",
        measurement_rules.run,
    ),
    Topic(
        "h",
        "Any circuit",
        "Random circuits have stabilizers of two kinds and leakage of every kind. Frames sample them like a simulator "
        "with one tableau per shot, which skips the gates of leaked qubits.",
        against_tableau.run,
    ),
)


@dataclass(frozen=True)
class TopicResult:
    """A topic, what came out, and how long it took."""

    topic: Topic
    result: Result
    seconds: float


@dataclass(frozen=True)
class Report:
    """Everything that ``qec-leak validate`` shows."""

    settings: Settings
    results: tuple[TopicResult, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All rows."""
        return tuple(check for r in self.results for check in r.result.checks)

    def count(self, verdict: str) -> int:
        """Number of rows with a verdict."""
        return sum(check.verdict == verdict for check in self.checks)

    @property
    def passed(self) -> bool:
        """True if no check failed."""
        return self.count("fail") == 0


def run_checks(
    settings: Settings, *, only: Sequence[str] = (), progress: Callable[[Topic], None] = lambda topic: None
) -> Report:
    """Run the topics.   only: letters of the topics, all if empty.   progress: called before each topic."""
    results = []
    for topic in TOPICS:
        if only and topic.letter not in only:
            continue
        progress(topic)
        start = time.perf_counter()
        results.append(TopicResult(topic, topic.run(settings), time.perf_counter() - start))
    return Report(settings, tuple(results))
