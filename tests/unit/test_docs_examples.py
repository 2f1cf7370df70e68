"""Every Python example of the README and of docs/ runs and prints what it shows.

A block of `pycon` is a doctest, one of `python` is executed, one of `toml` is a manifest, a machine file, or more chips for the
machine file above it. The blocks of a page share their names, from top to bottom.
"""

import doctest
import re
from pathlib import Path

import pytest

from retrovm.machines.machine_file.reading import read
from retrovm.suite import manifest
from retrovm.toml_keys import Document

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(python|pycon|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    text = page.read_text(encoding="utf-8")
    return [(found[1], found[2], text.count("\n", 0, found.start(2))) for found in BLOCK.finditer(text)]


WITH_EXAMPLES = [page for page in PAGES if blocks(page)]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_example_of_a_page_does_what_the_page_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said, machine = [], ""
    for kind, text, line in blocks(page):
        if kind == "toml" and text.startswith("[machine]"):
            machine = text
            read(Document(page, text.encode()))
        elif kind == "toml" and text.startswith("[[chip]]"):
            read(Document(page, f"{machine}\n{text}".encode()))
        elif kind == "toml":
            manifest.parse(page, text.encode())
        elif kind == "python":
            exec(compile("\n" * line + text, str(page), "exec"), names)
        else:
            test = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), line)
            runner.run(test, out=said.append, clear_globs=False)
            names = test.globs
    assert not runner.summarize(verbose=False).failed, "".join(said)


def test_the_pages_with_examples_are_found():
    assert {"README.md", "library.md", "getting-started.md"} <= {page.name for page in WITH_EXAMPLES}
