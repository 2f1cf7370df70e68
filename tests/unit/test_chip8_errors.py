"""Programs, snapshots and arguments that are wrong: a CHIP-8 halts with a reason, or says what is wrong."""

import pytest
from chip8_machine import after, machine
from hypothesis import given
from hypothesis import strategies as st

from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen
from retrovm.core.types import StopReason
from retrovm.cpu.chip8 import Chip8
from retrovm.errors import ArgumentError, StateError
from retrovm.isa.chip8 import CHIP8, decode


@pytest.mark.parametrize(("program", "steps", "pc", "reason"), [
    ("0123", 1, 0x200, "opcode 0123 at $0200 calls machine code of the host at $123"),
    ("6001 5121", 2, 0x202, "opcode 5121 at $0202 is not an instruction of chip8"),
    ("00EE", 1, 0x200, "opcode 00EE at $0200 returns with nothing on the stack"),
    ("2200", 13, 0x200, "opcode 2200 at $0200 calls a subroutine with all 12 places of the stack taken"),
    ("1FFF", 1, 0xFFE, "ran off the end of memory to $0FFF; the last address is $0FFF"),
    ("60FF BFFF", 2, 0xFFE, "ran off the end of memory to $10FE"),
])
def test_a_program_that_cannot_go_on_halts_and_says_why(program, steps, pc, reason):
    made = after(program, steps)
    assert reason in made.cpu.halted
    assert made.cpu.pc == pc


def test_a_stack_of_twelve_is_not_too_deep():
    made = after("2200", 12)
    assert made.cpu.halted is None
    assert made.cpu.registers["sp"] == 12


def test_running_over_the_last_instruction_of_memory_halts():
    made = machine(bytes(0xFFE - 0x200) + b"\x60\x01")
    made.cpu.pc = 0xFFE
    made.tick()
    assert "to $1000" in made.cpu.halted
    assert made.cpu.instructions == 1


def test_on_64_kib_addresses_go_on_behind_4_kib():
    made = machine("60FF BFFF", memory=65536)
    made.cpu.bus.poke_bytes(0x10FE, bytes.fromhex("6142 00EE"))
    for _ in range(3):
        made.step()
    assert (made.cpu.pc, made.cpu.registers["v1"], made.cpu.halted) == (0x1100, 0x42, None)


def test_a_halted_machine_lets_time_pass_without_instructions():
    made = machine("6001 0000")
    assert made.tick() is False
    assert made.run_cycles(100) == StopReason.HALTED
    made.step()
    assert made.cpu.instructions == 2
    assert made.cpu.cycles == 1000 + 101


def test_timers_stand_still_after_the_frame_in_which_the_program_halted():
    made = after("0000", 0, {"dt": 9, "st": 9})
    made.tick(4)
    assert made.cpu.registers["dt"] == made.cpu.registers["st"] == 8


def test_setting_the_program_counter_ends_a_halt_and_a_wait():
    made = after("0000 F00A 1204", 1)
    made.cpu.pc = 0x202
    assert made.cpu.halted is None
    made.step()
    assert made.cpu.waiting == "key"
    made.cpu.pc = 0x204
    assert made.cpu.waiting is None


@pytest.mark.parametrize("first", range(16))
def test_every_opcode_runs_if_the_table_has_it_and_halts_if_not(first):
    made = machine("1200")
    for word in range(first << 12, (first + 1) << 12):
        made.reset(False)
        made.cpu.bus.poke_bytes(0x200, word.to_bytes(2))
        made.cpu.registers = {"sp": 1, "i": 0x300}
        made.step()
        row = decode(word, CHIP8)
        runs = row is not None and row.pattern != "0NNN"
        halted_by_it = made.cpu.halted is not None and "ran off" not in made.cpu.halted
        assert runs != halted_by_it, f"{word:04X}: {made.cpu.halted}"


@given(program=st.binary(min_size=1, max_size=3584), flags=st.integers(0, 127), pressed=st.integers(0, 15))
def test_no_program_whatever_its_bytes_does_harm(program, flags, pressed):
    names = ("shift", "load_store", "vf_order", "clip", "jump", "logic", "vblank")
    made = machine(program, tickrate=300, **{name: bool(flags >> n & 1) for n, name in enumerate(names)})
    made.ports.find("0").press(f"{pressed:x}")
    for _ in range(3):
        made.tick()
        made.ports.find("0").release(f"{pressed:x}")
    assert 0 <= made.cpu.pc <= 0xFFE
    assert made.cpu.registers["sp"] <= 12
    assert made.cpu.cycles == 900


# --- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [
    {"v0": 256}, {"v0": -1}, {"v0": "1"}, {"i": 0x10000}, {"pc": 0xFFF}, {"sp": 13}, {"dt": 256},
    {"vg": 1}, {"v0": 1.5},
])
def test_a_register_value_that_does_not_fit_changes_nothing(values):
    made = machine("1200")
    before = made.save_fields()
    with pytest.raises(ArgumentError, match=r"is 0 to|no register"):
        made.cpu.registers = {"v1": 7, **values}
    assert made.save_fields() == before


def test_registers_are_set_by_name():
    made = machine("1200")
    values = {f"v{n:x}": n + 1 for n in range(16)} | {"i": 0xFFFF, "pc": 0x300, "sp": 12, "dt": 5, "st": 6}
    made.cpu.registers = values
    assert made.cpu.registers == values


@pytest.mark.parametrize(("arguments", "message"), [
    ({"profile": "chip9"}, "no profile 'chip9'"),
    ({"wrap": True}, "no quirk 'wrap'"),
    ({"start": 4095}, r"starts at \$0000-\$0FFE"),
    ({"keypad": Buttons("keys", "abc")}, "16 buttons"),
    ({"screen": Screen("screen", 32, 32, [0])}, "64 x 32 pixels"),
])
def test_a_processor_says_which_argument_is_wrong(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        Chip8("cpu", Bus(Clock(1000), 4096), **arguments)


def test_a_processor_runs_without_keypad_screen_and_sound():
    made = Machine(60 * 9)
    bus = made.add_bus(4096)
    bus.map(0, 4096, made.add(Memory("ram", 4096, bytes(0x200) + bytes.fromhex("6005 F018 D005 E09E 1200"))))
    made.add(Chip8("cpu", bus))
    made.tick(5)
    assert made.cpu.registers["v0"] == 5


# --- snapshots ------------------------------------------------------------------------------------


def changed(made, key, width, value):
    """The machine's state with another value in a field of the processor."""
    fields = bytearray(made.save_fields())
    at = fields.index(b"\x03cpu")
    at = fields.index(bytes([len(key)]) + key.encode(), at) + 1 + len(key)
    assert fields[at] == width
    fields[at + 5:at + 5 + width] = value.to_bytes(width, "little")
    return bytes(fields)


@pytest.mark.parametrize(("key", "width", "value"), [
    ("pc", 4, 0xFFF), ("pc", 4, 0xFFFFFFFF), ("sp", 4, 13), ("random", 4, 1 << 31), ("wait", 1, 4),
    ("key_register", 1, 16), ("halt", 1, 7), ("position", 1, 128), ("hires", 1, 1), ("i", 4, 0x10000), ("selected", 1, 2),
])
def test_a_snapshot_that_would_index_outside_is_refused_and_changes_nothing(key, width, value):
    made = machine("1200")
    before = made.save_fields()
    with pytest.raises(StateError, match=key):
        made.load_fields(changed(made, key, width, value))
    assert made.save_fields() == before


def test_a_tone_that_would_have_begun_long_ago_is_refused():
    made = after("61FF F118 1204", 3)
    with pytest.raises(StateError, match="edge"):
        made.load_fields(changed(made, "edge", 8, (-(1 << 62)) % (1 << 64)))


@given(position=st.integers(0, 1 << 16), value=st.integers(0, 255))
def test_a_damaged_snapshot_is_refused_or_runs(position, value):
    made = machine("A200 D015 F218 2200", tickrate=20)
    made.tick(2)
    fields = bytearray(made.save_fields())
    start = fields.index(b"\x03cpu")
    fields[start + position % (len(fields) - start)] = value
    try:
        made.load_fields(bytes(fields))
    except StateError:
        return
    made.step()
