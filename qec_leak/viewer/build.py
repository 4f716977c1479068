"""view: memory experiments -> the page."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qec_leak import _checks
from qec_leak._limits import MAX_SEED, amount
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.engine.kinds import Engine
from qec_leak.viewer.page import View, page_of
from qec_leak.viewer.panel import panel_of
from qec_leak.viewer.sampled import sample_memory
from qec_leak.viewer.steps import Step, Where, steps_of

MAX_BYTES = 64e6
"""Of a page: more than a browser opens with pleasure."""

Memories = MemoryExperiment | Mapping[str, MemoryExperiment] | Iterable[MemoryExperiment]


def view(
    memories: Memories,
    path: str | os.PathLike[str] | None = None,
    *,
    shots: int = 10_000,
    shown: int = 8,
    seed: int | None = None,
    threads: int = 1,
    engine: Engine = "auto",
    where: Where = "rounds",
    progress: Callable[[int], object] | None = None,
) -> View:
    """Sample memory experiments and show, side by side, how leakage moves over the lattice: one HTML page.

    Args:
        memories: an experiment; several; or several by name. All have the same number of rounds.
        path: the file to write. None: no file; ``View.write`` writes one, and a notebook displays the page.
        shots: number of shots over which P(leaked) and detection fractions are averaged.
        shown: number of shots, from the first on, that the page shows one by one with their levels and detection
            events.
        seed: of all experiments. None: a fresh one, which the page shows.
        threads: see ``compile_sampler``.
        engine: see ``compile_sampler``.
        where: the slider's steps, "rounds" or "moments".
        progress: called with the number of shots that were finished.

    Returns:
        The page.

    Raises:
        ValueError: an argument breaks its rule, or the page would be too large.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> import qec_leak as ql
        >>> page = ql.view(ql.memory_experiment(distance=3, rounds=5, strategy="DQLR"), shots=1000, seed=1)
        >>> page.html.startswith("<!doctype html>")
        True
    """
    named = _named(memories)
    shots = _checks.check_int("shots", shots, minimum=1)
    shown = min(_checks.check_int("shown", shown, minimum=1), shots)
    _checks.check_choice("where", where, ("rounds", "moments"))
    seed = secrets.randbits(63) if seed is None else _checks.check_int("seed", seed, minimum=0, maximum=MAX_SEED)
    steps = _common_steps(named, where)
    _check_size(named, len(steps), shots, shown)
    panels = []
    for name, memory in named.items():
        sampled = sample_memory(
            memory, shots=shots, shown=shown, seed=seed, threads=threads, engine=engine, where=where
        )
        panels.append(panel_of(name, sampled))
        if progress is not None:
            progress(shots)
    title, about = _title(named)
    page = page_of(
        title,
        {
            "title": title,
            "about": [
                about,
                f"{shots:,} shots each, seed {seed}" if len(named) > 1 else f"{shots:,} shots, seed {seed}",
            ],
            "shots": shots,
            "shown": shown,
            "labels": [step.label for step in steps],
            "snapshots": [step.snapshot for step in steps],
            "events": [step.events for step in steps],
            "rounds": next(iter(named.values())).rounds,
            "panels": panels,
        },
        seed,
    )
    if path is not None:
        page.write(path)
    return page


def _named(memories: Memories) -> dict[str, MemoryExperiment]:
    if isinstance(memories, MemoryExperiment):
        return {str(memories.strategy): memories}
    if isinstance(memories, Mapping):
        named = {str(name): memory for name, memory in memories.items()}
    else:
        named = {}
        for memory in memories:
            if not isinstance(memory, MemoryExperiment):
                raise _no_memory(memory)
            name = str(memory.strategy)
            if name in named:
                raise ValueError(
                    f"`memories` must have different strategies, but two have {name}; name them: {{name: memory}}"
                )
            named[name] = memory
    for memory in named.values():
        if not isinstance(memory, MemoryExperiment):
            raise _no_memory(memory)
    rounds = sorted({memory.rounds for memory in named.values()})
    if len(rounds) != 1:
        found = "there are none" if not rounds else f"have {' and '.join(map(str, rounds))}"
        raise ValueError(f"`memories` must have the same number of rounds, but {found}; make them so")
    return named


def _no_memory(value: object) -> TypeError:
    return TypeError(f"`memories` must be MemoryExperiments, but has a {type(value).__name__}; see memory_experiment()")


def _common_steps(named: Mapping[str, MemoryExperiment], where: Where) -> list[Step]:
    steps = {name: steps_of(memory, where) for name, memory in named.items()}
    first = next(iter(steps.values()))
    for name, other in steps.items():
        if other != first:
            raise ValueError(
                f"`where` must be 'rounds' for experiments of different moments, but is 'moments', and {name} has "
                f"others than {next(iter(steps))}; view one at a time"
            )
    return first


def _check_size(named: Mapping[str, MemoryExperiment], steps: int, shots: int, shown: int) -> None:
    wide = 2 if shots < (1 << 16) - 1 else 4
    each = (len(memory.patch.coordinates) * steps * (2.5 * wide + shown * 3 / 8) for memory in named.values())
    size = sum(each) * 4 / 3
    if size > MAX_BYTES:
        raise ValueError(
            f"`memories` must make a page of at most {amount(MAX_BYTES)}, but need {amount(size)}; lower rounds, "
            "distance, or the shots shown"
        )


def _title(named: Mapping[str, MemoryExperiment]) -> tuple[str, str]:
    """What the page is called, and one line about it."""
    first: Any = next(iter(named.values()))
    rounds = "1 round" if first.rounds == 1 else f"{first.rounds} rounds"
    patches = {f"{m.patch.code} code, distance {m.patch.distance}" for m in named.values()}
    devices = {m.device.label for m in named.values()}
    bases = {m.basis for m in named.values()}
    parts = [
        *sorted(patches),
        rounds,
        "basis " + " and ".join(sorted(bases)),
        "device " + " and ".join(sorted(devices)),
    ]
    return f"Leakage: {', '.join(named)}", ", ".join(parts)
