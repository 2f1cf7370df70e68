"""The 6522 and what people wire to its ports, as machine files know them. Each is imported when a machine has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retrovm.chip_spec import ChipSpec, Shown, Socket
from retrovm.errors import ArgumentError, OptionError
from retrovm.spec import Option, boolean, choice, integer, rate
from retrovm.storage import parse_disk

if TYPE_CHECKING:
    from retrovm.chips.hd44780_module import Hd44780Module
    from retrovm.core.device import Device
    from retrovm.core.screen import Screen

PORT_A = (*(f"pa{bit}" for bit in range(8)), "ca1", "ca2")
PORT_B = (*(f"pb{bit}" for bit in range(8)), "cb1", "cb2")
LCD_SIGNALS = ("d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "rs", "rw", "e")
CARD_SIGNALS = ("cs", "sclk", "di", "do")
PALETTES = ("green", "blue", "grey", "white", "amber", "red")


def module(value: Any) -> str:
    """Parses the size of a display."""
    from retrovm.chips.hd44780_module import geometry

    try:
        geometry(str(value))
    except ArgumentError as error:
        raise ValueError(str(error)) from None
    return str(value)


def make_mos6522(socket: Socket) -> Device:
    """A VIA with its two ports."""
    from retrovm.chips.mos6522 import Mos6522

    return Mos6522(socket.name, socket.clock, socket.wires["irq"], **socket.options)


def module_of(socket: Socket) -> tuple[Hd44780Module, Screen]:
    """A display module with its screen, wired to nothing yet but perhaps a bus."""
    from retrovm.chips.hd44780_module import Hd44780Module

    chip = Hd44780Module(socket.name, socket.clock, screen_name=f"{socket.name}_screen", **socket.options)
    return chip, chip.screen


def make_hd44780(socket: Socket) -> tuple[Device, ...]:
    """A display module on the lines of ports, with its screen."""
    chip, screen = module_of(socket)
    ports = {id(pins): pins for pins, _ in socket.pins.values() if pins is not None}
    chip.connect(ports.values(), {signal: line for signal, (_, line) in socket.pins.items()})
    return chip, screen


def make_sd_card(socket: Socket) -> tuple[Device, ...]:
    """A card; none without a disk."""
    from retrovm.chips.sd_card import SdCard

    disk = socket.disks["disk"]
    if disk is None:
        return ()
    lines: dict[str, Any] = socket.lines()
    for signal in CARD_SIGNALS:
        if signal not in lines:
            raise OptionError(f"{socket.name}: its {signal} is not wired; a card needs {', '.join(CARD_SIGNALS)}")
    options = {name: value for name, value in socket.options.items() if name != "disk"}
    return (SdCard(socket.name, disk, **lines, **options),)


def make_push_buttons(socket: Socket) -> Device:
    """Buttons that the host presses."""
    from retrovm.chips.push_buttons import PushButtons

    assert socket.buttons is not None, "its ChipSpec has `buttons`"
    return PushButtons(socket.name, socket.clock, socket.buttons, socket.lines(), **socket.options)


def make_leds(socket: Socket) -> Device:
    """LEDs."""
    from retrovm.chips.leds import Leds

    return Leds(socket.name, socket.clock, {lamp.name: lamp.colour for lamp in socket.lamps}, socket.lines(),
                **socket.options)


def make_panel(socket: Socket) -> tuple[Device, ...]:
    """A picture of a board with its screen."""
    from retrovm.chips.panel import Panel

    rows: list[Any] = [(shown.part, {lamp.name: lamp.label for lamp in shown.lamps}) for shown in socket.shows if shown.lamps]
    panel = Panel(
        socket.name, socket.options["label"] or socket.title, screen_name=f"{socket.name}_screen",
        screens=[shown.part.screen for shown in socket.shows if hasattr(shown.part, "screen")],
        lamps=rows, keys=[(shown.pad, labels(shown)) for shown in socket.shows if shown.pad is not None])
    return panel, panel.screen


def labels(shown: Shown) -> dict[str, tuple[str, str]]:
    """What stands beside buttons: their labels, and the host's keys."""
    return {button.name: (button.label, button.keys[0] if button.keys else "") for button in shown.buttons}


MOS6522 = ChipSpec(
    id="mos6522", title="6522 VIA", size=16, outputs=("irq",), ports={"port_a": PORT_A, "port_b": PORT_B},
    make=make_mos6522,
    options=(Option(name="variant", help="the chip: 6522, or 65c22 with its bus holders", default="65c22",
                    parse=choice("6522", "65c22")),),
)

LCD_OPTIONS = (
    Option(name="module", help="the characters of the display: 16x2, 20x4, 8x1, 8+8x1 and so on", default="16x2",
           parse=module),
    Option(name="tall", help="whether its glass has 11 rows of dots, for characters of 5 x 10", default=False,
           parse=boolean),
    Option(name="palette", help=f"its colours: {', '.join(PALETTES)}", default="green", parse=choice(*PALETTES)),
    Option(name="oscillator", help="the clock of the display in Hz, which its times come from", default=270_000,
           parse=rate),
    Option(name="always_function_set", help="whether function set counts at any time, as on many clones",
           default=False, parse=boolean),
)

HD44780 = ChipSpec(id="hd44780", title="HD44780 character display", signals=LCD_SIGNALS, make=make_hd44780,
                   options=LCD_OPTIONS)

HD44780_BUS = ChipSpec(id="hd44780_bus", title="HD44780 character display on the bus, A0 is RS", size=2, make=module_of,
                       options=LCD_OPTIONS)

SD_CARD = ChipSpec(
    id="sd_card", title="SD card", signals=CARD_SIGNALS, make=make_sd_card,
    options=(
        Option(name="disk", help="the image of the card: FILE, FILE:overlay or FILE:readonly", default=None,
               parse=parse_disk, medium=True),
        Option(name="kind", help="sdhc, sdsc, or sd1 for an old one; by its size when left out", default=None,
               parse=choice("sdhc", "sdsc", "sd1")),
        Option(name="response_delay", help="bytes between a command and its response", default=1, parse=integer(1, 8)),
        Option(name="access_delay", help="bytes between a response and its block", default=1, parse=integer(1, 255)),
        Option(name="busy_time", help="bytes for which the card is busy after a write", default=8, parse=integer(1, 255)),
        Option(name="polls", help="how many ACMD41 find it still initializing", default=1, parse=integer(0, 255)),
    ),
)

PUSH_BUTTONS = ChipSpec(
    id="push_buttons", title="push buttons", buttons=True, pin_each=True, make=make_push_buttons,
    options=(Option(name="closes_to", help="what a pressed button connects its line to, against a resistor: low or high",
                    default="low", parse=choice("low", "high")),),
)

LEDS = ChipSpec(
    id="leds", title="LEDs", lamps=True, pin_each=True, make=make_leds,
    options=(Option(name="lit_by", help="the level that lights them: high or low", default="high",
                    parse=choice("low", "high")),),
)

PANEL = ChipSpec(
    id="panel", title="picture of the board", shows=True, make=make_panel,
    options=(Option(name="label", help="what stands on the board; the title of the machine when left out", default=None,
                    parse=str),),
)
