"""Detection events to predicted observable flips: matching on Stim's leakage-free detector error model."""

from qec_leak.decode.matching import Decoder, count_logical_errors, decode, matching_error_model

__all__ = ["Decoder", "count_logical_errors", "decode", "matching_error_model"]
