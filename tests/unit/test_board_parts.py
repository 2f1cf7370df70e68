"""Buttons, LEDs and the picture of a board, on the ports of a 6522."""

import pytest

from retrovm.chips import panel_picture
from retrovm.chips.hd44780_module import Hd44780Module
from retrovm.chips.leds import Leds
from retrovm.chips.mos6522 import Mos6522
from retrovm.chips.panel import Panel
from retrovm.chips.push_buttons import PushButtons
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen
from retrovm.cpu import Mos6502

RED, GREEN = 0xFF2A1E, 0x38E04A


class Board:
    """A VIA with a button on PA0 and on CA1, LEDs on PB0 and PB1, and a processor that does nothing."""

    def __init__(self, closes_to="low", lit_by="high", rate=1_000_000):
        self.machine = Machine(rate)
        bus = self.machine.add_bus()
        bus.map(0, 0x10000, self.machine.add(Memory("ram", contents=b"\x80\xFE".ljust(0x10000, b"\0"))))
        self.machine.add(Mos6502(bus=bus, model="65c02-wdc"))
        self.via = self.machine.add(Mos6522("via", self.machine.clock))
        bus.map(0x6000, 0x100, self.via, mirror=16)
        self.bus = bus
        self.pad = self.machine.add(Buttons("pad", ["fire", "stop", "loose"]))
        self.buttons = self.machine.add(PushButtons(
            "buttons", self.machine.clock, self.pad, {"fire": (self.via.port_a, "pa0"), "stop": (self.via.port_a, "ca1")},
            closes_to=closes_to))
        self.leds = self.machine.add(Leds(
            "leds", self.machine.clock, {"one": RED, "two": GREEN, "loose": RED},
            {"one": (self.via.port_b, "pb0"), "two": (self.via.port_b, "pb1")}, lit_by=lit_by))
        self.panel = self.machine.add(Panel(
            "panel", "A board", lamps=[(self.leds, {"one": "1", "two": "2", "loose": "3"})],
            keys=[(self.pad, {"fire": ("Fire", "KeyX"), "stop": ("Stop", "Space")})]))
        self.machine.add(self.panel.screen)
        self.machine.reset()
        # PB0 and PB1 are outputs from here on.
        self.bus.write(0x6002, 0x03)

    def port_a(self):
        return self.bus.read(0x6001)


# --- buttons ----------------------------------------------------------------------------------------------------------


def test_a_pressed_button_pulls_its_line_low_and_a_resistor_holds_it_high_otherwise():
    board = Board()
    assert board.port_a() & 1
    board.pad.press("fire")
    board.machine.tick()
    assert not board.port_a() & 1
    board.pad.release("fire")
    board.machine.tick()
    assert board.port_a() & 1


def test_a_button_may_close_to_five_volts_instead():
    board = Board(closes_to="high")
    assert not board.port_a() & 1
    board.pad.press("fire")
    board.machine.tick()
    assert board.port_a() & 1


def test_the_line_changes_when_a_frame_begins_and_not_when_the_host_presses():
    board = Board()
    board.machine.tick()
    board.pad.press("fire")
    assert board.via.port_a["pa0"]
    board.machine.step()
    assert not board.via.port_a["pa0"]


def test_a_button_on_ca1_sets_its_interrupt_flag_at_the_edge():
    board = Board()
    board.pad.press("stop")
    board.machine.tick()
    assert board.bus.read(0x600D) & 0x02
    board.bus.read(0x6001)
    board.machine.tick()
    assert not board.bus.read(0x600D) & 0x02, "holding it is no further edge"


def test_two_buttons_of_one_port_are_pressed_together():
    board = Board()
    board.pad.press("fire")
    board.pad.press("stop")
    board.machine.tick()
    assert not board.via.port_a["pa0"]
    assert not board.via.port_a["ca1"]


def test_a_button_without_a_line_leads_nowhere():
    board = Board()
    before = repr(board.via.port_a)
    board.pad.press("loose")
    board.machine.tick()
    assert repr(board.via.port_a) == before


def test_a_button_that_is_held_when_the_machine_is_switched_on_is_pressed_at_once():
    board = Board()
    board.pad.press("fire")
    board.machine.reset()
    assert not board.via.port_a["pa0"]


def test_buttons_and_their_lines_have_to_be_there():
    board = Board()
    clock = board.machine.clock
    with pytest.raises(ArgumentError, match="has no button 'jump'; it has fire, stop"):
        PushButtons("more", clock, board.pad, {"jump": (board.via.port_a, "pa1")})
    with pytest.raises(ArgumentError, match="no line 'pa9'"):
        PushButtons("more", clock, board.pad, {"fire": (board.via.port_a, "pa9")})
    with pytest.raises(ArgumentError, match="closes to low or high, not to 'up'"):
        PushButtons("more", clock, board.pad, {}, closes_to="up")


# --- LEDs -------------------------------------------------------------------------------------------------------------


def test_an_led_is_lit_while_its_line_is_driven_high():
    board = Board()
    assert board.leds.lit == ()
    board.bus.write(0x6000, 0x02)
    assert board.leds.lit == ("two",)
    assert board.leds["two"]
    assert not board.leds["one"]


def test_an_led_to_five_volts_is_lit_by_low():
    board = Board(lit_by="low")
    board.bus.write(0x6000, 0x02)
    assert board.leds.lit == ("one",)


def test_a_line_that_nobody_drives_lights_no_led():
    board = Board()
    board.bus.write(0x6000, 0x03)
    board.bus.write(0x6002, 0x00)
    assert board.via.port_b["pb0"], "its bus holder keeps it high"
    assert board.leds.lit == ()


def test_brightness_is_the_part_of_the_last_frame_for_which_it_was_lit():
    board = Board(rate=60 * 20_000)
    board.bus.write(0x6000, 0x01)
    board.machine.tick()
    assert board.leds.brightness("one") == 1.0
    board.machine.run_cycles(5_000)
    board.bus.write(0x6000, 0x00)
    board.machine.tick()
    assert board.leds.brightness("one") == pytest.approx(0.25, abs=0.01)
    assert not board.leds["one"]
    board.machine.tick()
    assert board.leds.brightness("one") == 0.0


def test_leds_and_their_lines_have_to_be_there():
    board = Board()
    clock = board.machine.clock
    with pytest.raises(ArgumentError, match="has no LED 'three'; it has one, two, loose"):
        assert board.leds["three"]
    with pytest.raises(ArgumentError, match="has no LED 'x'; it has a"):
        Leds("more", clock, {"a": RED}, {"x": (board.via.port_b, "pb2")})
    with pytest.raises(ArgumentError, match="1 to 32, not 0"):
        Leds("more", clock, {}, {})
    with pytest.raises(ArgumentError, match="lit by low or high, not by 'light'"):
        Leds("more", clock, {"a": RED}, {}, lit_by="light")


# --- picture ----------------------------------------------------------------------------------------------------------


def colours(screen):
    return {tuple(pixel) for row in screen.ndarray for pixel in row}


def test_the_picture_changes_only_when_something_on_the_board_does():
    board = Board()
    board.machine.tick(2)
    before = board.panel.screen.frame_number
    board.machine.tick(10)
    assert board.panel.screen.frame_number == before
    board.pad.press("fire")
    board.machine.tick()
    assert board.panel.screen.frame_number == before + 1


def test_a_lit_led_shines_in_its_colour():
    board = Board()
    board.machine.tick()
    dark = colours(board.panel.screen)
    board.bus.write(0x6000, 0x02)
    board.machine.tick()
    assert [green for red, green, blue in colours(board.panel.screen) - dark if green > 200 and red < 150]
    board.bus.write(0x6000, 0x00)
    board.machine.tick(2)
    assert colours(board.panel.screen) == dark


def test_a_pressed_button_looks_pressed():
    board = Board()
    board.machine.tick()
    before = board.panel.screen.ndarray.copy()
    board.pad.press("stop")
    board.machine.tick()
    assert (board.panel.screen.ndarray != before).any()
    board.pad.release("stop")
    board.machine.tick()
    assert (board.panel.screen.ndarray == before).all()


def test_a_display_is_in_the_picture_as_it_shows_itself():
    machine = Board().machine
    lcd = machine.add(Hd44780Module("lcd", machine.clock, screen_name="glass", palette="blue"))
    machine.add(lcd.screen)
    panel = machine.add(Panel("whole", screens=[lcd.screen], screen_name="picture"))
    machine.add(panel.screen)
    machine.show(panel.screen)
    machine.tick(2)
    assert machine.screen is panel.screen
    glass, picture = lcd.screen.ndarray, panel.screen.ndarray
    height, width, _ = glass.shape
    x = (picture.shape[1] - width) // 2
    y = next(y for y in range(picture.shape[0] - height) if (picture[y, x:x + width] == glass[0]).all())
    assert (picture[y:y + height, x:x + width] == glass).all()


def test_only_a_screen_of_the_machine_is_shown():
    machine = Machine(1_000_000)
    with pytest.raises(ArgumentError, match="no part of this machine yet"):
        machine.show(Screen("mine", 8, 8, [0]))


def test_a_screen_in_direct_colour_cannot_be_in_the_picture():
    with pytest.raises(ArgumentError, match="direct colour"):
        Panel("panel", screens=[Screen("mega", 8, 8, [0], direct=True)])


def test_too_many_colours_are_an_error():
    clock = Machine(1_000_000).clock
    leds = Leds("leds", clock, {f"d{i}": i for i in range(10)}, {})
    with pytest.raises(ArgumentError, match="fewer different colours"):
        Panel("panel", lamps=[(leds, {name: name for name in leds.names})])


@pytest.mark.parametrize(("code", "name"), [
    ("KeyX", "X"), ("Digit1", "1"), ("ArrowUp", "Up"), ("Space", "Space"), ("Semicolon", ";"), ("Key", "Key")])
def test_keys_are_called_by_what_stands_on_them(code, name):
    assert panel_picture.key_name(code) == name


# --- state ------------------------------------------------------------------------------------------------------------


def test_a_saved_board_goes_on_as_it_was():
    board, other = Board(), Board()
    board.pad.press("fire")
    board.bus.write(0x6000, 0x03)
    board.machine.tick(3)
    board.machine.run_cycles(777)
    state = board.machine.save_fields()
    other.machine.load_fields(state)
    assert other.machine.save_fields() == state
    assert other.leds.lit == ("one", "two")
    assert not other.via.port_a["pa0"]
    for each in (board, other):
        each.pad.release("fire")
        each.machine.tick(2)
    assert other.machine.save_fields() == board.machine.save_fields()
    assert (other.panel.screen.ndarray == board.panel.screen.ndarray).all()


@pytest.mark.parametrize(("key", "value", "message"), [
    ("since", 0, "its frame cannot have begun"), ("frame_start", 1 << 40, "its frame cannot have begun")])
def test_a_state_that_no_run_leads_to_is_refused(key, value, message):
    board = Board()
    board.machine.tick(3)
    before = board.machine.save_fields()
    state = bytearray(before)
    name = b"i" + bytes([len(key)]) + key.encode()
    at = state.index(name) + len(name)
    state[at + 5:at + 13] = value.to_bytes(8, "little")
    with pytest.raises(StateError, match=message):
        board.machine.load_fields(bytes(state))
    assert board.machine.save_fields() == before
