"""Decoders are values: they say which data they need, are compiled for a circuit, and decode its shots.

They work like ``sinter.Decoder`` and ``sinter.CompiledDecoder``, which get detection events only.
"""

from __future__ import annotations

import abc
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.decoding.error_model import HyperedgeError, matching_error_model

if TYPE_CHECKING:
    from collections.abc import Sequence

Bytes = npt.NDArray[np.uint8]
Need = Literal["events", "heralds"]

NEEDS: tuple[Need, ...] = ("events", "heralds")
"""What a decoder can ask for."""


class Shots(Protocol):
    """Shots to decode: a ShotBatch, a folder of shots, or a ``ShotSlice``."""

    @property
    def detection_events_b8(self) -> Bytes:
        """uint8 (shots, ceil(detectors/8)), bit-packed little-endian."""

    @property
    def heralds(self) -> Bytes | None:
        """uint8 (shots, measurements): level at each measurement, 0 (computational), 2 or 3; None if not sampled."""


@dataclass(frozen=True, eq=False)
class ShotSlice:
    """Some shots, as ``Shots`` describes them: what decoders get.

    Attributes:
        detection_events_b8: uint8 (shots, ceil(detectors/8)), bit-packed little-endian.
        heralds: uint8 (shots, measurements), levels; None if the decoder does not need them.

    Examples:
        >>> import numpy as np
        >>> len(ShotSlice(np.zeros((10, 2), dtype=np.uint8))[:4])
        4
    """

    detection_events_b8: Bytes
    heralds: Bytes | None = None

    def __len__(self) -> int:
        return len(self.detection_events_b8)

    def __getitem__(self, rows: slice | npt.NDArray[np.bool_]) -> ShotSlice:
        """The shots in these rows."""
        return ShotSlice(self.detection_events_b8[rows], None if self.heralds is None else self.heralds[rows])


@dataclass(frozen=True, eq=False)
class Decoded:
    """What a decoder returns for some shots.

    Attributes:
        flips_b8: predicted observable flips, uint8 (shots, ceil(observables/8)), bit-packed little-endian.
        counts: sums over these shots, by name. They go into custom_counts of sinter's rows, where their names begin
            with "decoder_".

    Examples:
        >>> import numpy as np
        >>> one = Decoded(np.zeros((5, 1), dtype=np.uint8), {"heralds": 2})
        >>> Decoded.concatenate([one, one]).counts
        {'heralds': 4}
    """

    flips_b8: Bytes
    counts: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def concatenate(parts: Sequence[Decoded]) -> Decoded:
        """All shots in order, counts added.

        Args:
            parts: at least one.

        Returns:
            The whole.
        """
        counts: dict[str, int] = {}
        for part in parts:
            for name, count in part.counts.items():
                counts[name] = counts.get(name, 0) + count
        return Decoded(np.concatenate([part.flips_b8 for part in parts]), counts)


@dataclass(frozen=True, eq=False)
class DecodingProblem:
    """What a decoder is compiled for.

    An error model that was made is pickled with the problem, so that other processes need not make it again.

    Attributes:
        circuit: the circuit that is sampled, leakage in its tags; None where only an error model is there.
        given_model: the error model to decode by; None: Stim's of the circuit. One of the two must be given.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> DecodingProblem(memory.circuit).num_detectors
        16
    """

    circuit: stim.Circuit | None
    given_model: stim.DetectorErrorModel | None = None

    @functools.cached_property
    def matching_model(self) -> stim.DetectorErrorModel:
        """The error model for matching: the given one, or that of ``matching_error_model``. Raises ValueError for a
        circuit that has no such model."""
        if self.given_model is not None:
            return self.given_model
        assert self.circuit is not None, "a problem has a circuit or a model"
        return matching_error_model(self.circuit)

    @functools.cached_property
    def detector_error_model(self) -> stim.DetectorErrorModel:
        """The model for matching if there is one, else the circuit's with hyperedges as they are."""
        try:
            return self.matching_model
        except HyperedgeError:
            assert self.circuit is not None, "given models are taken as they are"
            return self.circuit.detector_error_model(approximate_disjoint_errors=True)

    @property
    def num_detectors(self) -> int:
        """Number of detectors."""
        return int(self._source.num_detectors)

    @property
    def num_observables(self) -> int:
        """Number of observables."""
        return int(self._source.num_observables)

    @property
    def _source(self) -> stim.Circuit | stim.DetectorErrorModel:
        return self.detector_error_model if self.circuit is None or self.given_model is not None else self.circuit


class CompiledDecoder(abc.ABC):
    """A decoder compiled for one problem. ``Decoder`` has an example."""

    @abc.abstractmethod
    def decode_batch(self, shots: ShotSlice) -> Bytes | Decoded:
        """Predict the observable flips of some shots.

        The result must depend on the shots alone: they arrive in batches of any size, in any order, in several
        processes.

        Args:
            shots: of the problem that it was compiled for; ``heralds`` are there if the decoder needs them.

        Returns:
            uint8 (shots, ceil(observables/8)), bit-packed little-endian; or ``Decoded``, with counts.
        """


class Decoder(abc.ABC):
    """A decoder: a value without state, the same wherever it is compiled.

    To decode in several processes it must pickle. A subclass has ``compile``.

    Attributes:
        needs: which data it needs, some of ``NEEDS``. Heralds are sampled only for decoders that need "heralds".

    Examples:
        A decoder that never corrects:

        >>> import numpy as np
        >>> import qec_leak as ql
        >>> class Never(ql.Decoder):
        ...     def compile(self, problem):
        ...         return CompiledNever()
        >>> class CompiledNever(ql.decoding.CompiledDecoder):
        ...     def decode_batch(self, shots):
        ...         return np.zeros((len(shots), 1), dtype=np.uint8)
        >>> circuit = ql.memory_experiment(distance=3, rounds=2).circuit
        >>> bool(ql.decode(circuit, ql.compile_sampler(circuit, seed=1).sample(10), decoder=Never()).any())
        False
    """

    needs: tuple[Need, ...] = ("events",)

    @property
    def name(self) -> str:
        """Its name in results, unless it was asked for by another name."""
        return type(self).__name__

    @abc.abstractmethod
    def compile(self, problem: DecodingProblem) -> CompiledDecoder:
        """Prepare the decoder for shots of one circuit.

        Args:
            problem: the circuit and its error model.

        Returns:
            The compiled decoder.

        Raises:
            ValueError: it cannot decode the problem.
        """
