"""How a CHIP-8 passes its time: slots, frames, waits, timers, the tone; slicing a run changes nothing."""

import random

import numpy
import pytest
from chip8_machine import after, machine, v
from hypothesis import given
from hypothesis import strategies as st

from retrovm.core.bus import Tracer
from retrovm.core.types import StopReason

COUNT = "7001 1200"                    # V0 counts every second instruction
KEYS = "F50A 7601 1200"                # V5 = key, V6 counts keys
BUSY = ("A240 C03F C11F D015 7A01 F218 FA15 F307 A300 FA33 F265 2220 1202 0000 0000 0000"
        "3A00 7B01 F51E 00EE")


def press(made, *keys):
    for key in keys:
        made.ports.find(key).press(key)


def release(made, *keys):
    for key in keys:
        made.ports.find(key).release(key)


@pytest.mark.parametrize("tickrate", [1, 7, 15, 1000])
def test_a_frame_has_as_many_instructions_as_the_tickrate_says(tickrate):
    made = machine(COUNT, tickrate=tickrate)
    made.tick(3)
    assert made.cpu.instructions == made.cpu.cycles == 3 * tickrate


@pytest.mark.parametrize("tickrate", [1, 15, 16, 20000, 1000000])
def test_the_master_clock_has_at_least_a_million_ticks_a_second(tickrate):
    made = machine(COUNT, tickrate=tickrate)
    assert made.clock.rate >= 1_000_000
    made.step()
    assert made.clock.ticks == made.clock.rate / (60 * tickrate)


def test_step_runs_one_instruction_and_takes_one_cycle():
    made = machine(COUNT)
    assert made.step() == 1
    assert v(made, 0) == 1


def test_a_sprite_is_the_last_instruction_of_its_frame():
    made = machine("7001 D001 1200", tickrate=15)
    made.tick()
    assert (made.cpu.instructions, made.cpu.cycles, made.cpu.waiting) == (2, 15, "frame")
    made.tick()
    assert made.cpu.instructions == 5


def test_steps_pass_the_wait_for_the_end_of_the_frame_slot_by_slot():
    made = machine("D001 7001 1202", tickrate=4)
    for _ in range(4):
        assert (v(made, 0), made.step()) == (0, 1)
    made.step()
    assert (v(made, 0), made.frame) == (1, 1)


def test_timers_count_down_once_a_frame_and_stay_at_0():
    made = after(COUNT, 0, {"dt": 2, "st": 3})
    seen = []
    for _ in range(4):
        made.tick()
        seen.append((made.cpu.registers["dt"], made.cpu.registers["st"]))
    assert seen == [(1, 2), (0, 1), (0, 0), (0, 0)]


def test_fx0a_waits_until_a_key_is_let_go_and_executes_nothing_meanwhile():
    made = after(KEYS, 0, {"dt": 9})
    made.tick()
    assert (made.cpu.waiting, made.cpu.instructions) == ("key", 1)
    press(made, "c")
    made.tick(2)
    assert (made.cpu.waiting, made.cpu.instructions, v(made, 6)) == ("key", 1, 0)
    assert made.cpu.registers["dt"] == 6
    release(made, "c")
    made.tick()
    assert (v(made, 5, 6), made.cpu.waiting) == ([0xC, 1], "key")


def test_fx0a_also_takes_a_key_that_was_down_before():
    made = machine(KEYS)
    press(made, "3", "7")
    made.tick(2)
    release(made, "7")
    made.tick()
    assert v(made, 5) == 7


def test_of_two_keys_let_go_in_one_frame_the_lower_one_counts():
    made = machine(KEYS)
    press(made, "a", "4")
    made.tick()
    release(made, "a", "4")
    made.tick()
    assert v(made, 5, 6) == [4, 1]


def test_keys_are_seen_from_the_next_frame_on():
    made = machine("650A E59E 1202 7001 1206", tickrate=10)
    for _ in range(5):
        made.step()
    press(made, "a")
    for _ in range(5):
        made.step()
    assert v(made, 0) == 0
    made.tick()
    assert v(made, 0) > 0


def cut(made, cycles, chance):
    """Runs for so many cycles in slices of random length."""
    end = made.cpu.cycles + cycles
    while made.cpu.cycles < end:
        if chance.random() < 0.2:
            made.step()
        else:
            made.run_cycles(min(chance.randrange(1, 40), end - made.cpu.cycles))


@pytest.mark.parametrize("program", [BUSY, KEYS, COUNT, "D001 7001 1200", "7001 0123", "6001 1FFE"])
def test_slicing_a_run_changes_nothing(program):
    whole, sliced = machine(program, tickrate=23), machine(program, tickrate=23)
    chance = random.Random(program)
    for frame in range(40):
        for made in (whole, sliced):
            (press if frame % 7 < 3 else release)(made, f"{frame // 7:x}")
        whole.tick()
        cut(sliced, 23, chance)
        assert sliced.save_fields() == whole.save_fields(), f"frame {frame}"


@given(cycles=st.integers(0, 2000), later=st.integers(0, 200), seed=st.integers(0, 2**31))
def test_a_saved_state_goes_on_like_the_machine_that_it_was_saved_from(cycles, later, seed):
    made, other = machine(BUSY, tickrate=31, seed=seed), machine(BUSY, tickrate=31)
    made.run_cycles(cycles)
    state = made.save_fields()
    other.load_fields(state)
    assert other.save_fields() == state
    for one in (made, other):
        one.run_cycles(later)
        one.tick(2)
    assert made.save_fields() == other.save_fields()
    assert (made.screen.ndarray == other.screen.ndarray).all()


def test_power_on_starts_over_bit_by_bit():
    made = machine(BUSY)
    made.reset(True)
    before = made.save_fields()
    made.tick(9)
    made.reset(True)
    assert made.save_fields() == before


# --- hooks, traces, parts that are not plain memory -----------------------------------------------


def test_a_hook_stops_before_its_instruction_and_going_on_runs_it():
    made = machine("7001 7101 7201 1200")
    made.add_hook(0x204, None)
    assert made.run_cycles(100) == StopReason.ADDRESS
    assert (made.cpu.pc, v(made, 0, 1, 2)) == (0x204, [1, 1, 0])
    made.run_cycles(100)
    assert (made.cpu.pc, v(made, 0, 1, 2)) == (0x204, [2, 2, 1])


def test_a_hook_behind_a_wait_is_called_when_the_wait_is_over():
    made, calls = machine("D001 7001 1204", tickrate=10), []
    made.add_hook(0x202, lambda vm: calls.append(vm.cpu.cycles))
    made.tick(3)
    assert calls == [10]


def test_hooks_and_traces_change_no_result():
    plain, watched = machine(BUSY, tickrate=50), machine(BUSY, tickrate=50)
    watched.add_hook(0x20A, lambda vm: None)
    watched.cpu.bus.trace(Tracer())
    plain.tick(10)
    watched.tick(10)
    assert watched.save_fields() == plain.save_fields()


def test_a_trace_shows_every_access_with_its_kind():
    made, trace = machine("A300 F155 D002 1206"), Tracer()
    made.cpu.registers = {"v0": 5, "v1": 6}
    made.cpu.bus.trace(trace)
    for _ in range(3):
        made.step()
    assert [row[1:] for row in trace.rows()] == [
        (0x200, 0xA3, "read"), (0x201, 0x00, "read"),
        (0x202, 0xF1, "read"), (0x203, 0x55, "read"), (0x300, 5, "write"), (0x301, 6, "write"),
        (0x204, 0xD0, "read"), (0x205, 0x02, "read"), (0x302, 0, "read"), (0x303, 0, "read"),
    ]
    assert [kind.name for kind in trace.kinds()][:5] == ["FETCH", "OPERAND", "FETCH", "OPERAND", "WRITE"]


def test_trapped_pages_give_the_same_results():
    plain, trapped = machine(BUSY, tickrate=50), machine(BUSY, tickrate=50)
    trapped.cpu.bus.trap(0x200, 0x100)
    trapped.cpu.bus.trap(0x300, 0x100, read=False)
    plain.tick(10)
    trapped.tick(10)
    assert trapped.save_fields() == plain.save_fields()


# --- the tone -------------------------------------------------------------------------------------


def sound(made, frames):
    made.tick(frames)
    return made.audio.ndarray[:, 0].astype(int)


def test_the_tone_has_1400_hz_and_lasts_as_long_as_the_sound_timer():
    made = machine("613C F118 1204")
    wave = sound(made, 70)
    heard = numpy.flatnonzero(numpy.abs(wave) > 1000)
    assert 0.99 < (heard[-1] - heard[0]) / made.audio.rate < 1.01
    part = wave[1000:1000 + made.audio.rate // 2]
    peak = numpy.abs(numpy.fft.rfft(part * numpy.hanning(len(part)))).argmax() * 2
    assert abs(peak - 1400) <= 4


def test_there_is_silence_without_the_sound_timer():
    assert not sound(machine(COUNT), 5).any()


def test_setting_the_sound_timer_to_0_ends_the_tone_at_once():
    made = machine("6109 F118 120A 0000 0000 6100 F118 120E", tickrate=100)
    wave = sound(made, 2)
    heard = numpy.flatnonzero(numpy.abs(wave) > 1000)
    assert heard[-1] < made.audio.rate * 20 / 6000


def test_the_tone_goes_on_without_a_break_when_the_timer_is_set_again():
    again, once = machine("6104 F118 1202"), machine("61FF F118 1204")
    assert (sound(again, 10) == sound(once, 10)).all()
