"""Leakage-aware simulation of quantum error correction on transmons.

Examples:
    >>> import qec_leak as ql
    >>> device = ql.Device.preset("miao2023")
    >>> memory = ql.memory_experiment(code="surface", distance=3, rounds=5, strategy="DQLR", device=device)
    >>> batch = ql.compile_sampler(memory.circuit, seed=7).sample(1000)
    >>> batch.detection_events.shape
    (1000, 40)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qec_leak import (
        analysis,
        channels,
        circuits,
        decoding,
        device,
        engine,
        exact,
        figures,
        program,
        records,
        studies,
        sweep,
        viewer,
    )
    from qec_leak.channels import LeakageChannel, Transition
    from qec_leak.circuits import (
        MemoryExperiment,
        Patch,
        Process,
        Stabilizer,
        Strategy,
        TagError,
        memory_experiment,
        parse_tag,
        repetition_patch,
        surface_patch,
        unrotated_surface_patch,
    )
    from qec_leak.circuits.dress import dress
    from qec_leak.decoding import Decoder, compile_decoder, decode
    from qec_leak.decoding.leakage import LeakagePosterior, fit_leakage_scale, infer_leakage
    from qec_leak.device import Device
    from qec_leak.engine import (
        Certificate,
        InexactFramesWarning,
        LeakageSampler,
        ShotBatch,
        TableauSampler,
        certify,
        compile_sampler,
    )
    from qec_leak.viewer import View, view

__version__ = "0.1.0"

# Public names are imported when they are first used, so that `import qec_leak` and the command line start at once.
_HOME = {
    "Certificate": "engine",
    "Decoder": "decoding",
    "Device": "device",
    "InexactFramesWarning": "engine",
    "LeakageChannel": "channels",
    "LeakagePosterior": "decoding.leakage",
    "LeakageSampler": "engine",
    "MemoryExperiment": "circuits",
    "Patch": "circuits",
    "Process": "circuits",
    "ShotBatch": "engine",
    "Stabilizer": "circuits",
    "Strategy": "circuits",
    "TableauSampler": "engine",
    "TagError": "circuits",
    "Transition": "channels",
    "View": "viewer",
    "certify": "engine",
    "compile_decoder": "decoding",
    "compile_sampler": "engine",
    "decode": "decoding",
    "dress": "circuits",
    "fit_leakage_scale": "decoding.leakage",
    "infer_leakage": "decoding.leakage",
    "memory_experiment": "circuits",
    "parse_tag": "circuits",
    "repetition_patch": "circuits",
    "surface_patch": "circuits",
    "unrotated_surface_patch": "circuits",
    "view": "viewer",
}
_PACKAGES = (  # "sinter" is not in __all__: a star import would hide the library
    "analysis",
    "channels",
    "circuits",
    "decoding",
    "device",
    "engine",
    "exact",
    "figures",
    "program",
    "records",
    "sinter",
    "studies",
    "sweep",
    "viewer",
)

__all__ = [
    "Certificate",
    "Decoder",
    "Device",
    "InexactFramesWarning",
    "LeakageChannel",
    "LeakagePosterior",
    "LeakageSampler",
    "MemoryExperiment",
    "Patch",
    "Process",
    "ShotBatch",
    "Stabilizer",
    "Strategy",
    "TableauSampler",
    "TagError",
    "Transition",
    "View",
    "analysis",
    "certify",
    "channels",
    "circuits",
    "compile_decoder",
    "compile_sampler",
    "decode",
    "decoding",
    "device",
    "dress",
    "engine",
    "exact",
    "figures",
    "fit_leakage_scale",
    "infer_leakage",
    "memory_experiment",
    "parse_tag",
    "program",
    "records",
    "repetition_patch",
    "studies",
    "surface_patch",
    "sweep",
    "unrotated_surface_patch",
    "view",
    "viewer",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"qec_leak.{_HOME[name]}"), name)
    if name in _PACKAGES:
        return importlib.import_module(f"qec_leak.{name}")
    raise AttributeError(f"module 'qec_leak' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
