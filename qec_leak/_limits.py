"""Limits of memory, disk and time. Work that exceeds them is refused before it starts, with an estimate and a fix.

Estimates are lower bounds, within a factor of a few. Work that passes may still be slow or fail; work that is refused
could not have succeeded.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from qec_leak._checks import broken_rule

MAX_SEED = 2**64 - 1
MAX_AXIS_POINTS = 100_000
MAX_TEXT_BYTES = 1 << 26
"""Device, sweep and experiment files are some kB."""

MAX_CIRCUIT_BYTES = 1 << 30

_YEAR_SECONDS = 365 * 86400.0
_BYTES_PER_QUBIT = 2000.0  # a patch's Python objects and a moment's text, with their noise
_BYTES_PER_DETECTOR = 1500.0  # of a batch of 1024 shots, the error model and its matching graph
_SAMPLE_SECONDS = 2e-9  # a detector and shot
_DECODE_SECONDS = 3e-7  # a detector and shot
_MAX_EXECUTED = 1e12  # instructions a shot
_MAX_ROUNDS = 10**15


def check_size(distance: int, rounds: int) -> None:
    """Refuse a memory experiment that this machine's memory cannot hold, judged by its qubits."""
    if rounds > _MAX_ROUNDS:
        raise ValueError(broken_rule("rounds", f"be at most {_MAX_ROUNDS:.0e}", rounds, "lower it"))
    needed = 2.0 * distance * distance * _BYTES_PER_QUBIT
    if needed > memory_bytes():
        raise ValueError(
            f"`distance` must fit memory, but is {distance}, which needs some {amount(needed)} of "
            f"{amount(memory_bytes())}; lower it"
        )


def check_run(*, detectors: int, shots: int, threads: int, decode: bool) -> None:
    """Refuse to sample, and decode, what memory or a year is too short for. ``shots``: of all circuits together."""
    check_threads("--threads", threads)
    needed = detectors * _BYTES_PER_DETECTOR
    if needed > memory_bytes():
        raise ValueError(
            f"`--rounds` and `--distance` must fit memory, but {detectors:,} detectors need some {amount(needed)} of "
            f"{amount(memory_bytes())}; lower one of them"
        )
    each = _DECODE_SECONDS if decode else _SAMPLE_SECONDS
    seconds = float(shots) * max(detectors, 1) * each / min(threads, os.cpu_count() or 1)
    if seconds > _YEAR_SECONDS:
        raise ValueError(
            f"`--shots` must end within a year, but {shots:,} take some {_years(seconds)} years; lower it, or --rounds "
            "or --distance"
        )


def check_disk(out: str | os.PathLike[str], needed: float, fix: str) -> None:
    """Refuse files of ``needed`` bytes that the disk of ``out`` has no room for."""
    place = Path(out).absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed > free:
        raise ValueError(
            f"`--out` must have room for the files, but they need some {amount(needed)} of {amount(free)}; {fix}"
        )


def check_threads(name: str, threads: int) -> None:
    """Refuse numbers of threads or processes that no core would ever run."""
    cores = os.cpu_count() or 1
    most = max(64, 4 * cores)
    if threads > most:
        rule = f"be at most {most} on a machine of {cores} cores"
        raise ValueError(broken_rule(name, rule, threads, f"give {cores}"))


def check_batch(shots: int, bits: int) -> None:
    """Refuse a batch of shots with so many bits each that does not fit memory."""
    needed = shots * (bits / 8.0 + 3.0)
    if needed > memory_bytes():
        raise ValueError(
            f"`shots` must fit memory, but {shots:,} of them need some {amount(needed)} of {amount(memory_bytes())}; "
            "take them in batches: sampler.batches(shots)"
        )


def check_executed(instructions: float, detectors: int) -> None:
    """Refuse a circuit whose loops, unrolled, are more than could ever be sampled."""
    if instructions > _MAX_EXECUTED:
        raise ValueError(
            f"`circuit` must execute at most {_MAX_EXECUTED:.0e} instructions a shot, but its REPEAT blocks make them "
            f"{instructions:.1e}; lower their counts"
        )
    needed = detectors * 128.0  # 1024 shots, a bit each
    if needed > memory_bytes():
        raise ValueError(
            f"`circuit` must fit memory, but {detectors:,} detectors need some {amount(needed)} of "
            f"{amount(memory_bytes())}; lower the counts of its REPEAT blocks"
        )


def read_limited(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a file, or of a pipe or device that ends. Raises OSError, or ValueError if there are more than
    ``most``."""
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"{os.fspath(path)}: is longer than {amount(most)}; give a file of text")
    return data


def memory_bytes() -> float:
    """Memory of this machine."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return 1e12


def amount(count: float) -> str:
    """Bytes for people: 1.2e13 -> "12 TB"."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1000.0:
            return f"{count:.3g} {unit}"
        count /= 1000.0
    return f"{count:,.0f} PB" if count < 1e6 else f"{count:.1g} PB"


def _years(seconds: float) -> str:
    years = seconds / _YEAR_SECONDS
    return f"{years:,.0f}" if years < 1e6 else f"{years:.0e}"
