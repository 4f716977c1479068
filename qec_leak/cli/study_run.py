"""How commands run studies: on threads, with a bar of shots, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qec_leak.studies import Run


@contextlib.contextmanager
def study_run(threads: int | None, name: str = "") -> Iterator[tuple[Run, Callable[[str], None]]]:
    """A ``Run`` on so many threads (None: one a core) that shows a bar while it lasts, and what renames the bar."""
    from tqdm import tqdm

    from qec_leak.cli.errors import check_interrupted
    from qec_leak.studies import Run

    with tqdm(desc=name or None, unit=" shots", unit_scale=True, leave=False, disable=None) as bar:

        def progress(shots: int) -> None:
            bar.update(shots)
            check_interrupted()

        yield Run(threads=threads or os.cpu_count() or 1, progress=progress), bar.set_description
