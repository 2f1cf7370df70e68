"""`retrovm asm`: a source as a program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrovm.commands.arguments import number, require_file, wrong
from retrovm.host_files import write_whole

if TYPE_CHECKING:
    from retrovm.isa.mos6502_asm import Assembled
    from retrovm.media import Format

LISTED_BYTES = 12


def asm(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source, a text in UTF-8.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help=(
        "Write the program; without it the source is only checked."))] = None,
    format: Annotated[str | None, typer.Option(metavar="bin|ihex|srec", help=(
        "The format of OUT; without it the end of its name decides, and bin where that says nothing."))] = None,
    org: Annotated[str | None, typer.Option(metavar="ADDRESS", help=(
        "Where the program begins; without it $8000, where it does not say .org itself, or 0x200 for a CHIP-8."))] = None,
    model: Annotated[str | None, typer.Option(metavar="MODEL", help=(
        "Whose instructions, where it does not say .model or :variant itself: a model of the 6502, or a variant of "
        "CHIP-8."))] = None,
    symbols: Annotated[Path | None, typer.Option(metavar="F", help=(
        "Write its labels and constants, as 'retrovm dis --symbols' and debuggers read them."))] = None,
    listing: Annotated[Path | None, typer.Option(metavar="F", help=(
        "Write each line with its address and bytes."))] = None,
) -> None:
    """Assemble a program for a processor of the 6502 family, or for a CHIP-8.

    A source whose name ends in .8o is in Octo's language, for a CHIP-8; another is for a 6502. The exit status is 1 when there
    are errors in the source; nothing is written then.

    Example: retrovm asm patch.s -o patch.bin --org 0x0400
    """
    from retrovm.isa.assembly import AssemblyError

    require_file(source)
    assembler = assemble_octo if Path(source).suffix.lower() == ".8o" else assemble_6502
    origin = None if org is None else number(org)
    if org is not None and (origin is None or not 0 <= origin <= 0xFFFF):
        raise wrong(f"--org takes an address from 0 to 0xFFFF, not {org!r}")
    files = [path for path in (output, symbols, listing) if path is not None]
    for path in files:
        if not path.resolve().parent.is_dir():
            raise wrong(f"the folder of {path} does not exist")
    if len({path.resolve() for path in [*files, Path(source)]}) <= len(files):
        raise wrong("the source and what is written are files of their own; two of them are the same here")
    writer = writer_of(format, output)
    try:
        made = assembler(source, origin, model)
    except AssemblyError as error:
        for each in error.errors:
            print(f"retrovm: {each}", file=sys.stderr)
        raise typer.Exit(1) from None
    if output is not None:
        write_whole(output, program(made, writer))
    if symbols is not None:
        from retrovm.symbols.formats import vice_labels

        write_whole(symbols, vice_labels(made.symbols).encode())
    if listing is not None:
        write_whole(listing, listed(made).encode())


def assemble_6502(source: str, origin: int | None, model: str | None) -> Assembled:
    """The program of a source for a 6502."""
    from retrovm.isa.mos6502 import MODELS
    from retrovm.isa.mos6502_asm import assemble
    from retrovm.spec import nearest

    if model is not None and model not in MODELS:
        raise wrong(f"there is no model {model!r}{nearest(model, MODELS)}")
    return assemble(text_of(source), 0x8000 if origin is None else origin, model or "6502", source)


def assemble_octo(source: str, origin: int | None, variant: str | None) -> Assembled:
    """The program of a source in Octo's language."""
    from retrovm.isa.chip8 import VARIANTS
    from retrovm.isa.mos6502_asm import Assembled, SourceLine
    from retrovm.isa.octo import ORIGIN, assemble
    from retrovm.spec import nearest

    if variant is not None and variant not in VARIANTS:
        raise wrong(f"there is no variant {variant!r}{nearest(variant, dict.fromkeys(VARIANTS))}")
    made = assemble(text_of(source), source, ORIGIN if origin is None else origin, variant)
    texts = {path: text_of(path).split("\n") for path in {place.path for place in made.locations}}
    lines = [SourceLine(place.address, place.size, place.path, place.line, texts[place.path][place.line - 1])
             for place in made.locations]
    return Assembled(((made.origin, made.data),), made.symbols, tuple(lines))


def text_of(source: str) -> str:
    """The text of a source file."""
    from retrovm.errors import MediaError

    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaError("this is no text in UTF-8", file=source, offset=error.start) from None


def writer_of(format: str | None, output: Path | None) -> Format:
    """The format to write: the one that is asked for, or the one that has the end of the name."""
    from retrovm import registry
    from retrovm.spec import nearest

    writers = {format.id: format for format in registry.formats().values() if format.write is not None}
    if format is not None:
        for id in writers:
            if id == format or (id == "binary" and format == "bin"):
                return writers[id]
        known = ["bin", *(id for id in writers if id != "binary")]
        raise wrong(f"there is no format {format!r} to write{nearest(format, dict.fromkeys(known))}")
    suffix = "" if output is None else output.suffix.lower()
    return next((each for each in writers.values() if suffix in each.suffixes), writers["binary"])


def program(made: Assembled, format: Format) -> bytes:
    """The program in a format."""
    from retrovm.media import Segment

    assert format.write is not None
    return format.write([Segment(address, data) for address, data in made.segments])


def listed(made: Assembled) -> str:
    """Every line with its address and first bytes, three in a row."""
    lines = []
    path = ""
    for line in made.lines:
        if line.path != path:
            path = line.path
            lines.append(f"; {path}")
        at = line.address - made.origin
        data = made.data[at : at + line.size]
        head = f"{line.address:04X}  {data[:3].hex(' ').upper():<8}" if data else " " * 14
        lines.append(f"{head}  {line.number:5}  {line.text}".rstrip())
        lines += [f"{line.address + more:04X}  {data[more : more + 3].hex(' ').upper()}"
                  for more in range(3, min(len(data), LISTED_BYTES), 3)]
        if len(data) > LISTED_BYTES:
            lines.append(f"{line.address + LISTED_BYTES:04X}  ... to {line.address + len(data) - 1:04X}")
    return "\n".join([*lines, ""])
