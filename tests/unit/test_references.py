"""docs/references.md has every key that the code cites, and no other.

A citation is a list after "Source:", "Sources:" or "references.md:", in ext/, src/ or roms/: keys between commas or
semicolons, each with a passage in quotes or parentheses behind it if need be. The list ends at a full stop, or where
something stands that is no key.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = re.compile(r"(?:\bSources?: +)?(?:docs/)?references\.md: +(?=[a-z0-9])|\bSources?: +(?=[a-z0-9])")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def cited_in(text):
    """The keys that a text cites."""
    found = set()
    for start in START.finditer(text):
        passage = re.split(r'\n\s*\n|"""', text[start.end():])[0]
        passage = re.sub(r'"[^"]*"', "", re.sub(r"\n[ #*]*", " ", passage))
        while passage != (passage := re.sub(r"\([^()]*\)", "", passage)):
            pass
        for chunk in re.split(r"[,;]", re.split(r"\)|\.(?:\s|$)", passage)[0]):
            words = [word for word in chunk.split() if word != "and"]
            if not words:
                continue
            if len(words) > 1 or not KEY.fullmatch(words[0]):
                break
            found.add(words[0])
    return found


def cited():
    """{key: one of the files that cite it}."""
    found = {}
    for folder in ("ext", "src", "roms"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".pyx", ".pxd", ".pxi", ".h", ".s", ".inc", ".8o") and path.is_file():
                for key in cited_in(path.read_text(encoding="utf-8")):
                    found.setdefault(key, path.relative_to(ROOT).as_posix())
    return found


def known():
    return set(re.findall(r"^### (\S+)$", (ROOT / "docs" / "references.md").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_key_that_the_code_cites_is_in_the_references():
    assert {key: file for key, file in cited().items() if key not in known()} == {}


def test_every_key_of_the_references_is_cited_by_the_code():
    assert known() - set(cited()) == set()


def test_a_citation_is_read_with_its_passages_and_ends_where_prose_begins():
    text = 'Sources: mos6551, "Pins" and "Reset" (values,\nbits); r6551, "Operation"\n(send (all)).\n'
    assert cited_in(text) == {"mos6551", "r6551"}
    assert cited_in("(docs/references.md: 64doc, png; the first is old: issue 1), and so on") == {"64doc", "png"}
    assert cited_in("class Source:\n    pass") == set()
