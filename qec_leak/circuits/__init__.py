"""Circuits: patches, strategies, ideal circuits, and the noise of a device added to them."""

from qec_leak.circuits.dress import dress
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.memory import MemoryExperiment, memory_experiment
from qec_leak.circuits.patch import Patch, Stabilizer
from qec_leak.circuits.patches import find_patch, make_patch, repetition_patch, surface_patch, unrotated_surface_patch
from qec_leak.circuits.process import Chip, Place, Process
from qec_leak.circuits.roles import guess_note, guessed_roles, qubit_roles
from qec_leak.circuits.strategies import find_strategy, strategy_names
from qec_leak.circuits.strategy import Strategy
from qec_leak.circuits.tags import Tag, TagError, format_channel, parse_tag

__all__ = [
    "Chip",
    "MemoryExperiment",
    "Patch",
    "Place",
    "Process",
    "Stabilizer",
    "Strategy",
    "Tag",
    "TagError",
    "dress",
    "find_patch",
    "find_strategy",
    "format_channel",
    "guess_note",
    "guessed_roles",
    "ideal_memory_circuit",
    "make_patch",
    "memory_experiment",
    "parse_tag",
    "qubit_roles",
    "repetition_patch",
    "strategy_names",
    "surface_patch",
    "unrotated_surface_patch",
]
