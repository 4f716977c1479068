"""Shots in Stim's result formats, written and read through Stim.

Formats: https://github.com/quantumlib/Stim/blob/main/doc/result_formats.md
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak.records.compressed import SUFFIX, read_whole

SHOT_FORMATS = ("01", "b8", "r8", "ptb64", "hits", "dets")
"""Names of Stim's formats for shots."""

ShotKind = Literal["measurements", "detectors", "observables"]
"""What the bits of a shot are; the ``dets`` format writes M, D or L before their numbers."""

_KINDS = ("measurements", "detectors", "observables")


def write_shots(
    path: str | os.PathLike[str],
    bits: npt.NDArray[np.uint8] | npt.NDArray[np.bool_],
    *,
    format: str,
    num_bits: int,
    kind: ShotKind = "detectors",
) -> None:
    """Write all shots to one file.

    Args:
        path: the file, replaced if it exists.
        bits: bool (shots, num_bits), or uint8 (shots, ceil(num_bits/8)), bit-packed little-endian.
        format: one of ``SHOT_FORMATS``; ptb64 needs a multiple of 64 shots.
        num_bits: bits of a shot.
        kind: what the bits are.

    Raises:
        ValueError: an argument does not fit.
        OSError: the file cannot be written completely.

    Examples:
        >>> import tempfile
        >>> import numpy as np
        >>> bits = np.array([[True, False, True]])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_shots(f"{folder}/shots.01", bits, format="01", num_bits=3)
        ...     read_shots(f"{folder}/shots.01", format="01", num_bits=3).tolist()
        [[True, False, True]]
    """
    with ShotWriter(path, format=format, num_bits=num_bits, kind=kind) as writer:
        writer.write(bits)


def read_shots(
    path: str | os.PathLike[str],
    *,
    format: str,
    num_bits: int,
    kind: ShotKind = "detectors",
    bit_packed: bool = False,
) -> npt.NDArray[np.uint8] | npt.NDArray[np.bool_]:
    """Read a file of shots, gzipped if its name ends in .gz.

    Args:
        path: the file.
        format: one of ``SHOT_FORMATS``.
        num_bits: bits of a shot.
        kind: what the bits are.
        bit_packed: return packed bits.

    Returns:
        bool (shots, num_bits), or with ``bit_packed`` uint8 (shots, ceil(num_bits/8)), little-endian.

    Raises:
        ValueError: the file is not of that format and number of bits.
        OSError: it cannot be read.

    Examples:
        >>> import tempfile
        >>> import numpy as np
        >>> bits = np.array([[True, False, True]])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_shots(f"{folder}/shots.01", bits, format="01", num_bits=3)
        ...     read_shots(f"{folder}/shots.01", format="01", num_bits=3).tolist()
        [[True, False, True]]
    """
    _checks.check_choice("format", format, SHOT_FORMATS)
    _checks.check_choice("kind", kind, _KINDS)
    path = Path(path)
    if path.suffix == SUFFIX:
        with tempfile.TemporaryDirectory() as folder:
            unpacked = Path(folder) / path.stem
            unpacked.write_bytes(read_whole(path))
            try:
                return read_shots(unpacked, format=format, num_bits=num_bits, kind=kind, bit_packed=bit_packed)
            except ValueError as error:
                raise ValueError(str(error).replace(str(unpacked), str(path))) from None
    size = path.stat().st_size
    bytes_per_shot = (num_bits + 7) // 8
    if format == "b8" and size % max(bytes_per_shot, 1):
        raise ValueError(
            f"`{path}` must hold whole shots of {bytes_per_shot} bytes ({num_bits} bits), but has {size} bytes; "
            "give the file of this circuit"
        )
    try:
        bits: npt.NDArray[np.uint8] | npt.NDArray[np.bool_] = stim.read_shot_data_file(
            path=str(path), format=format, bit_packed=bit_packed, **{f"num_{kind}": num_bits}
        )
        return bits
    except ValueError as error:
        raise ValueError(
            f"`{path}` must be a {format} file of {num_bits} {kind} a shot, but does not read as one "
            f"({' '.join(str(error).split())}); check `format` and the circuit"
        ) from error


class ShotWriter:
    """Append shots to a file batch by batch, in any of Stim's formats, with constant memory.

    Use it as a context manager. Stim formats the shots, but does not notice a full disk (version 1.16). Its files are
    therefore read back and compared. In the format ``b8`` the bytes of the array are written directly.

    Args:
        path: the file, replaced if it exists.
        format: one of ``SHOT_FORMATS``; ptb64 needs a multiple of 64 shots.
        num_bits: bits of a shot.
        kind: what the bits are.

    Examples:
        >>> import tempfile
        >>> import numpy as np
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with ShotWriter(f"{folder}/shots.b8", format="b8", num_bits=3) as writer:
        ...         for _ in range(2):
        ...             writer.write(np.ones((5, 3), dtype=bool))
        ...     read_shots(f"{folder}/shots.b8", format="b8", num_bits=3).shape
        (10, 3)
    """

    def __init__(
        self, path: str | os.PathLike[str], *, format: str, num_bits: int, kind: ShotKind = "detectors"
    ) -> None:
        """See the class."""
        self._format = _checks.check_choice("format", format, SHOT_FORMATS)
        self._kind = _checks.check_choice("kind", kind, _KINDS)
        self._num_bits = _checks.check_int("num_bits", num_bits, minimum=0)
        self._path = Path(path)
        self._piece = self._path.with_name(self._path.name + ".piece")
        self._waiting: npt.NDArray[np.uint8] | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> ShotWriter:
        self._file = open(self._path, "wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            if kind is None and self._waiting is not None and len(self._waiting):
                raise ValueError(
                    "`shots` must be a multiple of 64 in the format ptb64, but "
                    f"{len(self._waiting)} are left over; change the number of shots or use b8"
                )
        finally:
            self._file.close()
            self._piece.unlink(missing_ok=True)

    def write(self, bits: npt.NDArray[np.uint8] | npt.NDArray[np.bool_]) -> None:
        """Append shots.

        Args:
            bits: bool (shots, num_bits) or uint8 (shots, ceil(num_bits/8)), bit-packed little-endian.
        """
        assert self._file is not None, "a ShotWriter is used inside its with block"
        packed = _packed(bits, self._num_bits)
        if self._format == "ptb64":  # its groups of 64 shots may straddle batches
            if self._waiting is not None:
                packed = np.concatenate([self._waiting, packed])
            whole = len(packed) // 64 * 64
            packed, self._waiting = packed[:whole], packed[whole:].copy()
        if not len(packed):
            return
        self._file.write(packed.tobytes() if self._format == "b8" else self._formatted(packed))

    def _formatted(self, packed: npt.NDArray[np.uint8]) -> bytes:
        options = {"path": str(self._piece), "format": self._format, f"num_{self._kind}": self._num_bits}
        stim.write_shot_data_file(data=packed, **options)
        try:
            complete = np.array_equal(stim.read_shot_data_file(bit_packed=True, **options), packed)
        except ValueError:
            complete = False
        if not complete:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        return self._piece.read_bytes()


def _packed(bits: npt.NDArray[np.uint8] | npt.NDArray[np.bool_], num_bits: int) -> npt.NDArray[np.uint8]:
    width = num_bits if bits.dtype == np.bool_ else (num_bits + 7) // 8
    if bits.dtype not in (np.dtype(np.bool_), np.dtype(np.uint8)) or bits.ndim != 2 or bits.shape[1] != width:
        raise ValueError(
            f"`bits` must be bool (shots, {num_bits}) or uint8 (shots, {(num_bits + 7) // 8}), but is {bits.dtype} "
            f"{bits.shape}; give one row a shot"
        )
    if bits.dtype == np.bool_:
        return np.packbits(bits, axis=1, bitorder="little")
    return np.ascontiguousarray(bits, dtype=np.uint8)
