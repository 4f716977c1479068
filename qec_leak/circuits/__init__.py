"""What is executed: patches, strategies, ideal circuits, and their dressing with a device's noise."""

from qec_leak.circuits.dress import dress
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.memory import MemoryExperiment, memory_experiment
from qec_leak.circuits.patch import Patch, Stabilizer, make_patch, repetition_patch, surface_patch
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
]
