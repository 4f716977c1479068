"""docs/engine.md has the rules that sources cite, and names files and functions that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "engine.md").read_text()
RULES = [int(number) for number in re.findall(r"^\*\*(\d+)\. ", TEXT, re.MULTILINE)]


def test_rules_are_numbered_from_one() -> None:
    assert list(range(1, len(RULES) + 1)) == RULES and len(RULES) > 5


def test_cited_rules_exist() -> None:
    sources = [*(ROOT / "qec_leak").rglob("*.py"), *(ROOT / "docs").glob("*.md")]
    cited = [int(n) for path in sources for n in re.findall(r"\brule\s+(\d+)", path.read_text())]
    assert len(cited) > 5 and set(cited) <= set(RULES)


def test_files_exist() -> None:
    table = TEXT[TEXT.index("## Where it is") :]
    for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        folder = Path()
        for name in re.findall(r"`(.*?)`", row):
            folder = Path(name).parent if "/" in name else folder
            found = list((ROOT / "qec_leak").glob(name if "/" in name else str(folder / name)))
            assert found, name


def test_the_glossary_is_in_order() -> None:
    glossary = TEXT[TEXT.index("## Glossary") : TEXT.index("## Where it is")]
    words = re.findall(r"^\| ([a-z ]+) \|", glossary, re.MULTILINE)[1:]
    assert len(words) > 20 and words == sorted(words)
