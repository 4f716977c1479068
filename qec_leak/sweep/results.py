"""The results file: a CSV file of sinter. One run at a time writes to it, line by line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from qec_leak.sweep import lock
from qec_leak.sweep.point import SAMPLED_BY
from qec_leak.sweep.rows import COLUMNS, HEADER, Row, parse_row


@dataclass(frozen=True)
class Contents:
    """What a results file holds.

    rows: its rows.
    whole_bytes: how many bytes are whole lines; what follows is the torn end of a run that was killed.
    ends_open: the last whole line has no line break.
    torn_line: number of the torn line, or None.
    """

    rows: tuple[Row, ...]
    whole_bytes: int
    ends_open: bool = False
    torn_line: int | None = None


def read_results(path: str | os.PathLike[str]) -> tuple[Row, ...]:
    """The rows of a results file, also while a run writes to it. An incomplete last line is left out.

    Args:
        path: the file.

    Returns:
        The rows.

    Raises:
        ValueError: a row cannot be read; the message names file and line.
        OSError: the file cannot be read.

    Examples:
        >>> import tempfile
        >>> from qec_leak.sweep import collect, parse_sweep
        >>> sweep = parse_sweep('''
        ... [circuit]
        ... distance = 3
        ... rounds = 2
        ... [device]
        ... preset = "miao2023"
        ... [axes]
        ... "circuit.strategy" = ["MLR", "DQLR"]
        ... [stop]
        ... max_shots = 200
        ... ''')
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = collect(sweep, out=f"{folder}/results.csv")
        ...     rows = read_results(f"{folder}/results.csv")
        >>> len(rows)
        2
    """
    return parse_contents(Path(path).read_bytes(), os.fspath(path)).rows


def parse_contents(data: bytes, name: str) -> Contents:
    """Read the bytes of a results file; ``name`` is what errors call it."""
    lines = data.split(b"\n")
    last = lines.pop()  # empty if the file ends with a line break
    if not lines:
        if HEADER.encode().startswith(last.rstrip(b"\r")):
            return Contents((), 0)  # empty, or killed while the first line was written
        lines, last = [last], b""
    _check_header(lines[0], name)
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            rows.append(_parse(line, number, name))
    whole = len(data) - len(last)
    if not last.strip():
        return Contents(tuple(rows), whole, ends_open=not data[:whole].endswith(b"\n"))
    number = len(lines) + 1
    try:
        row = _parse(last, number, name)
    except ValueError:
        return Contents(tuple(rows), whole, torn_line=number)
    if row.stats.decoder.startswith(SAMPLED_BY) and not row.blocks:  # the end of it is missing
        return Contents(tuple(rows), whole, torn_line=number)
    return Contents((*rows, row), len(data), ends_open=True)


def _check_header(line: bytes, name: str) -> None:
    columns = tuple(part.strip() for part in line.decode("utf-8", "replace").split(","))
    if columns not in (COLUMNS, COLUMNS[:-1]):
        raise ValueError(
            f"{name} line 1: the columns must be {','.join(COLUMNS)}, but are {','.join(columns)[:80]!r}; "
            "give a file of a sweep or of sinter"
        )


def _parse(line: bytes, number: int, name: str) -> Row:
    try:
        return parse_row(line.decode("utf-8").rstrip("\r"), number)
    except UnicodeDecodeError:
        raise ValueError(f"{name} line {number}: it must be UTF-8 text, but is not; correct or delete it") from None
    except ValueError as error:
        raise ValueError(f"{name} line {number}: {error}; correct or delete the line") from None


def is_being_written(path: str | os.PathLike[str]) -> bool:
    """True while a run has the file open for writing."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not lock.try_lock(descriptor)
    finally:
        os.close(descriptor)


class ResultsFile:
    """A results file that this process writes to; nobody else can until it is closed.

    Use as a context manager. ``rows`` are those that were there.
    """

    def __init__(self, path: str | os.PathLike[str], *, note: Callable[[str], object]) -> None:
        """Open or make the file and its folder, lock it, and read it; the torn end of a killed run is dropped.

        Args: note: called with a line about what was found.
        Raises ValueError for a file that does not parse, or that another run writes to; OSError where it cannot be
        opened or written. Then nothing in it is changed.
        """
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            self._lock()
            self.rows = self._read(note)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> ResultsFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, line: str) -> None:
        """Write one line. If the disk takes only a part of it, that part is taken back before OSError is raised."""
        self._append(line.encode() + b"\n")

    def close(self) -> None:
        """Flush to the disk, unlock, close."""
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def _lock(self) -> None:
        if not lock.try_lock(self._descriptor):
            raise ValueError(
                f"{self.path}: it must be written by one run at a time, but another one is writing; wait for it, "
                "or choose another --out"
            )

    def _read(self, note: Callable[[str], object]) -> tuple[Row, ...]:
        contents = parse_contents(self.path.read_bytes(), str(self.path))
        if contents.torn_line is not None:
            note(
                f"{self.path} line {contents.torn_line}: incomplete, since a run was killed; it is dropped and its "
                "block run again"
            )
        self._size = contents.whole_bytes
        os.ftruncate(self._descriptor, self._size)
        if not self._size:
            self._append(HEADER.encode() + b"\n")
        elif contents.ends_open:
            self._append(b"\n")
        return contents.rows

    def _append(self, data: bytes) -> None:
        try:
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            os.ftruncate(self._descriptor, self._size)
            error.filename = str(self.path)
            raise
        self._size += len(data)
