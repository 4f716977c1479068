"""prism-q: a compiled batch sampler with leak, seep and spread. It compiles anew in each run."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import prism_q
from serve import serve


def compile_job(job: dict[str, Any]) -> Callable[[int], Any]:
    noise, kinds = job["noise"], prism_q.QecNoise
    program = prism_q.QecProgram(job["num_qubits"])
    h, cz = prism_q.Gate.h(), prism_q.Gate.cz()
    for name, targets in job["instructions"]:
        if name == "H":
            for q in targets:
                program.push_gate(h, [q])
            program.noise(kinds.depolarize1(noise["one_qubit"]), targets)
        elif name == "CZ":
            for pair in zip(targets[::2], targets[1::2], strict=True):
                program.push_gate(cz, list(pair))
            program.noise(kinds.leak_transport(noise["spread"]), targets)
            program.noise(kinds.leak(noise["leak"]), targets)
            program.noise(kinds.seep(noise["seep"]), targets)
            program.noise(kinds.depolarize2(noise["two_qubit"]), targets)
        elif name == "M":
            program.noise(kinds.x_error(noise["measurement"]), targets)
            for q in targets:
                program.measure_z(q)
        elif name == "R":
            for q in targets:
                program.reset(prism_q.QecBasis.Z, q)
            program.noise(kinds.x_error(noise["reset"]), targets)
        elif name == "DETECTOR":
            program.detector_lookback([-t for t in targets])
        else:
            program.observable_include(0, [prism_q.QecRecordRef.lookback(-t) for t in targets])
    seeds = itertools.count(1)

    def sample(shots: int) -> Any:
        program.set_options(shots, seed=next(seeds), keep_measurements=False)
        packed = program.run().packed_detectors
        return np.asarray(packed() if callable(packed) else packed)

    return sample


serve(version("prism-q"), compile_job)
