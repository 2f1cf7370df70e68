"""The picture of a board before anything on it moves: where its displays, LEDs and buttons are, and what is around them.

    title
    ╭──────────────────╮
    │ display          │   one below the other
    ╰──────────────────╯
      ●  ●  ●  ●           rows of LEDs with their labels
     [1][2][3][4]          rows of buttons with the keys of the host, and their labels

Pixels are a bit taller than wide, as those of a character display are (`ASPECT`). Text is in the characters of the HD44780U.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from retrovm.chips import hd44780_cgrom
from retrovm.core.errors import ArgumentError

ASPECT = Fraction(6, 7)
MARGIN = 20
GAP = 12
BEZEL = 9
LETTER = 6                          # from a letter to the next, in dots
LAMP_LEVELS = 8                     # how many brightnesses are told apart
LAMP_SHADES = 4                     # colours of one brightness: glow, glow, body, highlight
LAMP_WIDTH, LAMP_HEIGHT = 28, 24
KEY_WIDTH, KEY_HEIGHT = 35, 30
COLUMN = 48                         # from a lamp or key to the next, at least

BOARD, EDGE, SILK, FAINT = 0x12382B, 0x1F5A45, 0xEAF1EA, 0x8FB3A1
FRAME, SCREW, HOLE = 0x15171A, 0x6E747A, 0xC8A24A
BODY, RIM, CAP, SHINE, PRESSED, SHADE = 0x23272B, 0x3B4147, 0xD9D6CC, 0xF6F4EC, 0xE58A2C, 0xA85D14


@dataclass
class Picture:
    """What is drawn, and the places of what moves.

    pixels, palette  of the whole, row by row
    screens          (x, y, palette index of the first colour) of each display
    lamps            (x, y, palette index of the darkest) of each LED, row by row
    keys             (x, y) of each button, row by row
    """

    width: int
    height: int
    pixels: bytearray
    palette: list[int]
    screens: list[tuple[int, int, int]] = field(default_factory=list)
    lamps: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[tuple[int, int]] = field(default_factory=list)

    def colour(self, rgb: int) -> int:
        """The palette index of a colour."""
        if rgb not in self.palette:
            self.add([rgb])
        return self.palette.index(rgb)

    def add(self, colours: Sequence[int]) -> int:
        """Puts colours into the palette, in this order. Returns the index of the first."""
        if len(self.palette) + len(colours) > 256:
            raise ArgumentError("a picture of a board has 256 colours, which are too few for all that is to be on it: "
                                "give its LEDs fewer different colours")
        self.palette.extend(colours)
        return len(self.palette) - len(colours)

    def rectangle(self, x: int, y: int, width: int, height: int, rgb: int, corner: int = 0) -> None:
        """Fills a rectangle with rounded corners."""
        colour = self.colour(rgb)
        for row in range(height):
            inset = 0
            near = min(row, height - 1 - row)
            if near < corner:
                inset = corner - round((corner**2 - (corner - near - 0.5)**2) ** 0.5)
            start = (y + row) * self.width + x + inset
            self.pixels[start:start + width - 2 * inset] = bytes([colour]) * (width - 2 * inset)

    def stamp(self, x: int, y: int, width: int, sprite: bytes, colours: Sequence[int]) -> None:
        """Puts a sprite there: 0 leaves a pixel as it is, n makes it `colours[n - 1]`."""
        for at, shade in enumerate(sprite):
            if shade:
                self.pixels[(y + at // width) * self.width + x + at % width] = self.colour(colours[shade - 1])

    def text(self, x: int, y: int, text: str, rgb: int, scale: int = 1) -> None:
        """Writes a line; characters that are not in ASCII are blank."""
        colour = self.colour(rgb)
        for at, letter in enumerate(text):
            code = ord(letter) if " " <= letter <= "~" else 0x20
            for row in range(8):
                dots = hd44780_cgrom.A00[code * 16 + row]
                for column in range(5):
                    if dots >> (4 - column) & 1:
                        for line in range(scale):
                            start = (y + row * scale + line) * self.width + x + (at * LETTER + column) * scale
                            self.pixels[start:start + scale] = bytes([colour]) * scale


def text_width(text: str, scale: int = 1) -> int:
    """How many pixels a line of text takes."""
    return max(len(text) * LETTER - 1, 0) * scale


def mix(one: int, other: int, part: float) -> int:
    """A colour between two others."""
    return sum(round((one >> at & 0xFF) * (1 - part) + (other >> at & 0xFF) * part) << at for at in (0, 8, 16))


def discs(width: int, height: int, *rings: tuple[float, int], shine: tuple[float, float, float, int] | None = None) -> bytes:
    """A sprite of discs around its middle, (radius as a part of the largest, shade), a later one over an earlier.

    `shine` is one more, at (x, y) from the middle with a radius.
    """
    found = bytearray(width * height)
    for at in range(width * height):
        x, y = (at % width + 0.5) / width * 2 - 1, (at // width + 0.5) / height * 2 - 1
        for radius, shade in rings:
            if x * x + y * y <= radius * radius:
                found[at] = shade
        if shine is not None and (x - shine[0])**2 + (y - shine[1])**2 <= shine[2]**2:
            found[at] = shine[3]
    return bytes(found)


LAMP = discs(LAMP_WIDTH, LAMP_HEIGHT, (1.0, 1), (0.8, 2), (0.58, 3), shine=(-0.2, -0.24, 0.16, 4))
"""An LED: shades are 1 and 2 around it, 3 its body, 4 a reflection."""


def key_sprite(rim: int, top: int, shine: int) -> bytes:
    """A button: 1 its body, and three shades for its cap."""
    cap = discs(KEY_WIDTH, KEY_HEIGHT, (0.78, 2), (0.72, rim), (0.6, top), shine=(-0.22, -0.28, 0.13, shine))
    return bytes(shade or 1 for shade in cap)


KEY_COLOURS = (BODY, RIM, CAP, SHINE, PRESSED, SHADE)
KEY_UP, KEY_DOWN = key_sprite(4, 3, 4), key_sprite(6, 5, 5)


def lamp_ramp(rgb: int) -> list[int]:
    """The colours of an LED from dark to bright, `LAMP_SHADES` for each brightness."""
    ramp = []
    for level in range(LAMP_LEVELS):
        light = (level / (LAMP_LEVELS - 1)) ** 0.6          # an eye sees half the light as more than half as bright
        dark = mix(0x101010, rgb, 0.3)
        ramp += [mix(BOARD, rgb, 0.22 * light), mix(BOARD, rgb, 0.5 * light), mix(dark, mix(rgb, 0xFFFFFF, 0.15), light),
                 mix(mix(dark, 0xFFFFFF, 0.35), 0xFFFFFF, light)]
    return ramp


def pitch_of(row: Sequence[tuple[str, ...]]) -> int:
    """How far the LEDs or buttons of a row are from each other: their labels do not touch."""
    return max([COLUMN, *(text_width(text) + 2 * LETTER for each in row for text in each)])


def draw(title: str, screens: Sequence[tuple[int, int, Sequence[int]]], lamps: Sequence[Sequence[tuple[str, int]]],
         keys: Sequence[Sequence[tuple[str, str]]]) -> Picture:
    """Draws a board.

    Parameters
        title    what stands on it
        screens  (width, height, palette) of each display
        lamps    rows of LEDs, (label, colour)
        keys     rows of buttons, (label, host key)
    """
    lamp_pitch = [pitch_of([(label,) for label, _ in row]) for row in lamps]
    key_pitch = [pitch_of(row) for row in keys]
    inner = max([160, text_width(title, 2), *(width + 2 * BEZEL for width, _, _ in screens),
                 *(len(row) * pitch for row, pitch in zip((*lamps, *keys), (*lamp_pitch, *key_pitch), strict=True))])
    width = inner + 2 * MARGIN
    height = (MARGIN + 16 + GAP + sum(tall + 2 * BEZEL + GAP for _, tall, _ in screens)
              + len(lamps) * (LAMP_HEIGHT + 8 + GAP) + len(keys) * (KEY_HEIGHT + 22 + GAP) + MARGIN - GAP)
    picture = Picture(width, height, bytearray(width * height), [BOARD])
    picture.rectangle(0, 0, width, height, EDGE)
    picture.rectangle(2, 2, width - 4, height - 4, BOARD)
    for x in (5, width - 14):
        for y in (5, height - 13):
            picture.stamp(x, y, 9, discs(9, 8, (1.0, 1), (0.5, 2)), (HOLE, 0x050505))
    picture.text((width - text_width(title, 2)) // 2, MARGIN, title, SILK, 2)
    y = MARGIN + 16 + GAP
    for wide, tall, palette in screens:
        x = (width - wide) // 2
        picture.rectangle(x - BEZEL, y, wide + 2 * BEZEL, tall + 2 * BEZEL, FRAME, corner=5)
        for corner_x in (x - BEZEL + 3, x + wide + BEZEL - 8):
            for corner_y in (y + 3, y + tall + 2 * BEZEL - 7):
                picture.stamp(corner_x, corner_y, 5, discs(5, 4, (1.0, 1)), (SCREW,))
        first = picture.add(palette)
        picture.rectangle(x, y + BEZEL, wide, tall, palette[0])
        picture.screens.append((x, y + BEZEL, first))
        y += tall + 2 * BEZEL + GAP
    ramps: dict[int, int] = {}
    for row, pitch in zip(lamps, lamp_pitch, strict=True):
        for at, (label, rgb) in enumerate(row):
            middle = centre(width, len(row), pitch, at)
            if rgb not in ramps:
                ramps[rgb] = picture.add(lamp_ramp(rgb))
            place = middle - LAMP_WIDTH // 2, y, ramps[rgb]
            picture.lamps.append(place)
            picture.stamp(*place[:2], LAMP_WIDTH, LAMP, [picture.palette[place[2] + shade] for shade in range(LAMP_SHADES)])
            picture.text(middle - text_width(label) // 2, y + LAMP_HEIGHT, label, FAINT)
        y += LAMP_HEIGHT + 8 + GAP
    for keyed, pitch in zip(keys, key_pitch, strict=True):
        for at, (label, key) in enumerate(keyed):
            middle = centre(width, len(keyed), pitch, at)
            picture.keys.append((middle - KEY_WIDTH // 2, y))
            picture.stamp(middle - KEY_WIDTH // 2, y, KEY_WIDTH, KEY_UP, KEY_COLOURS)
            picture.text(middle - text_width(key) // 2, y + KEY_HEIGHT + 3, key, SILK)
            picture.text(middle - text_width(label) // 2, y + KEY_HEIGHT + 14, label, FAINT)
        y += KEY_HEIGHT + 22 + GAP
    for rgb in KEY_COLOURS:
        picture.colour(rgb)
    return picture


def centre(width: int, count: int, pitch: int, at: int) -> int:
    """The middle of the `at`-th of so many in a row."""
    return (width - count * pitch) // 2 + at * pitch + pitch // 2


# The keys of UI Events that have a shorter name on a keyboard. docs/references.md: uievents-code
KEY_NAMES = {"Backquote": "`", "Backslash": "\\", "BracketLeft": "[", "BracketRight": "]", "Comma": ",", "Equal": "=",
             "Minus": "-", "Period": ".", "Quote": "'", "Semicolon": ";", "Slash": "/"}


def key_name(code: str) -> str:
    """What stands on a host key on a usual keyboard: "KeyX" is X, "Digit1" is 1, "ArrowUp" is Up."""
    for prefix in ("Key", "Digit", "Arrow"):
        if code.startswith(prefix) and code != prefix:
            return code.removeprefix(prefix)
    return KEY_NAMES.get(code, code)
