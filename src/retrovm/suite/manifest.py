"""`suite.toml`: a folder of ROMs and what is expected of each.

    [suite]
    title = "The monitor"
    licence = "MIT"

    [[test]]
    name = "the banner appears"
    rom = "monitor.bin"
    machine = "sbc6502"                     # optional: detection otherwise
    options = { org = 0x0400 }              # of the machine
    symbols = "monitor.lbl"                 # optional: names for addresses
    limit = { cycles = 3_000_000 }          # or { frames = 60 }
    poke = [ { at = 0x01FF, bytes = "01" } ]
    input = [ { cycle = 500_000, serial = "1000: A9 01\\r" }, { frame = 30, press = "5" }, { frame = 35, release = "5" } ]
    judge = "serial"                        # and the keys of that judge: see retrovm.suite.judges
    text = "OK"
    known_failure = "reason"                # it has to fail, then

`poke` happens after loading, before the first instruction. An input happens as soon as so many cycles have
passed or so many frames are finished. What is wrong with a manifest raises `ManifestError` with file, line,
column and key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from retrovm import toml_keys as is_
from retrovm.errors import ManifestError
from retrovm.suite import judges
from retrovm.suite.judges import Judge
from retrovm.suite.task import Task
from retrovm.toml_keys import Document, Keys

NAME = "suite.toml"


@dataclass(frozen=True)
class Test:
    """One `[[test]]`."""

    __test__ = False                                # pytest takes classes of this name for tests of its own

    name: str
    judge: Judge
    known_failure: str | None


@dataclass(frozen=True)
class Suite:
    """A manifest. `roms` are the SHA-1 of its programs by their names, where it says by which they are known."""

    file: Path
    title: str
    licence: str | None
    tests: tuple[Test, ...]
    roms: Mapping[str, str] = field(default_factory=dict)

    def tasks(self) -> Iterator[Task]:
        """What there is to run, in the order of the manifest."""
        for test in self.tests:
            yield from test.judge.tasks(str(self.file), test.name, test.known_failure)


def load(file: Path) -> Suite:
    """Reads a manifest. Raises `ManifestError`."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ManifestError(f"{file}: cannot be read: {error.strerror}") from None
    return parse(file, content)


def parse(file: Path, content: bytes) -> Suite:
    """Reads the content of a manifest; `file` is where it comes from. Raises `ManifestError`."""
    keys = Keys(Document(file, content))
    head = keys.table("suite")
    assert head is not None
    title = head.take("title", is_.sentence)
    licence = head.take("licence", is_.sentence, None)
    named = head.table("roms", required=False)
    roms = {} if named is None else {name: named.take(name, is_.sha1) for name in named.values}
    head.finish()
    tests: dict[str, Test] = {}
    for one in keys.tables("test", required=True):
        test = parse_test(one)
        if test.name in tests:
            one.fail("name", f"another test is called {test.name!r}; names in a manifest differ")
        tests[test.name] = test
    if not tests:
        keys.fail("test", "the list is empty; a manifest has at least one [[test]]")
    keys.finish()
    return Suite(file, title, licence, tuple(tests.values()), roms)


def parse_test(keys: Keys) -> Test:
    name = keys.take("name", is_.sentence)
    known_failure = keys.take("known_failure", is_.sentence, None)
    judge = keys.take("judge", judges.find).parse(keys)
    keys.finish()
    return Test(name, judge, known_failure)
