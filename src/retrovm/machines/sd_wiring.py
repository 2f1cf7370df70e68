"""How an SD card is wired to a 6522: which line of which port is CS, SCLK, DI (MOSI) and DO (MISO).

    gfoot     CS PA4, SCLK PA3, DI PA2, DO PA1: beside an LCD whose control lines are PA7 to PA5
    llvm-mos  CS PA5, SCLK PA0, DI PA1, DO PA6: INC and DEC make a clock pulse, BIT reads DO

Sources: sdcard6502, llvmmos-spi.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrovm.chips.sd_card import SdCard
from retrovm.spec import nearest

if TYPE_CHECKING:
    from retrovm.chips.mos6522 import Mos6522
    from retrovm.core.blocks import Disk
    from retrovm.core.pins import Pins

SIGNALS = ("cs", "sclk", "di", "do")
OTHER_NAMES = {"sck": "sclk", "clk": "sclk", "mosi": "di", "miso": "do", "ss": "cs"}
LINES = (*(f"p{port}{bit}" for port in "ab" for bit in range(8)), "ca1", "ca2", "cb1", "cb2")


@dataclass(frozen=True)
class Wiring:
    """The line of each signal, as `Mos6522.port_a` and `port_b` name them: "pa4", "cb2"."""

    cs: str
    sclk: str
    di: str
    do: str

    def __str__(self) -> str:
        named = [name for name, wiring in WIRINGS.items() if wiring == self]
        return named[0] if named else " ".join(f"{signal}={getattr(self, signal)}" for signal in SIGNALS)


WIRINGS = {
    "gfoot": Wiring(cs="pa4", sclk="pa3", di="pa2", do="pa1"),
    "llvm-mos": Wiring(cs="pa5", sclk="pa0", di="pa1", do="pa6"),
}


def parse_wiring(value: Any) -> Wiring:
    """Parses the name of a wiring, or "cs=pa4 sclk=pa3 di=pa2 do=pa1". Raises `ValueError`."""
    if isinstance(value, Wiring):
        return value
    text = str(value).lower()
    if "=" not in text:
        if text not in WIRINGS:
            raise ValueError(f"expected {' or '.join(WIRINGS)}, or all of cs=pa4 sclk=pa3 di=pa2 do=pa1"
                             f"{nearest(text, WIRINGS)}")
        return WIRINGS[text]
    found: dict[str, str] = {}
    for word in text.replace(",", " ").split():
        signal, _, line = word.partition("=")
        signal = OTHER_NAMES.get(signal, signal)
        if signal not in SIGNALS:
            raise ValueError(f"a card has no signal {signal!r}{nearest(signal, dict.fromkeys(SIGNALS))}")
        if line not in LINES:
            raise ValueError(f"a 6522 has no line {line!r}{nearest(line, dict.fromkeys(LINES))}")
        if signal in found or line in found.values():
            raise ValueError(f"{word} is the second wire there; each signal has a line of its own")
        found[signal] = line
    missing = [signal for signal in SIGNALS if signal not in found]
    if missing:
        raise ValueError(f"no line for {' and '.join(missing)}")
    return Wiring(**found)


def wire_card(name: str, disk: Disk, via: Mos6522, wiring: Wiring, **options: Any) -> SdCard:
    """An SD card on the ports of a 6522; `options` are those of `SdCard`."""

    def line(signal: str) -> tuple[Pins, str]:
        where = getattr(wiring, signal)
        return via.port_a if where[1] == "a" else via.port_b, where

    return SdCard(name, disk, cs=line("cs"), sclk=line("sclk"), di=line("di"), do=line("do"), **options)
