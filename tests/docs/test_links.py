"""Links lead somewhere in the repository, as its files are shown there; addresses on the web are well formed.

Every Markdown file, the text of notebooks, and docstrings are looked through. Links between pages of the site are also
checked by `make docs`. Nothing is fetched.
"""

import ast
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (".github", "benchmarks", "docs", "experiments", "notebooks", "packaging", "qec_leak", "tests")
"""Folders of the repository; others, such as environments and the built site, are not part of it."""

FENCED = re.compile(r"^( *)(```+|~~~+).*?^\1\2", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)\s>]*)>?(?:\s+[\"'][^)]*)?\)|^ *\[[^\]]+\]:\s+<?(\S+?)>?\s*$", re.MULTILINE)
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]*)\"")
HEADING = re.compile(r"^#{1,6} +(.*?)#*\s*$", re.MULTILINE)
ANCHOR = re.compile(r"<\w+\b[^>]*?\b(?:id|name)=\"([^\"]+)\"|\{[^}\n]*#([\w-]+)[^}\n]*\}\s*$", re.MULTILINE)
NAMED = re.compile(rf"(?<![\w./*-])(?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*\w")
"""How text names a file of the repository. Names in capitals stand for others."""

ADDRESS = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`|\\]*[^\s<>\"'`|\\.,;:!?)\]}]")
HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
ARXIV = re.compile(r"\barxiv(?:\.org/(?:abs|pdf)/|:\s*)([\w./-]*\w)?", re.IGNORECASE)
ARXIV_ID = re.compile(
    r"""(?:(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5}                # since 2015
    |(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}                       # 2007 to 2014
    |[a-z-]+(?:\.[A-Z]{2})?/(?:9[1-9]|0[0-7])(?:0[1-9]|1[0-2])\d{3}  # before
    )(?:v\d+)?""",
    re.VERBOSE,
)
DOI = re.compile(r"\bdoi(?:\.org/|:\s*)(\S*\w)?", re.IGNORECASE)
DOI_NAME = re.compile(r"10\.\d{4,9}/\S+")


def files(*suffixes):
    """Files of the repository with these suffixes."""
    own = [path for path in ROOT.iterdir() if path.is_file()]
    below = [path for name in FOLDERS for path in (ROOT / name).rglob("*")]
    return sorted(p for p in (*own, *below) if p.suffix in suffixes and "__pycache__" not in p.parts)


def docstrings(path):
    """Docstrings of a module and of all in it, and the texts that stand below constants."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
    return "\n\n".join(constant.value for constant in texts if isinstance(constant.value, str))


def prose(path):
    """What a reader sees of a file."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return docstrings(path) if path.suffix == ".py" else path.read_text(encoding="utf-8")


def without_code(text):
    return CODE.sub("", FENCED.sub("", text))


def anchors(text):
    """Anchors of a page as GitHub makes them: of headings, and those written into it."""
    text, seen, out = FENCED.sub("", text), {}, set()
    for heading in HEADING.findall(text):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"\{[^}]*\}$", "", heading).strip())
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
        out.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
    return out | {name for pair in ANCHOR.findall(text) for name in pair if name}


def broken(text, folder):
    """Relative links of a text in ``folder`` that lead nowhere, or out of the repository."""
    out = []
    plain = without_code(text)
    for link in [a or b for a, b in LINK.findall(plain)] + HTML_LINK.findall(plain):
        if re.match(r"[a-zA-Z][\w+.-]*:", link):
            continue
        name, _, anchor = link.partition("#")
        path = (folder / name).resolve() if name else None
        if not link or (path and not (path.exists() and path.is_relative_to(ROOT))):
            out.append(link)
        elif anchor and (path is None or path.suffix in (".md", ".ipynb")):
            if anchor not in anchors(prose(path) if path else text):
                out.append(link)
        elif anchor:
            out.append(link)
    return out


def missing(text):
    """Files of the repository that a text names and that are not there."""
    names = {name for name in NAMED.findall(FENCED.sub("", text)) if not re.search(r"[A-Z]{3,}", Path(name).stem)}
    return sorted(name for name in names if not any(ROOT.glob(name)))


def malformed(text):
    """Addresses, arXiv ids and DOIs of a text that are not written as they should be."""
    out = [url for url in ADDRESS.findall(text) if not _is_https(url)]
    out += [match[0] for match in ARXIV.finditer(text) if not ARXIV_ID.fullmatch(match[1] or "")]
    return out + [match[0] for match in DOI.finditer(text) if not DOI_NAME.fullmatch(match[1] or "")]


def _is_https(url):
    parts = urlsplit(url)
    return parts.scheme == "https" and HOST.fullmatch(parts.netloc) is not None and "//" not in parts.path


def id_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files(".md", ".ipynb"), ids=id_of)
def test_links_lead_somewhere(path):
    assert broken(prose(path), path.parent) == []


@pytest.mark.parametrize("path", files(".md", ".ipynb"), ids=id_of)
def test_files_that_pages_name_exist(path):
    assert path.name == "CHANGELOG.md" or missing(prose(path)) == []  # a changelog names files of its time


def test_files_that_docstrings_name_exist():
    named = {id_of(path): missing(docstrings(path)) for path in files(".py")}
    assert {path: names for path, names in named.items() if names} == {}


def test_addresses_are_well_formed():
    texts = {path: prose(path) for path in files(".md", ".ipynb", ".py")}
    texts |= {path: path.read_text(encoding="utf-8") for path in files(".toml", ".yml", ".yaml", ".cff")}
    found = {id_of(path): malformed(text) for path, text in texts.items()}
    assert {path: addresses for path, addresses in found.items() if addresses} == {}


@pytest.mark.parametrize(
    "link",
    [
        "[a](docs/nowhere.md)",
        "[a](docs/model.md#nothing)",
        "[a](#no)",
        "[a]()",
        "[a](../outside.md)",
        "![a](docs/nothing.png)",
        "[a]: docs/nowhere.md",
        '<img src="docs/nothing.png">',
        "[a](docs/leakage.png#no)",
    ],
)
def test_a_broken_link_is_found(link):
    assert len(broken(f"# Yes\n\nText.\n\n{link}\n", ROOT)) == 1


def test_right_links_are_left_alone():
    text = (
        "# The `a` of\n# The `a` of\n[a](#the-a-of) [a](#the-a-of-1) [b](docs/model.md#limits) [c](docs) "
        '[d](https://x.y/z) `[e](x)` ![f](docs/leakage.png "title")\n```\n[g](y)\n# h\n```\n<a id="i"></a> [j](#i)\n'
    )
    assert broken(text, ROOT) == []


def test_a_missing_file_is_found():
    assert missing("docs/model.md, qec_leak/nothing.py, `tests/*/test_links.py`, experiments/fit_NAME.py") == [
        "qec_leak/nothing.py"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "http://arxiv.org/abs/2211.04728",
        "https://localhost/x",
        "https://x.y.z//w",
        "ftp://x.org/y",
        "arXiv:2213.04728",
        "arXiv: 2211.0472",
        "arXiv:0813.1234",
        "(arXiv:quant-ph/00010)",
        "https://arxiv.org/abs/2211.04728x",
        "doi:11.1038/x",
    ],
)
def test_a_malformed_address_is_found(text):
    assert len(malformed(f"See {text}, and more.")) == 1


def test_right_addresses_are_left_alone():
    text = (
        "<https://arxiv.org/abs/2211.04728v2>, (https://github.com/a/b). arXiv:1704.03081; arXiv:0811.1234, "
        "arXiv:quant-ph/0001045, doi:10.1038/s41567-023-02226-w."
    )
    assert malformed(text) == []
