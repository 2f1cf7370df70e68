"""A picture of a board: its displays, LEDs and buttons in one screen, drawn by code.

What does not move is drawn once, by `panel_picture`. At the end of every frame the parts are asked, and what has changed is
drawn anew, so that a board on which nothing moves costs nothing.
"""

from libc.string cimport memcpy
from retrovm.chips.leds cimport Leds
from retrovm.core.ports cimport Buttons
from retrovm.core.state cimport State
from retrovm.core.types cimport tick_t

from retrovm.chips import panel_picture
from retrovm.core.errors import ArgumentError

cdef int LAMP_WIDTH = panel_picture.LAMP_WIDTH
cdef int LAMP_HEIGHT = panel_picture.LAMP_HEIGHT
cdef int LAMP_LEVELS = panel_picture.LAMP_LEVELS
cdef int LAMP_SHADES = panel_picture.LAMP_SHADES
cdef int KEY_WIDTH = panel_picture.KEY_WIDTH
cdef int KEY_HEIGHT = panel_picture.KEY_HEIGHT

cdef const uint8_t *LAMP = panel_picture.LAMP
cdef const uint8_t *KEY_UP = panel_picture.KEY_UP
cdef const uint8_t *KEY_DOWN = panel_picture.KEY_DOWN


cdef class Panel(Device):
    """A picture of a board, to be added to a machine behind the parts that it shows, together with its `screen`.

    Parameters
        name     as in every device
        title    what stands on the board
        screens  displays, each a `Screen` with palette indices
        lamps    rows of LEDs, each (`Leds`, {the name of an LED: its label})
        keys     rows of buttons, each (`Buttons`, {the name of a button: (its label, the host's key as UI Events calls it)})
        screen_name  how the screen is called among the parts of the machine
    """

    def __init__(self, str name, str title="", *, screens=(), lamps=(), keys=(), str screen_name="screen"):
        cdef Leds leds
        cdef Buttons buttons
        cdef Screen screen
        super().__init__(name)
        for screen in screens:
            if screen.direct != NULL:
                raise ArgumentError(f"{name}: {screen.name} has pictures in direct colour, which a picture of a board cannot show")
        drawn = panel_picture.draw(
            title, [(screen.max_width, screen.max_height, [screen.colours[i] for i in range(screen.count)]) for screen in screens],
            [[(label, leds.colours[leds.names.index(led)]) for led, label in row.items()] for leds, row in lamps],
            [[(label, panel_picture.key_name(code)) for label, code in row.values()] for _, row in keys])
        if len(drawn.screens) > MOST_SCREENS or len(drawn.lamps) > MOST_LAMPS or len(drawn.keys) > MOST_KEYS:
            raise ArgumentError(f"{name}: a board shows up to {MOST_SCREENS} displays, {MOST_LAMPS} LEDs and {MOST_KEYS} buttons")
        self.background = bytes(drawn.pixels)
        self.empty = self.background
        self.parts = [*screens, *(leds for leds, _ in lamps), *(buttons for buttons, _ in keys)]
        for screen, (x, y, colour) in zip(screens, drawn.screens):
            self.shown[self.screens] = <PyObject *> screen
            self.shown_at[self.screens] = y * drawn.width + x
            self.shown_colour[self.screens] = colour
            self.screens += 1
        for (leds, led), (x, y, colour) in zip([(leds, led) for leds, row in lamps for led in row], drawn.lamps):
            self.lamp[self.lamps] = <PyObject *> leds
            self.lamp_index[self.lamps] = leds.names.index(led)
            self.lamp_at[self.lamps] = y * drawn.width + x
            self.lamp_colour[self.lamps] = colour
            self.lamps += 1
        for (buttons, button), (x, y) in zip([(buttons, button) for buttons, row in keys for button in row], drawn.keys):
            self.key[self.keys] = <PyObject *> buttons
            self.key_index[self.keys] = buttons.names.index(button)
            self.key_at[self.keys] = y * drawn.width + x
            self.keys += 1
        for i, rgb in enumerate(panel_picture.KEY_COLOURS):
            self.key_colour[i] = drawn.colour(rgb)
        self.screen = Screen(screen_name, drawn.width, drawn.height, drawn.palette, aspect=panel_picture.ASPECT)
        self.reset(True)

    # --- drawing --------------------------------------------------------------------------------------------------------

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        # Whether anybody looks or not: pixels are state.
        cdef bint differs = self.blank
        if self.blank:
            memcpy(self.screen.pixels, self.empty, self.screen.max_width * self.screen.max_height)
            self.blank = False
        if self.show_screens():
            differs = True
        if self.show_lamps():
            differs = True
        if self.show_keys():
            differs = True
        self.restart = False
        if differs:
            self.screen.end_picture(self.screen.max_width, self.screen.max_height)

    cdef bint show_screens(self) noexcept nogil:
        cdef bint differs = False
        cdef int i, x, y, at, colour
        for i in range(self.screens):
            if <int> (<Screen> self.shown[i]).frame == self.shown_frame[i] and not self.restart:
                continue
            self.shown_frame[i] = <int> (<Screen> self.shown[i]).frame
            at = self.shown_at[i]
            colour = self.shown_colour[i]
            for y in range((<Screen> self.shown[i]).height):
                for x in range((<Screen> self.shown[i]).width):
                    if self.set_pixel(at + y * self.screen.max_width + x, <uint8_t> (
                            colour + (<Screen> self.shown[i]).pixels[y * (<Screen> self.shown[i]).width + x])):
                        differs = True
        return differs

    cdef bint show_lamps(self) noexcept nogil:
        cdef bint differs = False
        cdef int i, x, y, level, shade, colour
        for i in range(self.lamps):
            # The weakest light is seen, too.
            level = ((<Leds> self.lamp[i]).level[self.lamp_index[i]] * (LAMP_LEVELS - 1) + 254) // 255
            if level == self.lamp_level[i] and not self.restart:
                continue
            self.lamp_level[i] = level
            colour = self.lamp_colour[i] + level * LAMP_SHADES - 1
            for y in range(LAMP_HEIGHT):
                for x in range(LAMP_WIDTH):
                    shade = LAMP[y * LAMP_WIDTH + x]
                    if shade and self.set_pixel(self.lamp_at[i] + y * self.screen.max_width + x, <uint8_t> (colour + shade)):
                        differs = True
        return differs

    cdef bint show_keys(self) noexcept nogil:
        cdef bint differs = False
        cdef int i, x, y, level, shade
        for i in range(self.keys):
            level = <int> ((<Buttons> self.key[i]).pressed >> self.key_index[i] & 1)
            if level == self.key_level[i] and not self.restart:
                continue
            self.key_level[i] = level
            for y in range(KEY_HEIGHT):
                for x in range(KEY_WIDTH):
                    shade = KEY_DOWN[y * KEY_WIDTH + x] if level else KEY_UP[y * KEY_WIDTH + x]
                    if self.set_pixel(self.key_at[i] + y * self.screen.max_width + x, self.key_colour[shade - 1]):
                        differs = True
        return differs

    cdef bint set_pixel(self, int at, uint8_t colour) noexcept nogil:
        if self.screen.pixels[at] == colour:
            return False
        self.screen.pixels[at] = colour
        return True

    # --- state ----------------------------------------------------------------------------------------------------------

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            self.blank = True
            self.restart = True

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        return state.flag("blank", &self.blank)

    cdef int restored(self) except -1:
        self.restart = True
        return 0
