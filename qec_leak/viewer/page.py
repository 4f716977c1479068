"""The page: data, script and style in one HTML file."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class View:
    """A page. A notebook displays it.

    Attributes:
        html: the whole file.
        seed: of the shots.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     View("<!doctype html>", 1).write(f"{folder}/page.html").name
        'page.html'
    """

    html: str
    seed: int

    def __repr__(self) -> str:
        return f"View({len(self.html):,} characters of HTML; write(path) makes a file of it)"

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, which opens in a browser without a network.

        Args:
            path: the file, replaced if it exists.

        Returns:
            Its path.
        """
        out = Path(path)
        out.write_text(self.html, encoding="utf-8", newline="\n")
        return out

    def _repr_html_(self) -> str:
        page = html.escape(self.html, quote=True)
        return f'<iframe srcdoc="{page}" title="qec_leak viewer" style="width:100%;height:44rem;border:0"></iframe>'


def page_of(title: str, data: Mapping[str, Any], seed: int) -> View:
    """The page that shows ``data``, what ``view.py`` makes."""
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True)
    template = environment.from_string(_text("viewer.html.jinja"))
    safe = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")  # no tag can end the script element
    page = template.render(
        title=title, style=Markup(_text("viewer.css")), script=Markup(_text("viewer.js")), data=Markup(safe)
    )
    return View(f"{page}\n", seed)


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
