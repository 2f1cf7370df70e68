from collections.abc import Iterable
from fractions import Fraction
from re import Pattern

from retrovm.chips.hd44780 import Hd44780
from retrovm.core.clock import Clock
from retrovm.core.screen import Screen

ASPECT: Fraction
NAME: Pattern[str]
PALETTES: dict[str, tuple[int, int, int]]

def geometry(module: str) -> tuple[int, int, list[tuple[int, int]]]:
    """What a module has: (columns, rows, [(common line, position), ...] of its characters, row by row)."""

class Hd44780Module(Hd44780):
    """An HD44780U with a glass, to be added to a machine together with its `screen`.

    `module` is columns and rows: "16x2", "20x4", "8+8x1" and so on; `tall` glass has 11 rows of dots, for characters of
    5 x 10; `palette` is a name in `PALETTES` or three colours as 0xRRGGBB; `characters` says what the 256 codes are in `text`.
    """

    def __init__(self, name: str, clock: Clock, *, module: str = "16x2", tall: bool = False,
                 palette: str | Iterable[int] = "green", screen_name: str = "screen", characters: str = ...,
                 oscillator: int | Fraction | str = 270_000, cgrom: bytes | None = None,
                 always_function_set: bool = False) -> None: ...
    @property
    def module(self) -> str: ...
    @property
    def columns(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def characters(self) -> str: ...
    @property
    def screen(self) -> Screen:
        """The picture: palette index 0 between the dots, 1 for dots that are off, 2 for those that are on."""

    @property
    def text(self) -> tuple[str, ...]:
        """What is visible now, a string for each row, as wide as the glass. Cursor and blinking are not in it."""

    @property
    def codes(self) -> tuple[bytes, ...]:
        """The same as character codes; $20 where there is no character."""

    @property
    def art(self) -> str:
        """The dots that are on now, as text: "#" and ".", a line for each row of dots, a space between characters."""
