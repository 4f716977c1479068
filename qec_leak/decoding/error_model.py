"""The error model that Stim makes of a circuit, and what matching can do with it.

It does not know of leakage (Stim ignores the tags).
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import stim


class HyperedgeError(ValueError):
    """A circuit has errors that do not decompose into edges."""


def matching_error_model(circuit: stim.Circuit) -> stim.DetectorErrorModel:
    """The circuit's detector error model for matching.

    Hyperedges are decomposed into edges, and exclusive Pauli channels are treated as independent. These are Stim's two
    flags, set as sinter sets them. Circuits of qec_leak give the same model without the second. The model does not
    contain the leakage in the tags.

    Args:
        circuit: the circuit that is sampled.

    Returns:
        The model.

    Raises:
        ValueError: the circuit has no such model; a HyperedgeError if errors do not decompose.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> matching_error_model(memory.circuit).num_detectors
        16
    """
    try:
        return circuit.detector_error_model(decompose_errors=True, approximate_disjoint_errors=True)
    except ValueError as error:
        reason = str(error)
    if hyperedge := re.search(r"failed to decompose is '([^']*)'", reason):
        raise HyperedgeError(
            "`circuit` must have errors that decompose into edges of at most two detectors, but "
            f"{hyperedge[1]} does not; give a decoder other than matching"
        )
    raise ValueError(_refusal(reason))


def _refusal(reason: str) -> str:
    """Stim's reason, which has several lines, as one."""
    instruction = re.search(r"\[which is ([^\]]*\][^\]]*|[^\]]*)\]", reason)
    what = f"{reason.partition(chr(10))[0].rstrip('.')}{f': {instruction[1]}' if instruction else ''}"
    return f"`circuit` must have a detector error model, but Stim makes none ({what}); correct the circuit"


_HYPEREDGE = re.compile(r"^\s*error[^\n]*?D\d+(?: L\d+)* D\d+(?: L\d+)* D\d+", re.MULTILINE)
"""An error of a model's text with more than two detectors between separators."""

_LIKELY = re.compile(r"^\s*error(?:\[[^\n]*?\])?\((?:1|0?\.[5-9])", re.MULTILINE)
"""An error of a model's text that happens with a probability of one half or more."""


def has_likely_errors(model: stim.DetectorErrorModel) -> bool:
    """True if an error of the model happens with a probability of one half or more."""
    return _LIKELY.search(str(model)) is not None


def ignored_by_matching(model: stim.DetectorErrorModel) -> str:
    """One line on the errors of a model that matching ignores.

    Args:
        model: a detector error model.

    Returns:
        The line; empty if there are none.

    Examples:
        >>> import stim
        >>> ignored_by_matching(stim.DetectorErrorModel("error(0.1) D0 D1"))
        ''
    """
    if not _HYPEREDGE.search(str(model)):
        return ""
    probabilities = []
    example = ""
    for error in model.flattened():
        if error.type == "error" and _HYPEREDGE.match(str(error)):
            probabilities.append(error.args_copy()[0])
            example = example or " ".join(str(target) for target in error.targets_copy())
    return (
        f"{len(probabilities):,} errors of the detector error model flip more than two detectors, as {example}, and "
        f"matching ignores them (together {sum(probabilities):.3g} per shot); decompose them, or give a decoder "
        "other than matching"
    )


def without_likely_errors(
    model: stim.DetectorErrorModel,
) -> tuple[stim.DetectorErrorModel, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """The model with each error of probability p > 1/2 replaced by one of probability 1 - p, and the detectors and
    observables that the replaced errors flip. An error with probability p is a flip that always happens, followed by an
    error with probability 1 - p. PyMatching refuses certain errors, and errors above 1/2 for correlated matching."""
    out = stim.DetectorErrorModel()
    detectors = np.zeros(model.num_detectors, dtype=np.bool_)
    observables = np.zeros(model.num_observables, dtype=np.bool_)
    for error in model.flattened():
        if error.type == "error" and (p := error.args_copy()[0]) > 0.5:
            for target in error.targets_copy():
                if target.is_relative_detector_id():
                    detectors[target.val] ^= True
                elif target.is_logical_observable_id():
                    observables[target.val] ^= True
            if p < 1.0:
                out.append("error", 1.0 - p, error.targets_copy())
        else:
            out.append(error)
    for kind, count in (("detector", model.num_detectors), ("logical_observable", model.num_observables)):
        if count:  # the model keeps its size without its last errors
            make = stim.target_relative_detector_id if kind == "detector" else stim.target_logical_observable_id
            out.append(kind, [], [make(count - 1)])
    return out, detectors, observables
