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
    Topic("a", "Twirl", "Channels are the twirl of their Kraus operators, and complete.", closed_forms.run),
    Topic("b", "Hamiltonian", "Transport, phases and the Leakage iSWAP follow from one Hamiltonian.", hamiltonian.run),
    Topic(
        "c", "Without leakage", "Without leakage the engine is a Pauli-frame simulator like Stim's.", against_stim.run
    ),
    Topic(
        "d",
        "Leaked qubits of memories",
        "A gate with a leaked qubit does not happen, and frames say so exactly.",
        frozen_frames.run,
    ),
    Topic(
        "e",
        "Exact trajectories, random phases",
        "Where amplitudes of leaked levels do not interfere, the engine is exact. One known difference is left: the"
        " exact CZ weakens |11> by c = sqrt(1 - 4 L1), whose Pauli part within the computational states (Z on "
        "either qubit and on both, (1 - c)²/16 each) the engine counts as part of the device's CZ error. At the CZ "
        "leakage of these samples, 1e-2, that is 5e-5 a CZ and 2e-4 to 4e-4 in a detection probability; at 8e-2 on "
        "one pair of the d=2 patch it was seen alone, 0.0028 ± 0.0008 and 0.0040 ± 0.0010 for the predicted 0.0038.",
        against_exact.run,
    ),
    Topic(
        "f",
        "The twirl's error",
        "Real gates are coherent: amplitudes that stay leaked from one CZ to the next interfere, and the twirl drops "
        "that. What it means, seen with `--full`: under MLR the engine has about a fifth too little data leakage at CZ "
        "leakages of 1e-3 to 1e-2, and logical errors that are a few percent of themselves too large; under NO_RESET "
        "and DQLR the twirl's error is below what was resolved. Records of checks that do not commute, as they share a "
        "leaked data qubit, are correlated by a coherent phase on their measure qubits, which the twirl does not show. "
        "Nothing here is judged: the error is the twirl's, not the engine's.",
        twirl_error.run,
    ),
    Topic(
        "g",
        "What a leaked qubit's measurement reports",
        "Rules and their alternatives, each alternative refuted by a judge.",
        measurement_rules.run,
    ),
    Topic(
        "h",
        "Any circuit",
        "Frames sample random circuits of two kinds of stabilizers, leakage of every kind in them, as a tableau a shot "
        "does that skips the gates of leaked qubits.",
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
