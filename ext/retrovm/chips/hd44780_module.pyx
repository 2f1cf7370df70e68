"""Display modules: an HD44780U and the glass that it drives.

    module     the characters of the glass, by common line and place along the segment lines
    COLUMNSx1  one row on COM1 to COM8, up to 80 columns
    COLUMNSx2  two rows, the second on COM9 to COM16, up to 40 columns
    COLUMNSx4  the third row goes on where the first ends, the fourth where the second does, up to 20 columns: on a 20x4 the
               rows begin with the addresses $00, $40, $14 and $54
    8+8x1      one row of 16 whose right half is on COM9 to COM16: it needs the setting for two lines, and the right half begins
               with the address $40. Most of the modules that are sold as 16x1 are such ones.

Glass has 8 rows of dots a character, or with `tall` 11, on COM1 to COM11, for 5 x 10 dots; only one row of characters has that.
What is on the glass is what these lines show, so that a module whose program sets another number of lines than it has shows
what the real one does. A 40x4 module is two of 40x2 on one glass, with an E each.

The picture has palette indices: 0 for what is between the dots, 1 for a dot that is off, 2 for one that is on. A dot is 3 x 3
pixels with 1 between, a character 24 pixels from the next, a row 3 from the next; pixels are a bit taller than wide. These are
the proportions of a usual module: dots of 0.56 x 0.66 mm every 0.60 and 0.70 mm, characters every 3.55 mm, rows every 5.95 mm.

Sources: hd44780u, "LCD Driver Circuit" (which common lines are there), "Connection to the Liquid Crystal Display"; wh1602b
(dimensions).
"""

import re
from fractions import Fraction

from retrovm.chips import hd44780_cgrom
from retrovm.core.errors import ArgumentError


cdef enum:
    DOT = 3                    # pixels
    PITCH = 4                  # from dot to dot
    COLUMN_PITCH = 24          # from character to character
    ROW_GAP = 3
    BORDER = 8

cdef enum Colour:
    OFF = 1
    ON = 2

ASPECT = Fraction(6, 7)
NAME = re.compile(r"(\d+)x([124])")

# Between the dots, off, on. The choice of a session, as any palette.
PALETTES = {
    "green": (0x94B91C, 0x8BAE1A, 0x17220A),
    "blue": (0x1B33C8, 0x2440D4, 0xF2F7FF),
    "grey": (0xB9C2B4, 0xAFB8AA, 0x15191A),
    "white": (0x101214, 0x191C1F, 0xF4F8FA),
    "amber": (0x140C02, 0x1E1304, 0xFFA51E),
    "red": (0x140404, 0x1F0707, 0xFF3420),
}


def geometry(str module):
    """What a module has: (columns, rows, [(common line, position), ...] of its characters, row by row).

    Raises `ArgumentError` for one that there cannot be.
    """
    if module == "8+8x1":
        return 16, 1, [(0, i) for i in range(8)] + [(8, i) for i in range(8)]
    told = NAME.fullmatch(module)
    columns, rows = (int(told[1]), int(told[2])) if told else (0, 1)
    if not 0 < columns <= GLASS_CELLS // rows:
        raise ArgumentError(f"a display module is called 16x2, 20x4, 40x2, 8x1 and so on, with up to 80 characters in 1, 2 or "
                            f"4 rows, or 8+8x1, not {module!r}; a 40x4 is two of 40x2")
    return columns, rows, [(8 * (row & 1), columns * (row >> 1) + i) for row in range(rows) for i in range(columns)]


cdef class Hd44780Module(Hd44780):
    """An HD44780U with a glass, to be added to a machine together with its `screen`.

    Parameters
        name, clock  as in every device
        module       the columns and rows of the glass: "16x2", "20x4", "40x2", "8x1", "8+8x1" and so on
        tall         whether the glass has 11 rows of dots, for characters of 5 x 10
        palette      one of `PALETTES`, or three colours as 0xRRGGBB: between the dots, off, on
        screen_name  how the screen is called among the parts of the machine
        characters   what the 256 codes are in `text`, a character each; by default those of the ROM A00, with those that
                     programs draw, codes $00 to $0F, as U+E000 to U+E00F
    and all others of `Hd44780`.
    """

    def __init__(self, str name, clock not None, *, str module="16x2", bint tall=False, palette="green",
                 str screen_name="screen", str characters=hd44780_cgrom.A00_TEXT, **options):
        super().__init__(name, clock, **options)
        self.columns, self.rows, places = geometry(module)
        if tall and (self.rows > 1 or module == "8+8x1"):
            raise ArgumentError(f"{name}: glass with 11 rows of dots has one row of characters, on COM1 to COM11; "
                                f"it is no {module}")
        if isinstance(palette, str) and palette not in PALETTES:
            raise ArgumentError(f"{name}: the palettes are {', '.join(PALETTES)}, or three colours, not {palette!r}")
        if len(characters) != 256:
            raise ArgumentError(f"{name}: there are 256 codes, and {len(characters)} characters for them")
        colours = tuple(PALETTES[palette] if isinstance(palette, str) else palette)
        if len(colours) != 3:
            raise ArgumentError(f"{name}: a display has three colours (between the dots, off, on), not {len(colours)}")
        self.module = module
        self.characters = characters
        self.cell_rows = 11 if tall else 8
        for i, (com, position) in enumerate(places):
            self.com[i] = com
            self.position[i] = position
        width = 2 * BORDER + (self.columns - 1) * COLUMN_PITCH + 5 * PITCH - 1
        height = 2 * BORDER + self.rows * (self.cell_rows * PITCH - 1 + ROW_GAP) - ROW_GAP
        self.screen = Screen(screen_name, width, height, colours, aspect=ASPECT)

    # --- picture --------------------------------------------------------------------------------------------------------

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        # Whether anybody looks or not: pixels are state, and a display that stands still costs nothing.
        cdef bint block = self.blink and self.blinking(now)
        if not self.changed and block == self.block:
            return
        self.changed = now < self.ac_at        # the cursor moves yet
        self.block = block
        if self.paint(now):
            self.screen.end_picture(self.screen.max_width, self.screen.max_height)

    cdef bint paint(self, tick_t now) noexcept nogil:
        """Paints the dots that differ from the picture; true when there are such."""
        cdef bint differs = False
        cdef int cell, row, column, x, y
        cdef uint8_t dots
        for cell in range(self.columns * self.rows):
            x = BORDER + cell % self.columns * COLUMN_PITCH
            y = BORDER + cell // self.columns * (self.cell_rows * PITCH - 1 + ROW_GAP)
            for row in range(self.cell_rows):
                dots = self.dots(self.com[cell] + row, self.position[cell], now)
                for column in range(5):
                    if self.paint_dot(x + column * PITCH, y + row * PITCH, ON if dots >> (4 - column) & 1 else OFF):
                        differs = True
        return differs

    cdef bint paint_dot(self, int x, int y, uint8_t colour) noexcept nogil:
        cdef int width = self.screen.max_width
        cdef uint8_t *first = &self.screen.pixels[y * width + x]
        cdef int i, j
        if first[0] == colour:
            return False
        for j in range(DOT):
            for i in range(DOT):
                first[j * width + i] = colour
        return True

    # --- what is visible ------------------------------------------------------------------------------------------------

    cdef int code_at(self, int cell) noexcept:
        """The code of a character on the glass, -1 where the display is off or its lines show none."""
        cdef int at = self.cell_at(self.com[cell], self.position[cell])
        # Below a single line of 5 x 10 dots, COM9 to COM11 show feet of letters and no character.
        if at < 0 or (self.com[cell] and not self.two_lines):
            return -1
        return self.ddram[at]

    @property
    def text(self):
        """What is visible now, a string for each row, as wide as the glass. Cursor and blinking are not in it."""
        cells = [self.code_at(cell) for cell in range(self.columns * self.rows)]
        shown = "".join(" " if code < 0 else self.characters[code] for code in cells)
        return tuple(shown[at:at + self.columns] for at in range(0, len(shown), self.columns))

    @property
    def codes(self):
        """The same as character codes, bytes for each row; $20 where there is no character."""
        cells = bytes(0x20 if self.code_at(cell) < 0 else self.code_at(cell) for cell in range(self.columns * self.rows))
        return tuple(cells[at:at + self.columns] for at in range(0, len(cells), self.columns))

    @property
    def art(self):
        """The dots that are on now, as text: "#" and ".", a line for each row of dots, a space between characters."""
        lines = []
        for row in range(self.rows):
            cells = range(row * self.columns, (row + 1) * self.columns)
            for line in range(self.cell_rows):
                rows = [self.dots(self.com[cell] + line, self.position[cell], self.clock.now) for cell in cells]
                lines.append(" ".join(f"{dots:05b}" for dots in rows).translate({48: ".", 49: "#"}))
        return "\n".join(lines)
