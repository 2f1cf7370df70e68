"""The bundled programs of the breadboard computer keep the times that the datasheets of its chips give."""

from itertools import pairwise

import pytest
from eater_board import ACIA, IFR, PORTA, PORTB, T1CH, program

# hd44780u "Instructions", at 270 kHz: 410 and 10 periods; "Reset Function": 10 ms. In cycles of 1 MHz, rounded up.
LONG, SHORT, RESET = 1519, 38, 10_000
E, RW, RS = 0x80, 0x40, 0x20


def pulses(trace):
    """Every pulse on E of the LCD, from a bus trace: (cycle in which E falls, PORTA before it, what was last on PORTB)."""
    found, porta, data = [], 0, 0
    for cycle, address, value, kind in trace:
        if address == PORTB:
            data = value
        elif address == PORTA and kind == "write":
            if porta & E and not value & E:
                found.append((cycle, porta, data))
            porta = value
    return found


@pytest.fixture(scope="module")
def greeting():
    """(all pulses on E, the machine) of the greeting."""
    vm = program("hello")
    with vm.trace_bus() as trace:
        vm.run(60_000)
    return pulses(trace), vm


def test_the_lcd_shows_the_greeting_and_the_processor_stops(greeting):
    _, vm = greeting
    assert vm.lcd.text == ("Hello, world!   ", " " * 16)
    assert vm.lcd.art.splitlines()[0].startswith("#...# ..... .##..")
    assert not vm.tick(), "STP"


def test_the_lcd_gets_its_instructions_and_the_text_in_this_order(greeting):
    given = [(bool(porta & RS), data) for _, porta, data in greeting[0] if not porta & RW]
    assert given == [(False, 0x38), (False, 0x0E), (False, 0x06), (False, 0x01), *((True, letter) for letter in b"Hello, world!")]


def test_every_wait_ends_with_the_first_look_after_the_time_of_the_datasheet(greeting):
    """The busy flag is read until it is 0: all looks before the time see 1, and the first one after it sees 0."""
    begun, time = 0, RESET
    looks = 0
    for cycle, porta, data in greeting[0]:
        if porta & RW:
            # The flag is sampled when E rises, some cycles before it falls.
            looks += 1
            if data & 0x80:
                assert cycle < begun + time + 30
            else:
                assert cycle >= begun + time
        else:
            assert cycle >= begun + time
            begun, time = cycle, LONG if not porta & RS and data < 4 else SHORT
    assert looks > 100


def test_the_longest_wait_is_no_longer_than_the_instruction_and_one_look(greeting):
    writes = [(cycle, data, porta) for cycle, porta, data in greeting[0] if not porta & RW]
    clear = next(cycle for cycle, data, porta in writes if data == 0x01 and not porta & RS)
    after = min(cycle for cycle, _, _ in writes if cycle > clear)
    assert LONG <= after - clear < LONG + 120


# --- timer 1 ----------------------------------------------------------------------------------------------------------------


def test_timer_1_interrupts_every_10_000_cycles():
    vm = program("blink")
    with vm.trace_bus() as trace:
        vm.run(200)
    start = next(cycle for cycle, address, _, kind in trace if (address, kind) == (T1CH, "write"))
    entries = []
    vm.hook("irq", lambda vm: entries.append(vm.cpu.cycles))
    vm.run(1_000_000)
    # /IRQ falls N + 1.5 cycles after the write, in the cycle start + 10,000; WAI ends two cycles later, and interrupting
    # takes seven.
    assert entries[0] == start + 10_000 + 1 + 2 + 7
    assert {after - before for before, after in pairwise(entries)} == {10_000}


def test_the_led_changes_every_quarter_of_a_second_to_the_cycle():
    vm = program("blink")
    changes = []

    def look(vm):
        if vm.leds["d0"] != len(changes) % 2:
            changes.append(vm.cpu.cycles)

    vm.hook("done", look)              # each interrupt comes here, right behind the instruction that changes PA0
    vm.run(2_600_000)
    assert len(changes) == 10
    assert {after - before for before, after in pairwise(changes)} == {250_000}


# --- the button -------------------------------------------------------------------------------------------------------------


def shown(vm):
    return vm.lcd.text[0].strip()


def test_a_press_interrupts_within_the_cycles_of_wai_and_the_sequence():
    vm = program("button")
    vm.tick(20)
    entries = []
    vm.hook("irq", lambda vm: entries.append(vm.cpu.cycles))
    begin = vm.cpu.cycles
    vm.button_press("irq")
    vm.tick()
    # WAI, with I set, goes on; then CLI, and the instruction behind it; seven cycles of interrupting.
    assert entries[0] - begin <= 3 + 2 + 3 + 7
    assert len(entries) == 1


def test_the_interrupt_is_the_falling_edge_and_a_held_button_makes_no_other():
    vm = program("button")
    vm.tick(20)
    vm.button_press("irq")
    vm.tick(60)
    assert shown(vm) == "0001"
    vm.button_release("irq")
    vm.tick(60)
    assert shown(vm) == "0001"


def test_edges_within_20_ms_are_bouncing_and_count_once():
    vm = program("button")
    vm.tick(20)
    line = vm.devices["via"].port_a
    for _ in range(8):
        line["ca1"] = False
        vm.run(500)
        line["ca1"] = True
        vm.run(500)
    vm.tick(10)
    assert shown(vm) == "0001"
    line["ca1"] = False
    vm.tick(5)
    assert shown(vm) == "0002"


def test_the_second_interrupt_is_timer_1s_20_000_cycles_later():
    vm = program("button")
    vm.tick(20)
    entries, flags = [], []

    def note(vm):
        entries.append(vm.cpu.cycles)
        flags.append(vm.memory[IFR])

    vm.hook("irq", note)
    vm.button_press("irq")
    with vm.trace_bus() as trace:
        vm.tick(3)
    start = next(cycle for cycle, address, _, kind in trace if (address, kind) == (T1CH, "write"))
    assert flags[0] & 0x42 == 0x02
    assert flags[1] & 0x40
    assert 20_000 <= entries[1] - start <= 20_000 + 20


def test_it_counts_on_in_decimal():
    vm = program("button")
    vm.tick(10)
    for _ in range(101):
        vm.button("irq", 2)
        vm.tick(5)
    assert shown(vm) == "0101"


# --- the serial line ----------------------------------------------------------------------------------------------------------


def test_a_character_comes_back():
    vm = program("echo")
    vm.tick(2)
    vm.serial.send(b"A")
    vm.tick(2)
    assert vm.serial.receive() == b"A"


def test_characters_come_and_go_in_the_time_of_ten_bits():
    vm = program("echo")
    vm.tick(2)
    vm.serial.send(b"0123456789" * 8)
    with vm.trace_bus() as trace:
        vm.tick(5)
    sent = [cycle for cycle, address, _, kind in trace if (address, kind) == (ACIA, "write")]
    taken = [cycle for cycle, address, _, kind in trace if (address, kind) == (ACIA, "read")]
    # 10 bits at 19,200 baud are 520.83 cycles, and a sixteenth of a bit 32.55. The ACIA keeps them exactly; the program never
    # sends a character earlier than both.
    assert (taken[-1] - taken[0]) / (len(taken) - 1) == pytest.approx(520.83, abs=1)
    gaps = [after - before for before, after in pairwise(sent)]
    assert min(gaps) >= 521 + 33
    assert sum(gaps) / len(gaps) < 521 + 33 + 30


@pytest.mark.parametrize("model", ["6551", "w65c51n"])
def test_a_long_text_at_full_speed_comes_back_whole(model):
    vm = program("echo", acia_model=model)
    vm.tick(2)
    text = bytes(range(32, 127)) * 20
    vm.serial.send(text)
    vm.tick(80)
    assert vm.serial.receive() == text


@pytest.mark.parametrize(("name", "typed"), [
    ("monitor", b"help\rd 8000 80FF\r"), ("loader", b"?\r"), ("basic", b"10 FOR I=1 TO 9\r20 PRINT I*I\r30 NEXT\rLIST\rRUN\r"),
])
def test_a_w65c51n_sends_all_that_a_6551_sends(name, typed):
    said = []
    for model in ("6551", "w65c51n"):
        vm = program(name, acia_model=model, fill=0)
        vm.tick(60)
        vm.serial.send(typed)
        vm.tick(240)
        said.append(vm.serial.receive())
    assert said[0] == said[1]
    assert len(said[0]) > 100


def test_scroll_defines_its_own_characters_and_shows_them():
    vm = program("scroll")
    vm.tick(15)
    lcd = vm.lcd
    assert lcd.text[0] == "Forty columns, a"
    assert lcd.codes[1][:5] == bytes([0, 1, 2, 3, 0])
    vm.tick(25)
    assert lcd.text[0] != "Forty columns, a"
    assert lcd.text[0].startswith("orty c")
