"""What MkDocs does beside its own work: generated reference pages, files from outside of docs/, links in docstrings.

mkdocs.yml names this file. Nothing generated is kept in the repository. Pages link to the source of a generated page,
so that the link also works where the repository is shown; here the link is turned to the page itself.
"""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # the package that is documented is the one beside these pages

import commands  # noqa: E402  # MkDocs puts this folder on the path
import device_file  # noqa: E402
import python_names  # noqa: E402
from address import address, with_address  # noqa: E402

GENERATED = {
    "reference/commands.md": commands.page,
    "reference/device-file.md": device_file.page,
    **python_names.pages(),
}
"""Pages by their place below docs/, and what writes each."""

PAGE_OF_SOURCE = {
    "CHANGELOG.md": "changelog.md",
    "qec_leak/__init__.py": "reference/qec_leak.md",
    "qec_leak/cli": "reference/commands.md",
    "qec_leak/device/transmon.py": "reference/device-file.md",
    **{f"qec_leak/cli/{name}.py": f"reference/commands.md#{name}" for name in commands.cli.commands},
    **{python_names.source(name): f"reference/{name}.md" for name in python_names.PACKAGES},
}
"""Generated pages, by the place in the repository that links of pages name in their stead."""

TO_SOURCE = re.compile(r"\]\(((?:\.\./)+(?:qec_leak/[\w/.]+|CHANGELOG\.md))\)")
"""Such links."""

OUTSIDE = re.compile(r"\]\((?:\.\./)((?:notebooks|benchmarks)/[\w./-]+)\)")
"""Links of pages in docs/ to files beside docs/, which the site holds too."""

IN_DOCSTRING = re.compile(r"\bdocs/([\w/-]+\.md)\b")
"""How docstrings name a page."""

README_EXAMPLE = re.compile("^.*<!-- example of README.md: .* -->$", re.MULTILINE)
EXAMPLE = re.compile(r"<!-- example: .*? -->\n(```python\n.*?```\n```text\n.*?```)", re.DOTALL)

TOKENS = re.compile(r"<pre.*?</pre>|<a\b.*?</a>|<[^>]+>|[^<]+", re.DOTALL)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Every page links to the repository, once it has an address."""
    if known := address():
        config.repo_url, config.repo_name = known, known.rpartition("/")[2]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, CHANGELOG.md, and what pages link to outside of docs/."""
    for place, write in GENERATED.items():
        files.append(File.generated(config, place, content=write()))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "changelog.md", content=changelog))
    linked = {
        place for path in Path(config.docs_dir).glob("*.md") for place in OUTSIDE.findall(path.read_text("utf-8"))
    }
    for place in sorted(linked):
        files.append(File.generated(config, place, abs_src_path=str(ROOT / place)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links to files beside docs/ lead to where the site has them; the first page shows the README's example."""
    if README_EXAMPLE.search(markdown):
        example = EXAMPLE.search((ROOT / "README.md").read_text(encoding="utf-8"))
        assert example, "README.md has lost its example"
        markdown = README_EXAMPLE.sub(lambda _: example[1], markdown)
    if page.file.src_dir != config.docs_dir:
        return markdown
    markdown = with_address(markdown, address())
    return OUTSIDE.sub(r"](\1)", TO_SOURCE.sub(lambda link: f"]({_generated(link[1], page.file.src_uri)})", markdown))


def _generated(link: str, src_uri: str) -> str:
    """The link from a page to a generated page; ``link`` leads to its source, or to nothing that the site has."""
    folder = posixpath.dirname(src_uri)
    target = PAGE_OF_SOURCE.get(posixpath.normpath(posixpath.join("docs", folder, link)))
    return posixpath.relpath(target, folder or ".") if target else link


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Pages that the text names as docs/NAME.md become links."""

    def link(match: re.Match[str]) -> str:
        target = files.get_file_from_path(match[1])
        return f'<a href="{target.url_relative_to(page.file)}">{match[0]}</a>' if target else match[0]

    def linked(token: re.Match[str]) -> str:
        return token[0] if token[0].startswith("<") else IN_DOCSTRING.sub(link, token[0])

    return TOKENS.sub(linked, html)
