"""compile_sampler(circuit).sample(shots): by frames where they are exact, else by one tableau for each shot."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import stim

from qec_leak import _checks
from qec_leak.circuits.arguments import as_circuit, check_loops
from qec_leak.engine.kinds import Engine
from qec_leak.engine.sampler import LeakageSampler
from qec_leak.engine.tableau import TableauSampler
from qec_leak.program import Conflict, compile_program

_ENGINES = ("auto", "frames", "tableau")


class InexactFramesWarning(UserWarning):
    """Frames were asked for, but they are not exact for the circuit."""


def compile_sampler(
    circuit: stim.Circuit | str, *, seed: int | None = None, threads: int = 1, engine: Engine = "auto"
) -> LeakageSampler | TableauSampler:
    r"""A sampler of a circuit whose leakage is in tags (grammar: ``qec_leak.circuits.tags``).

    Args:
        circuit: a stim.Circuit or its text.
        seed: integer >= 0; the same seed gives the same shots for any batch size and thread count. None: a fresh one.
        threads: threads to sample on (kernels run without the GIL).
        engine: "frames" samples 1,024 shots at a time on Pauli frames: exact for circuits without leakage, and where
            all stabilizers are of two kinds (``qec_leak.certify``). "tableau" samples shot by shot and skips the gates
            of leaked qubits in every circuit (docs/model.md says what is not exact); it is hundreds of times slower.
            "auto" takes frames where they are exact, else the tableau.

    Returns:
        The sampler; each call of ``sample`` gives the next shots.

    Raises:
        ValueError: the circuit cannot be sampled; the message names instruction and line.
        TypeError: an argument is of the wrong type.

    Warns:
        InexactFramesWarning: frames are asked for and are not exact.

    Examples:
        >>> import qec_leak as ql
        >>> circuit = "I_ERROR[LEAKAGE_TRANSITION_1: (0.5, 0-->2)] 0\nTICK[LEAKAGE_POPULATION]"
        >>> sampler = ql.compile_sampler(circuit, seed=1)
        >>> bool(0.45 < sampler.sample(10_000).leakage_population[0, 0] < 0.55)
        True
    """
    if engine not in _ENGINES:
        raise ValueError(_checks.broken_rule("engine", f"be one of {', '.join(_ENGINES)}", engine, "choose one"))
    parsed = as_circuit("circuit", circuit)
    check_loops(parsed)
    if engine == "tableau":
        return TableauSampler(parsed, seed=seed, threads=threads)
    program = compile_program(parsed)
    if program.conflicts and engine == "auto":
        return TableauSampler(parsed, seed=seed, threads=threads)
    if program.conflicts:
        warnings.warn(_inexact(program.conflicts), InexactFramesWarning, stacklevel=2)
    return LeakageSampler(program, seed=seed, threads=threads)


def _inexact(conflicts: Sequence[Conflict]) -> str:
    first = conflicts[0]
    more = f" (and {len(conflicts) - 1} more lines)" if len(conflicts) > 1 else ""
    return (
        f"frames must be exact for the circuit, but line {first.line}: `{first.short}`{more} is not of two kinds with "
        "what leaks; use engine='tableau' or 'auto'"
    )
