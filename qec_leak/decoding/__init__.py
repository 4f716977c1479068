"""Shots to predicted observable flips: decoders as values, by name, and decoding while the next shots are sampled."""

from qec_leak.decoding.decoder import CompiledDecoder, Decoded, Decoder, DecodingProblem, Shots, ShotSlice
from qec_leak.decoding.error_model import ignored_by_matching, matching_error_model
from qec_leak.decoding.matching import Matching
from qec_leak.decoding.named_decoders import AnyDecoder, decoder_name, decoder_names, find_decoder, with_heralds
from qec_leak.decoding.pipeline import decoded_batches, prefetched
from qec_leak.decoding.predict import count_logical_errors, decode
from qec_leak.decoding.ready import ReadyDecoder, compile_decoder

__all__ = [
    "AnyDecoder",
    "CompiledDecoder",
    "Decoded",
    "Decoder",
    "DecodingProblem",
    "Matching",
    "ReadyDecoder",
    "ShotSlice",
    "Shots",
    "compile_decoder",
    "count_logical_errors",
    "decode",
    "decoded_batches",
    "decoder_name",
    "decoder_names",
    "find_decoder",
    "ignored_by_matching",
    "matching_error_model",
    "prefetched",
    "with_heralds",
]
