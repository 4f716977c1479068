"""The noise processes of transmons, one in each file, in the order in which they act behind one operation."""

from qec_leak.circuits.process import Process
from qec_leak.circuits.processes.crosstalk import Crosstalk
from qec_leak.circuits.processes.cz import Cz
from qec_leak.circuits.processes.decoupling import Decoupling
from qec_leak.circuits.processes.gate import Gate
from qec_leak.circuits.processes.idle import Idle
from qec_leak.circuits.processes.injection import Injection
from qec_leak.circuits.processes.leakage_iswap import LeakageIswap
from qec_leak.circuits.processes.readout import Readout
from qec_leak.circuits.processes.reset import Reset
from qec_leak.circuits.processes.spectator import Spectator

READOUT = Readout()
RESET = Reset()
BUILT_IN: tuple[Process, ...] = (
    Gate(),
    Cz(),
    Crosstalk(),
    LeakageIswap(),
    READOUT,
    RESET,
    Injection(),
    Idle(),
    Decoupling(),
    Spectator(),
)

__all__ = ["BUILT_IN", "READOUT", "RESET"]
