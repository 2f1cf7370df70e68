"""Tapes of the Tally: text whose first line is TALLY, then bytes as decimal numbers; # begins a comment."""

from retrovm import Judgement, Media, MediaError
from retrovm.media import Format, Segment

FIRST = b"TALLY\n"


def sniff(data: bytes, name: str) -> Judgement | None:
    return Judgement(1.0, "its first line is TALLY") if data.startswith(FIRST) else None


def parse(data: bytes, name: str) -> Media:
    if not data.startswith(FIRST):
        raise MediaError("it is no tape", file=name, line=1, found=repr(data[:6]), expected="TALLY")
    content = bytearray()
    for number, line in enumerate(data.decode("latin-1").splitlines()[1:], 2):
        for word in line.partition("#")[0].split():
            if not word.isascii() or not word.isdigit() or int(word[:4]) > 255:
                raise MediaError("this is no byte", file=name, line=number, found=repr(word), expected="0 to 255")
            content.append(int(word))
    return Media(name, data, FORMAT.id, (Segment(0, bytes(content)),), title=FORMAT.title)


FORMAT = Format(id="tally-tape", title="Tally tape", suffixes=(".tally",), sniff=sniff, parse=parse)
