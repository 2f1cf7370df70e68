"""Memory chips that have a size of their own, as machine files know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrovm.chip_spec import ChipSpec, Socket
from retrovm.machines.parts import RAM, make_ram
from retrovm.spec import Option, boolean, integer
from retrovm.storage import parse_disk

if TYPE_CHECKING:
    from retrovm.core.device import Device


def make_at28c256(socket: Socket) -> Device:
    """An EEPROM that programs write, blank or with an image, or a file."""
    from retrovm.chips.at28c256 import At28c256

    options = {name: value for name, value in socket.options.items() if name != "file"}
    return At28c256(socket.name, socket.clock, socket.bus, socket.contents, disk=socket.disks.get("file"), **options)


HM62256 = ChipSpec(id="62256", title="62256 RAM, 32 KiB", memory="ram", size=0x8000, make=make_ram, options=RAM.options)

AT28C256 = ChipSpec(
    id="28c256", title="28C256 EEPROM, 32 KiB", memory="eeprom", size=0x8000, make=make_at28c256,
    options=(
        Option(name="file", help="the file that is its contents: FILE, FILE:overlay or FILE:readonly; without it they last as "
               "long as the machine", default=None, parse=parse_disk, medium=True),
        Option(name="write_enable", help="whether programs can write to it; false for a /WE that is tied high", default=True,
               parse=boolean),
        Option(name="protected", help="whether its software data protection is on", default=False, parse=boolean),
        Option(name="t_blc_us", help="t_BLC in microseconds: how soon the next byte of a page has to follow", default=150,
               parse=integer(0, 1_000_000)),
        Option(name="t_wc_us", help="t_WC in microseconds: how long it takes to write a page", default=10_000,
               parse=integer(1, 1_000_000)),
    ),
)
