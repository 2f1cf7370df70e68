"""timing="vip": what instructions and interrupts take on a COSMAC VIP, and what they do to timers, sound and picture."""

import random

import numpy
import pytest
from chip8_machine import machine, v
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.core.bus import Bus, Tracer
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.machine import Machine
from retrovm.core.types import StopReason
from retrovm.cpu.chip8 import Chip8
from retrovm.errors import OptionError
from retrovm.isa import chip8
from retrovm.isa.chip8_vip import CYCLES, operations
from retrovm.machines.chip8 import SPEC

FRAME = 3668                # machine cycles
FIRST = 3250                # where the program begins
INTERRUPTS = 1096           # of each frame
BUSY = ("A240 C03F C11F D015 7A01 F218 FA15 F307 A300 FA33 F265 2220 00E0 1202 0000 0000"
        "3A00 7B01 F51E 00EE")
KEYS = "F50A 7601 1200"     # V5 = key, V6 counts keys


def vip(program=b"", **options):
    """A machine of which the program begins with the next instruction."""
    made = machine(program, tickrate=None, timing="vip", **options)
    made.step()
    return made


def instruction(made):
    """Runs the next instruction; what it took, with waits and without interrupts that fall into it."""
    begin, executed = made.cpu.cycles, made.cpu.instructions
    while made.cpu.instructions == executed:
        made.step()
    return made.cpu.cycles - begin


FILLERS = {74: "6E00", 78: "7E00", 80: "8EE0", 112: "8EE4"}


def approach(made, left, **registers):
    """Runs instructions of no effect until an interrupt is so many cycles away; then the program begins again."""
    ways, distance = {0: ""}, (INTERRUPTS - left - made.cpu.cycles) % FRAME
    for total in range(0, distance, 2):
        for cycles, code in FILLERS.items() if total in ways else ():
            ways.setdefault(total + cycles, ways[total] + code)
    code = bytes.fromhex(ways[distance])
    made.cpu.bus.poke_bytes(0x300, code)
    made.cpu.registers = {"pc": 0x300}
    for _ in range(len(code) // 2):
        made.step()
    assert (made.cpu.pc, (INTERRUPTS - made.cpu.cycles) % FRAME) == (0x300 + len(code), left)
    made.cpu.registers = {"pc": 0x200, **registers}
    return made


# --- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opcode", "registers", "cycles"), [
    ("1204", {}, 80), ("2204", {}, 94), ("6312", {}, 74), ("7312", {}, 78), ("A123", {}, 80),
    ("3305", {}, 78), ("3305", {"v3": 5}, 82), ("4305", {}, 82), ("4305", {"v3": 5}, 78),
    ("5340", {}, 86), ("5340", {"v3": 1}, 82), ("9340", {}, 82), ("9340", {"v3": 1}, 86),
    ("E39E", {}, 82), ("E3A1", {}, 86),
    ("8340", {}, 80), ("8341", {}, 112), ("8342", {}, 112), ("8343", {}, 112), ("8344", {}, 112), ("8345", {}, 112),
    ("8346", {}, 112), ("8347", {}, 112), ("834E", {}, 112),
    ("B2F0", {}, 90), ("B2F0", {"v0": 0x0F}, 90), ("B2F0", {"v0": 0x10}, 92), ("C3FF", {}, 104),
    ("F307", {}, 78), ("F315", {}, 78), ("F318", {}, 78), ("F329", {}, 88),
    ("F31E", {"i": 0x3F0, "v3": 15}, 84), ("F31E", {"i": 0x3F0, "v3": 16}, 90),
    ("F333", {"i": 0x300}, 152), ("F333", {"i": 0x300, "v3": 255}, 152 + 16 * 12),
    ("F055", {"i": 0x300}, 100), ("FF55", {"i": 0x300}, 310), ("F365", {"i": 0x300}, 142),
])
def test_an_instruction_takes_its_machine_cycles(opcode, registers, cycles):
    made = vip(opcode)
    made.cpu.registers = registers
    assert (made.cpu.cycles, instruction(made)) == (FIRST, cycles)


def test_every_instruction_of_the_vips_chip8_has_its_cycles():
    assert CYCLES.keys() == operations().keys() == {row.pattern for row in chip8.instructions("chip8")}


def test_a_return_takes_50_cycles():
    made = vip("2204 0000 00EE")
    assert [instruction(made), instruction(made)] == [94, 50]


def test_power_on_is_1096_cycles_into_the_first_frame_and_the_program_begins_at_3250():
    made = machine("1200", tickrate=None, timing="vip")
    assert (made.cpu.cycles, made.clock.ticks, made.cpu.vip) == (INTERRUPTS, 0, True)
    assert made.step() == FIRST - INTERRUPTS
    assert (made.cpu.cycles, made.cpu.pc, made.cpu.instructions) == (FIRST, 0x200, 0)


def test_there_are_60_frames_a_second_of_3668_machine_cycles_at_1760640_hz():
    made = vip("1200")
    assert (made.clock.rate, made.frame_rate, made.clock.rate / 60) == (1_760_640, 60, 8 * FRAME)


def test_of_jumps_22_or_23_fit_between_two_interrupts():
    made, counts = vip("1200"), []
    made.tick()
    for _ in range(20):
        before = made.cpu.instructions
        made.tick()
        counts.append(made.cpu.instructions - before)
    assert set(counts) == {22, 23}


@pytest.mark.parametrize(("dt", "st", "cycles"), [(0, 0, 1832), (1, 0, 1840), (0, 1, 1836), (9, 9, 1844)])
def test_an_interrupt_takes_longer_for_each_timer_that_was_not_0(dt, st, cycles):
    made = approach(vip("1200"), 40, dt=dt, st=st)
    assert (made.step(), made.frame) == (80, 1)
    assert made.step() == cycles
    assert (made.cpu.registers["dt"], made.cpu.registers["st"]) == (max(dt - 1, 0), max(st - 1, 0))


def test_two_interrupts_may_fall_into_the_clearing_of_the_display():
    made = approach(vip("00E0 1202"), 200)
    begin = made.cpu.cycles
    assert [made.step() for _ in range(3)] == [3118, 1832, 1832]
    assert (made.frame, made.cpu.pc, made.cpu.cycles) == (2, 0x202, begin + 3118 + 2 * 1832)


@pytest.mark.parametrize(("x", "y", "rows", "prepare", "draw"), [
    (0, 0, 1, 136 + 46, 26 + 50), (0, 0, 15, 136 + 15 * 46, 26 + 15 * 50), (7, 0, 2, 136 + 2 * 186, 26 + 2 * 50),
    (56, 0, 3, 136 + 3 * 46, 26 + 3 * 34), (0, 27, 5, 136 + 5 * 46, 26 + 5 * 50 - 4),
    (0, 30, 5, 136 + 5 * 46, 26 + 2 * 50 - 4), (64, 32, 1, 136 + 46, 26 + 50), (0, 0, 0, 136, 26),
])
def test_a_sprite_is_prepared_waits_for_the_interrupt_and_is_drawn_behind_it(x, y, rows, prepare, draw):
    made = approach(vip(f"D01{rows:X} 1202"), 900, v0=x, v1=y, i=0x200)
    assert (made.step(), made.cpu.waiting) == (prepare, "frame")
    assert (made.step(), made.cpu.waiting) == (900 - prepare, "frame")
    assert made.step() == 1832 + draw


def test_a_sprite_whose_preparation_an_interrupt_interrupts_waits_for_the_next():
    made = approach(vip("D011 1202"), 100, i=0x200)
    assert [made.step() for _ in range(4)] == [182, 1832, FRAME + 100 - 182 - 1832, 1832 + 76]


@pytest.mark.parametrize(("sprite", "there", "more"), [
    (0xC0, 0x00, 0), (0xC0, 0x80, 4), (0xC0, 0x40, 4), (0xC0, 0xC0, 8), (0x80, 0xC0, 4)])
def test_a_row_that_collides_costs_4_cycles_in_each_of_its_two_bytes(sprite, there, more):
    made = vip(f"D011 1202 {there:02X}{sprite:02X}")
    made.cpu.registers = {"v0": 7, "i": 0x204}
    made.tick(2)
    made.step()
    made.cpu.registers = {"pc": 0x202}
    approach(made, 1000, v0=7, i=0x205)
    assert [made.step() for _ in range(3)][2] == 1832 + 76 + more
    assert v(made, 15) == (more > 0)


def test_machine_code_halts_with_a_reason_and_time_goes_on():
    made = vip("0123")
    assert not made.tick()
    assert "0123 at $0200 calls machine code" in made.cpu.halted
    before = made.cpu.cycles
    made.tick(2)
    assert made.cpu.cycles - before == 2 * FRAME
    assert made.step() == FRAME


# --- timers that an interrupt changes within an instruction ------------------------------------------


@pytest.mark.parametrize(("left", "read"), [(70, 4), (72, 4), (74, 5), (76, 5)])
def test_fx07_reads_the_delay_timer_in_its_73rd_cycle(left, read):
    made = approach(vip("F507 1202"), left, dt=5)
    made.step()
    assert (v(made, 5), made.cpu.registers["dt"]) == (read, 4)


@pytest.mark.parametrize(("left", "dt"), [(72, 9), (74, 9), (76, 8)])
def test_fx15_sets_the_delay_timer_in_its_75th_cycle(left, dt):
    made = approach(vip("F515 1202"), left, v5=9)
    made.step()
    assert made.cpu.registers["dt"] == dt


@pytest.mark.parametrize(("left", "timer"), [(72, 9), (74, 9), (76, 8)])
def test_fx18_sets_the_sound_timer_in_its_75th_cycle(left, timer):
    made = approach(vip("F518 1202"), left, v5=9)
    made.step()
    assert made.cpu.registers["st"] == timer


# --- keys, sound, picture, random numbers ---------------------------------------------------------------


def test_fx0a_beeps_while_the_key_is_down_and_goes_on_when_the_tone_has_ended():
    made = vip(KEYS)
    pad = made.ports.find("7")
    made.tick(3)
    assert (made.cpu.waiting, made.cpu.instructions) == ("key", 1)
    pad.press("7")
    made.tick(5)
    assert (made.cpu.waiting, made.cpu.registers["st"], v(made, 5)) == ("key", 3, 0)
    pad.release("7")
    made.tick(3)
    assert (made.cpu.waiting, made.cpu.registers["st"]) == ("key", 0)
    made.tick()
    assert (v(made, 5, 6), made.cpu.waiting) == ([7, 1], "key")


def test_fx0a_takes_a_key_that_is_down_already_and_of_two_the_lower():
    made = vip("1202 F50A 1204")
    pad = made.ports.find("a")
    pad.press("c")
    pad.press("a")
    made.tick(3)
    pad.release("a")
    made.tick(6)
    assert (v(made, 5), made.cpu.waiting) == (10, None)


def test_the_tone_lasts_from_the_interrupt_behind_fx18_to_the_one_that_finds_the_timer_at_0():
    made = vip("613C F118 1204")
    made.tick(70)
    wave = made.audio.ndarray[:, 0].astype(int)
    heard = numpy.flatnonzero(numpy.abs(wave) > 1000)
    first, last = heard[0] / made.audio.rate, heard[-1] / made.audio.rate
    assert abs(first - (FRAME + 1832 + 4 - 8) / 220080) < 0.001
    assert abs(last - first - 1) < 0.002


def test_a_picture_is_what_the_display_holds_at_the_interrupt():
    made = vip("6001 A20A D001 00E0 1208 8000")
    made.tick()
    assert not made.screen.indices.any()            # the sprite waits for this interrupt
    made.tick()
    assert made.screen.indices.sum() == 1


@pytest.mark.parametrize(("left", "rows"), [(50, 15), (52, 15), (136, 14), (422, 12), (424, 11), (1400, 1)])
def test_a_picture_in_the_middle_of_clearing_lacks_what_is_cleared_from_the_end(left, rows):
    made = vip("00E0 1202 D01F 1206")
    made.cpu.bus.poke_bytes(0x280, b"\xFF" * 15)
    made.cpu.registers = {"v1": 17, "i": 0x280, "pc": 0x204}
    made.tick(3)
    assert made.screen.indices.sum() == 15 * 8
    made.step()
    approach(made, left)
    made.tick()
    assert made.screen.indices.sum() == rows * 8
    made.tick(2)
    assert not made.screen.indices.any()


PAGE = bytes(random.Random(8).randbytes(256))


def vip_numbers(page, counter, interrupts, count):
    """What the 1802's code gives: `interrupts` before each of `count` numbers."""
    for _ in range(count):
        counter = counter + interrupts + 1 & 0xFFFF
        total = page[counter & 0xFF] + (counter >> 8)
        half = total >> 1                            # the carry comes in from the left
        high = (total & 0xFF) + half & 0xFF
        counter = high << 8 | counter & 0xFF
        yield high


@pytest.mark.parametrize("seed", [1, 0x1234, 0xFFFFF])
def test_random_numbers_are_the_vips_where_its_page_is_given(seed):
    made = vip("C0FF C1FF C2FF C30F 1208", seed=seed, vip_random=PAGE)
    for _ in range(4):
        instruction(made)
    expected = list(vip_numbers(PAGE, seed, 0, 4))
    assert v(made, 0, 1, 2, 3) == [*expected[:3], expected[3] & 0x0F]
    assert made.cpu.draws == 4


def test_each_interrupt_steps_the_counter_of_the_random_numbers():
    made = vip("F007 1200 C0FF 1206", vip_random=PAGE)
    made.tick(3)
    made.cpu.pc = 0x204
    made.tick()
    assert v(made, 0) == next(vip_numbers(PAGE, 1, 3, 1))


def test_random_numbers_are_the_familys_otherwise():
    made, plain = vip("C0FF 1202"), machine("C0FF 1202")
    instruction(made)
    plain.step()
    assert v(made, 0) == v(plain, 0)


def test_the_page_may_be_in_the_interpreter_in_a_file_or_in_hexadecimal(tmp_path):
    image = tmp_path / "chip8.bin"
    image.write_bytes(bytes(256) + PAGE + bytes(3))
    for given_as in (PAGE, image, str(image), PAGE.hex(), bytearray(bytes(256) + PAGE)):
        assert SPEC.parse_options({"vip_random": given_as})["vip_random"] == PAGE
    with pytest.raises(OptionError, match="these are 255"):
        SPEC.parse_options({"vip_random": bytes(255)})
    with pytest.raises(OptionError, match="no-such-file"):
        SPEC.parse_options({"vip_random": "no-such-file"})


# --- slices, states, watchers ---------------------------------------------------------------------------


@pytest.mark.parametrize("program", [BUSY, KEYS, "1200", "D001 7001 1200", "00E0 7001 1200", "7001 0123", "6001 1FFE"])
def test_slicing_a_run_changes_nothing(program):
    whole, sliced = (machine(program, tickrate=None, timing="vip") for _ in range(2))
    chance = random.Random(program)
    for frame in range(40):
        for made in (whole, sliced):
            pad = made.ports.find("3")
            (pad.press if frame % 9 < 3 else pad.release)("3")
        whole.tick()
        while sliced.frame < whole.frame:
            if chance.random() < 0.5:
                sliced.step()
            else:
                rest = -(-(whole.frame * 8 * FRAME - sliced.clock.ticks) // 8)
                sliced.run_cycles(min(chance.randrange(1, 2000), max(rest, 1)))
        assert sliced.save_fields() == whole.save_fields(), f"frame {frame}"


@settings(deadline=None)
@given(steps=st.integers(0, 400), later=st.integers(0, 20000), seed=st.integers(0, 2**31))
def test_a_saved_state_goes_on_like_the_machine_that_it_was_saved_from(steps, later, seed):
    made, other = (machine(BUSY, tickrate=None, timing="vip", seed=s, vip_random=PAGE) for s in (seed, 1))
    for _ in range(steps):
        made.step()
    state = made.save_fields()
    other.load_fields(state)
    assert other.save_fields() == state
    for one in (made, other):
        one.run_cycles(later)
        one.tick(2)
    assert made.save_fields() == other.save_fields()
    assert (made.screen.ndarray == other.screen.ndarray).all()


def test_hooks_and_traces_change_no_result():
    plain, watched = (machine(BUSY, tickrate=None, timing="vip") for _ in range(2))
    calls = []
    watched.add_hook(0x206, lambda vm: calls.append(vm.cpu.cycles))
    watched.cpu.bus.trace(Tracer())
    plain.tick(60)
    watched.tick(60)
    assert watched.save_fields() == plain.save_fields()
    assert len(calls) == len(set(calls)) > 10


def test_a_hook_at_the_first_instruction_is_called_when_the_program_begins():
    made = machine("1200", tickrate=None, timing="vip")
    made.add_hook(0x200, None)
    assert made.run_cycles(10000) == StopReason.ADDRESS
    assert made.cpu.cycles == FIRST


def test_power_on_starts_over_bit_by_bit():
    made = machine(BUSY, tickrate=None, timing="vip")
    made.reset(True)
    before = made.save_fields()
    made.tick(9)
    made.reset(True)
    assert made.save_fields() == before


def test_a_state_of_the_other_timing_is_refused():
    with pytest.raises(StateError):
        machine(BUSY).load_fields(machine(BUSY, tickrate=None, timing="vip").save_fields())


# --- what does not go together ----------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "about"), [
    ({"variant": "schip1.1"}, "variant=chip8, the VIP's own, not schip1.1"), ({"tickrate": 15}, "leave out tickrate"),
    ({"shift": True}, "leave out shift"), ({"frame_rate": 50}, "leave out frame_rate"), ({"stack": 16}, "leave out stack"),
])
def test_options_that_a_vip_does_not_have_are_refused(options, about):
    with pytest.raises(OptionError, match=about):
        machine("1200", **{"tickrate": None, "timing": "vip"} | options)


def test_the_vips_random_numbers_need_its_time():
    with pytest.raises(OptionError, match="timing=vip"):
        machine("1200", vip_random=PAGE)


@pytest.mark.parametrize(("given_", "about"), [
    ({"vip": True, "profile": "xochip"}, "profile chip8"), ({"vip": True, "shift": 1}, "nothing changed"),
    ({"vip_random": PAGE}, "go with the time of a VIP"), ({"vip": True, "vip_random": b"1"}, "256 bytes, not 1"),
])
def test_a_processor_refuses_what_is_not_of_a_vip(given_, about):
    bus = Machine(1_760_640).add_bus(4096)
    assert isinstance(bus, Bus)
    with pytest.raises(ArgumentError, match=about):
        Chip8("cpu", bus, period=8, **given_)
