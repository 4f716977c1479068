"""Files that README.md, CHANGELOG.md and CONTRIBUTING.md link to exist, with the headings that they name.

Links of the site's pages are checked by `make docs`.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def broken(text, folder):
    """Links of a Markdown text that lead nowhere in ``folder``."""
    out = []
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
        name, _, anchor = link.partition("#")
        if re.match(r"\w+:", link):
            continue
        path = folder / name if name else None
        if path and not path.exists():
            out.append(link)
        elif anchor:
            target = path.read_text(encoding="utf-8") if path else text
            headings = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in HEADING.findall(target)}
            if anchor not in headings:
                out.append(link)
    return out


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    assert broken((ROOT / name).read_text(encoding="utf-8"), ROOT) == []


def test_a_broken_link_is_found():
    text = "[a](docs/nowhere.md) [b](docs/model.md#nothing) [c](#no) [d](docs/model.md) `[e](x)` [f](https://x.y/z)\n"
    assert broken(text, ROOT) == ["docs/nowhere.md", "docs/model.md#nothing", "#no"]
