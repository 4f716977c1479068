"""Which qubits are leaked when, inferred from what was measured, and decoding with that knowledge.

circuit with leakage in tags -> timeline (events of each transmon, detectors that Paulis there flip) -> model (flat
arrays) -> inference (posteriors of levels and errors) -> matching with each shot's own weights.
"""

from qec_leak.decoding.leakage.aware import LeakageAware
from qec_leak.decoding.leakage.genie import Genie
from qec_leak.decoding.leakage.posterior import LeakagePosterior, infer_leakage
from qec_leak.decoding.leakage.rates import fit_leakage_scale

__all__ = ["Genie", "LeakageAware", "LeakagePosterior", "fit_leakage_scale", "infer_leakage"]
