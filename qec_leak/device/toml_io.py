"""Device tables as TOML text: parsing with one-line errors, and lossless writing."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping

import tomli_w

from qec_leak._limits import MAX_TEXT_BYTES, read_limited
from qec_leak.device.tables import Table


def read_text(path: str | os.PathLike[str]) -> str:
    """The file's text. Raises ValueError naming the file if it cannot be read."""
    try:
        return read_limited(path, MAX_TEXT_BYTES).decode("utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(f"{os.fspath(path)}: cannot be read ({reason}); give the path of a device file") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{os.fspath(path)}: is not UTF-8 text (byte {error.start}); give a TOML file") from None


def parse(text: str) -> Table:
    """The table of a TOML text. Raises ValueError with line and column."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not valid TOML: {error}; correct that line") from None
    except RecursionError:
        raise ValueError("is not valid TOML: too many nested values; write plain ones") from None


def format_table(table: Mapping[str, object]) -> str:
    """TOML text of a device's table: floats by repr, so that reading it back gives the same bits."""
    return tomli_w.dumps(table)
