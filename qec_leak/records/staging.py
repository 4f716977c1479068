"""A folder whose files appear only when all of them are complete."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

STAGING_PREFIX = ".partial-"


class StagedFolder:
    """Write files under temporary names and move them into ``target`` together.

    Use it as a context manager. Files are written to ``path(name)``, in a hidden folder ``.partial-...`` inside
    ``target``, so that moving them is a rename. ``commit(last=...)`` moves them to ``target``, the file ``last`` after
    all others. A folder that holds this file is therefore complete. If the block is left without a commit, by an
    exception or Ctrl-C, everything that was made is removed, folders included.

    Args:
        target: folder in which the files will appear. It is made if it does not exist.
        reserve_bytes: claimed on the disk until the first ``release_reserve`` or ``commit``. A full disk or a quota is
            then noticed before hours of sampling.

    Examples:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as out:
        ...     with StagedFolder(pathlib.Path(out, "results")) as folder:
        ...         folder.write_text("numbers.txt", "1 2 3")
        ...         paths = folder.commit(last="numbers.txt")
        ...     [path.name for path in paths]
        ['numbers.txt']
    """

    def __init__(self, target: str | os.PathLike[str], *, reserve_bytes: int = 0) -> None:
        """See the class."""
        self.target = Path(target)
        self._reserve_bytes = reserve_bytes
        self._made: list[Path] = []
        self._staging: Path | None = None

    def __enter__(self) -> StagedFolder:
        try:
            self._make_target()
            self._staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=self.target))
            self._reserve()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            self._name_target(error)
        self._clean()

    def path(self, name: str) -> Path:
        """Where to write the file that will be ``target/name``.

        Args:
            name: its name, which may hold folders; they are made.

        Returns:
            The path under which to write it.
        """
        path = self._files() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write_text(self, name: str, text: str) -> None:
        """Write one UTF-8 text file.

        Args:
            name: its name below ``target``.
            text: what to write.
        """
        self.path(name).write_text(text, encoding="utf-8")

    def release_reserve(self) -> None:
        """Give the claimed bytes back; call before writing the files they were claimed for."""
        if self._staging is not None:
            (self._staging / "reserve").unlink(missing_ok=True)

    def commit(self, *, last: str, obsolete: Iterable[str] = ()) -> list[Path]:
        """Move all files to ``target``, ``last`` after the others, replacing files of the same names.

        An earlier ``last`` is removed first, so that a folder that holds this file never mixes old and new files.

        Args:
            last: the file that says "complete".
            obsolete: names that are removed from ``target`` if an earlier commit left them there and this one does not
                write them.

        Returns:
            The final paths.
        """
        self.release_reserve()
        root = self._files()
        names = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
        assert last in names, f"{last} was not written"
        for name in names:
            _flush_to_disk(root / name)
        names.sort(key=lambda name: name == last)
        for name in (last, *obsolete):
            (self.target / name).unlink(missing_ok=True)
        for name in names:
            (self.target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(root / name, self.target / name)
        self._made.clear()
        return [self.target / name for name in names]

    def _make_target(self) -> None:
        folder = self.target
        missing: list[Path] = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._made.append(folder)
        if not self.target.is_dir():
            raise NotADirectoryError(20, "it is a file, not a folder", str(self.target))

    def _reserve(self) -> None:
        assert self._staging is not None
        if self._reserve_bytes:
            block = bytes(1 << 20)
            with open(self._staging / "reserve", "wb") as file:
                for start in range(0, self._reserve_bytes, len(block)):
                    file.write(block[: self._reserve_bytes - start])
                file.flush()
                os.fsync(file.fileno())

    def _name_target(self, error: OSError) -> None:
        """Make the error name the file that the user asked for instead of the temporary file."""
        named = Path(os.fspath(error.filename)) if isinstance(error.filename, (str, os.PathLike)) else self.target
        parts = [i for i, part in enumerate(named.parts) if part.startswith(STAGING_PREFIX)]
        below = named.parts[parts[0] + 2 :] if parts else ()  # after .partial-.../files
        if parts or error.filename is None:
            error.filename, error.filename2 = str(self.target.joinpath(*below)), None

    def _files(self) -> Path:
        assert self._staging is not None, "a StagedFolder is used inside its with block"
        return self._staging / "files"

    def _clean(self) -> None:
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging = None
        for folder in reversed(self._made):
            try:
                folder.rmdir()
            except OSError:  # somebody else put something there
                break
        self._made.clear()


def _flush_to_disk(path: Path) -> None:
    """fsync: some file systems report a full disk or quota only here."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
