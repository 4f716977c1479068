"""Memory experiments that were published of whole devices, held against their presets.

Modules are as those of ``qec_leak.studies.miao2023``; what they share is in ``memories``.
"""
