"""Octo cartridges: GIF pictures with the source of a program and the options to run it with in their colours.

Each pixel holds four bits in the lowest bits of its colour: one of red, two of green, one of blue. Two pixels are a byte,
the first its upper half. The bytes of all frames, one after the other, are a length of 32 bits, the highest byte first, and
so many bytes of JSON in Latin-1: {"program": source in Octo's language, "options": {...}}. The source is assembled.

    >>> cartridge = pack(": main  loop  again", {"tickrate": 30})
    >>> medium = parse(cartridge, "loop.gif")
    >>> medium.segments[0].data.hex(), medium.options
    ('1200', {'tickrate': 30})

Sources: octo-cartridge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from retrovm.errors import MediaError
from retrovm.media import gif
from retrovm.media.model import Format, Media, Segment
from retrovm.spec import Judgement

TITLE = "Octo cartridge"
SUFFIXES = (".gif",)
WIDTH, HEIGHT = 160, 128

# Four bits of a pixel's number of a colour go into the colour; the rest of it is the picture's.
HIDDEN = 0x010301
# The cartridge that `pack` draws: what is around it, its body, its label.
PICTURE = (0x000000, 0x80664C, 0xF4E0C0)


def sniff(data: bytes, name: str) -> Judgement | None:
    """Likely for any GIF: what else would one do with it here?"""
    return Judgement(0.7, "it has the signature of a GIF") if data.startswith(gif.SIGNATURES) else None


def parse(data: bytes, name: str) -> Media:
    """The medium: the assembled program as one segment without an address; `options` are Octo's, as they stand there."""
    source, options = unpack(data, name)
    program = _assemble(source, name)
    if not program:
        raise MediaError("the program of the cartridge is empty", file=name)
    return Media(name, data, FORMAT.id, (Segment(None, program),), title=TITLE, options=options)


def unpack(data: bytes, name: str = "cartridge.gif") -> tuple[str, dict[str, Any]]:
    """The source and the options of a cartridge. Raises `MediaError` for a picture without them."""
    try:
        content = json.loads(_payload(gif.read(data, name), name))
        source, options = content["program"], content.get("options") or {}
        if not isinstance(source, str) or not isinstance(options, dict):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise MediaError("it is a picture, and no Octo cartridge", file=name,
                         found="no program in the colours of its pixels") from None
    return source, options


def pack(source: str, options: Mapping[str, Any] | None = None) -> bytes:
    """A cartridge with a program in Octo's language and Octo's options: tickrate, fillColor, shiftQuirks and so on.

    Raises `MediaError` for characters that Octo's cartridges cannot hold, those beyond Latin-1.
    """
    text = json.dumps({"program": source, "options": dict(options or {})}, ensure_ascii=False)
    try:
        content = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise MediaError("a cartridge holds the characters of Latin-1 only", found=repr(text[error.start])) from None
    content = len(content).to_bytes(4) + content
    nibbles = b"".join(bytes([byte >> 4, byte & 15]) for byte in content)
    size = WIDTH * HEIGHT
    picture = bytes(_picture(at % WIDTH, at // WIDTH) << 4 for at in range(size))
    palette = tuple(colour & ~HIDDEN | _hide(nibble) for colour in PICTURE for nibble in range(16))
    frames = []
    for at in range(0, len(nibbles), size):
        hidden = nibbles[at : at + size].ljust(size, b"\0")
        frames.append(gif.Frame(WIDTH, HEIGHT, bytes(map(int.__or__, picture, hidden)), palette))
    return gif.write(frames)


def _picture(x: int, y: int) -> int:
    """The number of the colour of a pixel in `PICTURE`."""
    inside = 8 <= x < WIDTH - 8 and y >= 4 and not (y >= HEIGHT - 12 and (x < 24 or x >= WIDTH - 24))
    return 2 if 20 <= x < WIDTH - 20 and 16 <= y < 88 else int(inside)


def _hide(nibble: int) -> int:
    return (nibble & 8) << 13 | (nibble & 6) << 7 | nibble & 1


def _hidden(colour: int) -> int:
    return colour >> 13 & 8 | colour >> 7 & 6 | colour & 1


def _payload(frames: list[gif.Frame], name: str) -> str:
    content = bytearray()
    for frame in frames:
        nibbles = frame.pixels.translate(bytes(map(_hidden, frame.palette)).ljust(256, b"\0"))
        content += bytes(high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2], strict=False))
    size = int.from_bytes(content[:4])
    if not 2 <= size <= len(content) - 4:
        raise MediaError("it is a picture, and no Octo cartridge", file=name,
                         found=f"room for {max(len(content) - 4, 0):,} bytes in its pixels, and a length of {size:,}")
    return content[4 : 4 + size].decode("latin-1")


def _assemble(source: str, name: str) -> bytes:
    # The assembler is large, and a cartridge is what few programs come in.
    from retrovm.isa.octo import AssemblyError, assemble
    from retrovm.isa.octo_lexer import tokenize

    try:
        if any(token.text == ":include" and token.string is None for token in tokenize(source, name)):
            raise MediaError("the program of the cartridge includes another file", file=name, expected="one source")
        return assemble(source, name).data
    except AssemblyError as error:
        raise MediaError(f"the program of the cartridge cannot be assembled: {error.message}", file=name,
                         line=error.line, column=error.column) from error


FORMAT = Format(id="octocart", title=TITLE, suffixes=SUFFIXES, sniff=sniff, parse=parse)
