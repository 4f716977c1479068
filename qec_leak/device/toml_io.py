"""Device tables as TOML text: parsing with one-line errors, and lossless writing."""

from __future__ import annotations

import json
import math
import os
import tomllib
from collections.abc import Mapping

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
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            _sections((key,), value, lines)
    return "\n".join(lines) + "\n"


def _sections(path: tuple[str, ...], table: Mapping[str, object], lines: list[str]) -> None:
    values = {k: v for k, v in table.items() if not isinstance(v, Mapping)}
    if values:
        lines += ["", f"[{'.'.join(_key(step) for step in path)}]"]
        lines += [f"{_key(k)} = {_value(v)}" for k, v in values.items()]
    for key, value in table.items():
        if isinstance(value, Mapping):
            _sections((*path, key), value, lines)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").isalnum()
    return key if bare else _value(key)


def _value(value: object) -> str:
    if isinstance(value, str):
        # JSON strings are TOML basic strings, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    assert isinstance(value, float)
    return "inf" if math.isinf(value) else repr(value)
