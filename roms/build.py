"""Rebuild every program below this folder from its source.

    python roms/build.py            write the binaries
    python roms/build.py --check    compare them with the committed ones; exit status 1 if any differs
    python roms/build.py sbc6502    only programs whose folder name contains the word

A program is a folder `roms/<machine>/<name>/` with a `src/`. What is in it says how to build it:

    <name>.cfg and src/*.s     6502: ca65 and ld65 of the cc65 package -> <name>.bin and its labels <name>.lbl; sources
                               may `.include` files beside the .cfg. Where src/base.txt names the folder of another
                               program's sources, those come too, but for those that have the name of one here
    src/main.8o                CHIP-8: the assembler of retrovm -> <name>.ch8; with a src/data.py, what its function
                               `blocks` gives is in it too: {address: bytes}, behind the assembled program

So adding a program is adding a folder.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

ROMS = Path(__file__).resolve().parent
ISA = ROMS.parent / "src" / "retrovm" / "isa"

CHIP8_START = 0x200

Outputs = dict[Path, bytes]


class BuildError(Exception):
    """A program cannot be built; the message says which, why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rebuild the bundled programs from their sources.")
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed binaries, write nothing"
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="only folders whose path contains a WORD")
    options = parser.parse_args(arguments)
    selected = [folder for folder in programs() if _selected(folder, options.words)]
    if not selected:
        print(
            f"no program matches {' '.join(options.words)}" if options.words else f"no program below {ROMS}"
        )
        return 1
    differing = 0
    for folder in selected:
        try:
            outputs = build(folder)
        except BuildError as error:
            print(f"{_name(folder)}: {error}", file=sys.stderr)
            return 1
        for path, data in outputs.items():
            difference = _difference(path, data)
            if options.check and difference:
                differing += 1
            elif difference:
                path.write_bytes(data)
            state = difference or "unchanged"
            print(f"{_name(path)}: {state}{'' if options.check or not difference else ', written'}")
    if differing:
        print(
            f"{differing} differ from their source: run `python roms/build.py` and commit the result",
            file=sys.stderr,
        )
    return 1 if differing else 0


def programs() -> Iterator[Path]:
    """The folders of all programs, in a fixed order."""
    for source in sorted(ROMS.glob("*/*/src")):
        if source.is_dir():
            yield source.parent


def build(folder: Path) -> Outputs:
    """Build the program in `folder` -> the files it consists of and their contents; writes none of them."""
    builders: list[tuple[bool, Callable[[Path], Outputs]]] = [
        ((folder / f"{folder.name}.cfg").is_file(), build_6502),
        ((folder / "src" / "main.8o").is_file(), build_chip8),
    ]
    for applies, builder in builders:
        if applies:
            return builder(folder)
    raise BuildError(f"nothing to build: neither {folder.name}.cfg (6502) nor src/main.8o (CHIP-8) is there")


def build_6502(folder: Path) -> Outputs:
    """Assemble `src/*.s` and link them by `<name>.cfg`."""
    base = base_of(folder)
    sources = sources_6502(folder, base)
    include = [f"-I{place}" for place in (folder, base) if place]
    if not sources:
        raise BuildError(f"{folder.name}.cfg is there, but no source src/*.s")
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        objects = []
        for source in sources:
            target = work / f"{source.stem}.o"
            _run("ca65", *include, "-o", str(target), str(source))
            objects.append(str(target))
        binary, labels = work / "out.bin", work / "out.lbl"
        _run(
            "ld65", "-C", str(folder / f"{folder.name}.cfg"), "-o", str(binary), "-Ln", str(labels), *objects
        )
        return {
            folder / f"{folder.name}.bin": binary.read_bytes(),
            folder / f"{folder.name}.lbl": labels.read_bytes(),
        }


def base_of(folder: Path) -> Path | None:
    """The folder of sources that a program shares, named in its `src/base.txt`."""
    name = folder / "src" / "base.txt"
    if not name.is_file():
        return None
    base = (folder / name.read_text(encoding="utf-8").strip()).resolve()
    if not base.is_dir():
        raise BuildError(f"{name} names {base}, and there is no such folder")
    return base


def sources_6502(folder: Path, base: Path | None) -> list[Path]:
    """The files `src/*.s` and those of the base that have other names, in the order of their names."""
    found = {source.name: source for place in (base, folder / "src") if place for source in place.glob("*.s")}
    return [found[name] for name in sorted(found)]


def build_chip8(folder: Path) -> Outputs:
    """Assemble `src/main.8o`, and add what `src/data.py` makes."""
    source = folder / "src" / "main.8o"
    octo = _load_octo()
    try:
        assembly = octo.assemble(source.read_text(encoding="utf-8"), str(source))
    except octo.AssemblyError as error:
        raise BuildError(str(error)) from error
    return {folder / f"{folder.name}.ch8": with_data(assembly.data, folder / "src" / "data.py")}


def with_data(program: bytes, script: Path) -> bytes:
    """The program with the blocks that the script makes, if there is one."""
    if not script.is_file():
        return program
    spec = importlib.util.spec_from_file_location(f"{script.parents[1].name}_data", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    image, end = bytearray(program), CHIP8_START + len(program)
    for address, block in sorted(module.blocks().items()):
        if address < end:
            raise BuildError(f"{script}: the block at ${address:04X} begins in what goes on to ${end - 1:04X}")
        image += bytes(address - end) + block
        end = address + len(block)
    return bytes(image)


def _load_octo() -> ModuleType:
    """`retrovm.isa.octo` from the source tree, without `retrovm` itself: that needs the compiled modules."""
    if not (ISA / "octo.py").is_file():
        raise BuildError(f"the CHIP-8 assembler is missing: expected at {ISA / 'octo.py'}")
    # A name of its own: as `retrovm.isa` it would stand in the way of an installed retrovm.
    name = "isa_of_the_source_tree"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, ISA / "__init__.py", submodule_search_locations=[str(ISA)]
        )
        assert spec is not None
        assert spec.loader is not None
        package = importlib.util.module_from_spec(spec)
        sys.modules[name] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{name}.octo")


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of cc65; a failure or a warning is a BuildError with what it printed."""
    if shutil.which(tool) is None:
        raise BuildError(
            f"{tool} not found: install cc65 (Debian, Ubuntu: apt install cc65; macOS: brew install cc65)"
        )
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise BuildError(f"{tool} reports\n{done.stderr}{done.stdout}".rstrip())


def _difference(path: Path, data: bytes) -> str:
    """How the file at `path` differs from `data`, in words; empty when it does not."""
    if not path.is_file():
        return "is not there"
    old = path.read_bytes()
    if old == data:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(old, data, strict=False)) if a != b), min(len(old), len(data))
    )
    sizes = "" if len(old) == len(data) else f", {len(old)} bytes instead of {len(data)}"
    return f"differs from offset {at} on{sizes}"


def _name(path: Path) -> str:
    return path.relative_to(ROMS.parent).as_posix()


def _selected(folder: Path, words: list[str]) -> bool:
    return not words or any(word in _name(folder) for word in words)


if __name__ == "__main__":
    sys.exit(main())
