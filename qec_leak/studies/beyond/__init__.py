"""Questions that the papers leave open: which gates need no removal, how often to remove, and an error budget.

Modules are as those of ``qec_leak.studies.miao2023``.
"""
