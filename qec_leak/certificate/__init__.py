"""Whether frames on a reference describe a circuit with leakage exactly, to first order, proved case by case."""

from qec_leak.certificate.certify import FirstOrder, Place, first_order

__all__ = ["FirstOrder", "Place", "first_order"]
