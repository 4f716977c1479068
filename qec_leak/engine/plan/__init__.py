"""How the engine samples a Program: sites and visits, layers of Poisson events, alias tables, packed words, counts."""

from qec_leak.engine.plan.plan import Plan, plan_of

__all__ = ["Plan", "plan_of"]
