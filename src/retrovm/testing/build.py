"""Sources to programs, by the user's own assembler or by retrovm's, and what was assembled is kept by its content.

    tool      runs                                               for
    ca65      ca65 -g for each source, then ld65                 sources with a linker config
    64tass    64tass --cbm-prg                                   one source
    acme      acme --format cbm                                  one source
    octo      octo, the command line of Octo                     one source of a CHIP-8 program
    retrovm   nothing: retrovm.isa assembles                     one source, .8o for Octo's language, any other for a 6502

Without a tool, sources with a config are for ca65, a single one is for retrovm's own assembler.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from retrovm.errors import ArgumentError, RetroVMError
from retrovm.spec import nearest
from retrovm.symbols import Symbols
from retrovm.testing.listings import acme_lines, tass_lines
from retrovm.testing.program import GuestProgram, of_assembled, of_ca65, of_octo

FORMAT = "2"
"""Changes with what is kept of a build."""

PROGRAM, LABELS, DEBUG, LISTING = "program.bin", "program.labels", "program.dbg", "program.list"

NAMED = re.compile(rb"[\"'<]([^\"'<>\r\n]{1,255})[\"'>]")
"""What may be the name of a file that a source includes."""


class BuildError(RetroVMError):
    """A program cannot be built. Says the command, and what the assembler said about which line."""


@dataclass(frozen=True)
class Order:
    """What is to be built: absolute paths."""

    root: Path
    sources: tuple[Path, ...]
    config: Path | None
    include: tuple[Path, ...]
    define: Mapping[str, int | str]
    flags: tuple[str, ...]
    depends: tuple[Path, ...]

    def files(self) -> list[Path]:
        """All that it is built of: its files, and those that are named in them and are there, by how far that goes.

        Every quoted text counts that is the name of a file, beside the source, below `include` or the root. So too much may
        be found, which builds once more than needed, but not too little, unless a macro makes the name: for that is `depends`.
        """
        found: dict[Path, None] = {}
        waiting = [*self.sources, *([self.config] if self.config else []), *self.depends]
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            found[path] = None
            for name in NAMED.findall(content(path)):
                for folder in (path.parent, *self.include, self.root):
                    try:
                        near = folder / name.decode()
                        if near.is_file():
                            waiting.append(near.resolve())
                    except (ValueError, OSError):            # no name that this system could have for a file
                        continue
        return sorted(found)


Tool = Callable[[Order, Path], None]
"""Builds into a folder: PROGRAM, and DEBUG, or LABELS and LISTING."""


class Builder:
    """Assembles programs, and keeps them below `cache` if it is given.

    Parameters
        root   the folder from which relative paths count
        cache  a folder for what was built; several processes may use it at once
    """

    def __init__(self, root: str | Path = ".", cache: str | Path | None = None) -> None:
        self.root = Path(root).resolve()
        self.cache = None if cache is None else Path(cache).resolve()

    def __call__(self, *sources: str | Path, tool: str | None = None, config: str | Path | None = None,
                 include: Iterable[str | Path] = (), define: Mapping[str, int | str] | None = None, flags: Iterable[str] = (),
                 depends: Iterable[str | Path] = (), origin: int | None = None, model: str | None = None) -> GuestProgram:
        """Assembles sources.

        Parameters
            sources  paths or patterns (`src/*.s`)
            tool     ca65, 64tass, acme, octo or retrovm
            config   of ld65
            include  folders where included files are
            define   symbols for the assembler
            flags    more options for it: `["--cpu", "65c02"]`
            depends  files that a source includes under a name that it does not have as a text
            origin   where the program begins, model: whose instructions, for retrovm's own assembler; others say so themselves
        Raises `BuildError`, with what the assembler said.
        """
        paths = [path for name in sources for path in self._found(name)]
        if tool is None:
            tool = "ca65" if config is not None else "retrovm"
        if tool != "retrovm" and tool not in TOOLS:
            raise ArgumentError(f"there is no assembler {tool!r} here{nearest(tool, dict.fromkeys([*TOOLS, 'retrovm']))}")
        if not paths or (tool != "ca65" and len(paths) != 1):
            raise ArgumentError(f"{tool} takes {'sources' if tool == 'ca65' else 'one source'}, not {len(paths)}")
        if (tool == "ca65") != (config is not None):
            raise ArgumentError("ca65 takes the config of ld65, as config=, and others take none")
        order = Order(self.root, tuple(paths), None if config is None else self._found(config)[0],
                      tuple(self.root / each for each in include), dict(define or {}), tuple(flags),
                      tuple(path for name in depends for path in self._found(name)))
        if tool == "retrovm":
            if order.include or order.define or order.flags:
                raise ArgumentError("retrovm's own assembler takes origin= and model=, and no include, define or flags")
            return assemble(paths[0].read_text(encoding="utf-8-sig"), str(paths[0]), origin, model)
        if origin is not None or model is not None:
            raise ArgumentError(f"origin and model are for retrovm's own assembler; sources for {tool} say it themselves")
        return self._kept(tool, order)

    def text(self, source: str, *, language: str = "6502", origin: int | None = None, model: str | None = None) -> GuestProgram:
        """Assembles a text by retrovm's own assembler: of `language` 6502, or octo."""
        if language not in ("6502", "octo"):
            raise ArgumentError(f"a language is 6502 or octo, not {language!r}")
        return assemble(source, "text.8o" if language == "octo" else "text.s", origin, model)

    def _found(self, name: str | Path) -> list[Path]:
        path = self.root / name
        if path.is_file():
            return [path.resolve()]
        found = sorted(each for each in self.root.glob(str(name)) if each.is_file()) if not Path(name).is_absolute() else []
        if not found:
            raise BuildError(f"there is no file {path}")
        return [each.resolve() for each in found]

    def _kept(self, tool: str, order: Order) -> GuestProgram:
        """The program from the cache; built anew where it is not in there."""
        if self.cache is None:
            with tempfile.TemporaryDirectory() as folder:
                TOOLS[tool](order, Path(folder))
                return replace(read(tool, order, Path(folder)), debug=None)
        self.cache.mkdir(parents=True, exist_ok=True)
        place = self.cache / key(tool, order)
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=self.cache) as folder:
                made = Path(folder) / "made"
                made.mkdir()
                TOOLS[tool](order, made)
                try:
                    made.rename(place)
                except OSError:
                    if not place.is_dir():               # else another process has built the same
                        raise
        return read(tool, order, place)


def key(tool: str, order: Order) -> str:
    """Says what a build depends on: the assembler, what it is told, and every file that it reads."""
    programs = []
    for command in COMMANDS[tool]:
        stat = Path(which(command)).stat()
        programs.append([command, stat.st_size, stat.st_mtime_ns])
    told = [FORMAT, tool, programs, [str(path) for path in order.sources], str(order.config), [str(path) for path in order.include],
            sorted((name, str(value)) for name, value in order.define.items()), order.flags]
    files = [[str(path), sha256(content(path)).hexdigest()] for path in order.files()]
    return sha256(json.dumps([told, files]).encode()).hexdigest()[:32]


def content(path: Path) -> bytes:
    """What a file holds. Raises `BuildError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BuildError(f"{path} cannot be read: {error.strerror}") from None


def read(tool: str, order: Order, folder: Path) -> GuestProgram:
    """The program that a tool has built into a folder."""
    data = (folder / PROGRAM).read_bytes()
    name = (order.config or order.sources[0]).with_suffix(".bin").name
    if tool == "ca65":
        return replace(of_ca65(data, folder / DEBUG), name=name)
    if tool == "octo":
        made = assemble(order.sources[0].read_text(encoding="utf-8-sig"), str(order.sources[0]), None, None)
        # The bytes are Octo's own; labels and lines hold for them if retrovm's assembler makes the same.
        return made if made.data == data else replace(made, data=data, lines={})
    symbols = Symbols()
    if (folder / LABELS).stat().st_size:                     # a source may have no label at all
        symbols.load(folder / LABELS)
    inside = range(first := int.from_bytes(data[:2], "little"), first + len(data) - 2)
    labels = {symbols[label]: label for label in symbols if symbols[label] in inside}
    lines_of = {"64tass": tass_lines, "acme": acme_lines}[tool]
    listing = (folder / LISTING).read_text(encoding="utf-8", errors="replace")
    lines = lines_of(listing, [order.root, order.sources[0].parent, *order.include])
    return GuestProgram(name, data[2:], first, symbols=symbols, labels=labels, lines=lines)


def assemble(text: str, path: str, origin: int | None, model: str | None) -> GuestProgram:
    """A program by retrovm's own assembler. Raises `BuildError`."""
    from retrovm.isa import mos6502_asm, octo
    from retrovm.isa.assembly import AssemblyError

    try:
        if Path(path).suffix.lower() == ".8o":
            program = octo.assemble(text, path, octo.ORIGIN if origin is None else origin, model)
            texts = {place.path: Path(place.path).read_text(encoding="utf-8-sig").split("\n") if place.path != path
                     else text.split("\n") for place in program.locations}
            return of_octo(Path(path).with_suffix(".ch8").name, program, texts)
        made = mos6502_asm.assemble(text, 0x0200 if origin is None else origin, model or "6502", path)
    except AssemblyError as error:
        raise BuildError(str(error)) from None
    return of_assembled(Path(path).with_suffix(".bin").name, made)


# --- the assemblers of others ------------------------------------------------------------------------------------

COMMANDS: dict[str, Sequence[str]] = {"ca65": ("ca65", "ld65"), "64tass": ("64tass",), "acme": ("acme",), "octo": ("octo",)}

WHENCE = {"ca65": "cc65: https://cc65.github.io, or apt install cc65", "ld65": "cc65: https://cc65.github.io, or apt install cc65",
          "64tass": "64tass: https://tass64.sourceforge.net, or apt install 64tass",
          "acme": "ACME: https://sourceforge.net/projects/acme-crossass, or apt install acme",
          "octo": "Octo: https://github.com/JohnEarnest/Octo; tool=\"retrovm\" assembles its language without it"}


def which(command: str) -> str:
    """Where the command is. Raises `BuildError`."""
    found = shutil.which(command)
    if found is None:
        raise BuildError(f"{command} is not on the PATH; it comes with {WHENCE[command]}")
    return found


def run(order: Order, *words: str | Path) -> None:
    """Runs a command. Raises `BuildError` with what it said."""
    command = [which(str(words[0])), *map(str, words[1:])]
    done = subprocess.run(command, cwd=order.root, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()) or f"exit status {done.returncode}, without a word"
        raise BuildError(f"{said}\n{' '.join(map(str, words))}")


def written(place: Path, why: str) -> None:
    """Raises `BuildError` where a tool has been content and has not written what it should."""
    if not place.is_file() or not place.stat().st_size:
        raise BuildError(f"the assembler has written no program; {why}")


def defined(order: Order, prefix: str) -> list[str]:
    return [word for name, value in order.define.items() for word in (prefix, f"{name}={value}")]


def included(order: Order) -> list[str]:
    return [word for folder in order.include for word in ("-I", str(folder))]


def ca65(order: Order, folder: Path) -> None:
    assert order.config is not None
    objects = []
    for number, source in enumerate(order.sources):
        objects.append(folder / f"{number}-{source.stem}.o")
        run(order, "ca65", "-g", *included(order), *defined(order, "-D"), *order.flags, source, "-o", objects[-1])
    run(order, "ld65", "-C", order.config, *objects, "-o", folder / PROGRAM, "--dbgfile", folder / DEBUG)
    written(folder / PROGRAM, f"a memory area of {order.config} needs file = %O, or no file, for the program")
    for each in objects:
        each.unlink()


def tass64(order: Order, folder: Path) -> None:
    run(order, "64tass", "--quiet", "--cbm-prg", *included(order), *defined(order, "-D"), *order.flags, order.sources[0],
        "-o", folder / PROGRAM, f"--labels={folder / LABELS}", f"--list={folder / LISTING}", "--no-monitor", "--tab-size=1")
    written(folder / PROGRAM, "the source makes no bytes")


def acme(order: Order, folder: Path) -> None:
    run(order, "acme", "--format", "cbm", *included(order), *(f"-D{name}={value}" for name, value in order.define.items()),
        *order.flags, "--outfile", folder / PROGRAM, "--symbollist", folder / LABELS, "--report", folder / LISTING,
        order.sources[0])
    written(folder / PROGRAM, "the source makes no bytes")


def octo_cli(order: Order, folder: Path) -> None:
    if order.include or order.define:
        raise ArgumentError("octo takes neither include nor define")
    run(order, "octo", *order.flags, order.sources[0], folder / PROGRAM)
    written(folder / PROGRAM, "the source makes no bytes")


TOOLS: dict[str, Tool] = {"ca65": ca65, "64tass": tass64, "acme": acme, "octo": octo_cli}
