"""Proves, case by case and to first order in leakage, whether Pauli frames describe a circuit exactly."""

from qec_leak.certificate.certify import FirstOrder, Place, first_order

__all__ = ["FirstOrder", "Place", "first_order"]
