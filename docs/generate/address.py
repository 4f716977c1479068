"""The public address of the repository. pyproject.toml has it, as ``project.urls.Repository``, once there is one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

PLACEHOLDER = "REPOSITORY"
"""What pages write for the address, so that it is written once."""

EXPLAINED = re.compile(rf"^`{PLACEHOLDER}` is the address .*\n\n?", re.MULTILINE)
"""The line with which a page explains the placeholder."""


def address() -> str | None:
    """The address; None if there is none yet."""
    urls = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"].get("urls", {})
    return str(urls["Repository"]) if "Repository" in urls else None


def with_address(markdown: str, known: str | None) -> str:
    """A page with the address in place of its placeholder and without its explanation; as it is if none is known."""
    return EXPLAINED.sub("", markdown).replace(PLACEHOLDER, known) if known else markdown
