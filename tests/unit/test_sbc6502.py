"""The minimal 6502 computer: what its options and media make of its memory, and talking to it."""

import pytest

from retrovm import bundled
from retrovm.core.machine import Machine
from retrovm.errors import ArgumentError, MediaError, OptionError, UnknownNameError
from retrovm.machines.sbc6502 import SPEC
from retrovm.media import open_media
from retrovm.ranges import Range, address_range, address_ranges


def computer(source=None, name="program.bin", seed=1, **given):
    """A switched-on computer; `source` is the bytes of a file called `name`."""
    options = SPEC.parse_options(given)
    media = None if source is None else open_media(source, name=name)
    machine = Machine(SPEC.clock_rate(options), frame_rate=SPEC.frame_rate(options), seed=seed)
    SPEC.wire(machine, media, options)
    machine.reset()
    return machine


def rom(size, code=b"\xea", reset=None):
    """A ROM image of `size` bytes: `code` at its start, and a reset vector to it."""
    first = 0x10000 - size
    vector = (first if reset is None else reset).to_bytes(2, "little")
    return code.ljust(size - 6, b"\xea") + b"\x00\x00" + vector + b"\x00\x00"


def hex_record(kind, address, data=b""):
    content = bytes([len(data)]) + address.to_bytes(2) + bytes([kind]) + data
    return b":" + (content + bytes([-sum(content) & 0xFF])).hex().upper().encode() + b"\n"


def hex_file(*pieces, start=None):
    text = b"".join(hex_record(0, address, data) for address, data in pieces)
    if start is not None:
        text += hex_record(5, 0, start.to_bytes(4))
    return text + hex_record(1, 0)


def regions(machine):
    return {name: Range(first, last) for first, last, name, _, _ in machine.buses["bus"].map_table()}


def memory(machine, first, size):
    return machine.buses["bus"].peek_bytes(first, size)


# --- the memory map -----------------------------------------------------------------------------------------


def test_without_options_and_media_the_monitor_is_in_rom():
    machine = computer()
    assert regions(machine) == {"ram": Range(0, 0x7FFF), "rom": Range(0xC000, 0xFFFF),
                                "acia": Range(0x8000, 0x80FF)}
    assert memory(machine, 0xC000, 0x4000) == bundled.path("sbc6502/monitor/monitor.bin").read_bytes()


@pytest.mark.parametrize("size", [0x100, 0x1000, 0x2000, 0x7F00])
def test_a_raw_image_ends_at_the_end_of_memory(size):
    machine = computer(rom(size), ram="$0000-$3FFF")
    assert regions(machine)["rom"] == Range(0x10000 - size, 0xFFFF)
    assert memory(machine, 0x10000 - size, size) == rom(size)


def test_rom_puts_a_raw_image_elsewhere():
    machine = computer(b"\xea" * 0x100, rom="$E000", start=0xE000)
    assert regions(machine)["rom"] == Range(0xE000, 0xE0FF)
    assert memory(machine, 0xFFFC, 2) == b"\x00\xe0"


def test_a_rom_of_a_given_range_is_filled_up_with_ff():
    machine = computer(b"\xea" * 0x100, rom="$E000-$FFFF", start=0xE000)
    assert regions(machine)["rom"] == Range(0xE000, 0xFFFF)
    assert memory(machine, 0xE0FF, 2) == b"\xea\xff"


def test_org_loads_a_program_into_ram_and_starts_there():
    machine = computer(bytes.fromhex("A9 42 85 10"), org=0x0200, fill=0)
    assert memory(machine, 0x01FF, 6) == bytes.fromhex("00 A9 42 85 10 00")
    assert "rom" not in regions(machine)
    assert regions(machine)["vectors"] == Range(0xFFFA, 0xFFFF)
    machine.run_cycles(12)
    assert memory(machine, 0x10, 1) == b"\x42"


def test_start_goes_before_org():
    machine = computer(bytes(16) + bytes.fromhex("A9 42 85 10"), org=0x0200, start="$0210", fill=0)
    machine.run_cycles(12)
    assert memory(machine, 0x10, 1) == b"\x42"


def test_a_hex_file_goes_where_it_says_and_starts_where_it_says():
    machine = computer(hex_file((0x0300, bytes.fromhex("A9 42 85 10")), (0xE000, b"\x01\x02"), start=0x0300),
                       "program.hex", fill=0)
    assert memory(machine, 0x0300, 4) == bytes.fromhex("A9 42 85 10")
    assert memory(machine, 0xE000, 3) == b"\x01\x02\xff"
    assert regions(machine)["rom"] == Range(0xC000, 0xFFFF)
    machine.run_cycles(12)
    assert memory(machine, 0x10, 1) == b"\x42"


def test_a_hex_file_with_vectors_starts_by_them():
    code, vectors = bytes.fromhex("A9 42 85 10"), bytes.fromhex("0000 00C0 0000")
    machine = computer(hex_file((0xC000, code), (0xFFFA, vectors)), "rom.hex", fill=0)
    machine.run_cycles(12)
    assert memory(machine, 0x10, 1) == b"\x42"


def test_a_computer_of_ram_alone_needs_no_acia():
    machine = computer(b"\xea" * 0x10000, org=0, start=0x0400, ram="$0000-$FFFF", acia="none")
    assert regions(machine) == {"ram": Range(0, 0xFFFF)}
    assert machine.ports.serial is None


def test_ram_comes_in_several_ranges():
    machine = computer(rom(0x4000), ram="$0000-$0FFF, $2000-$2FFF", fill="$55")
    assert memory(machine, 0x0FFF, 1) == memory(machine, 0x2000, 1) == b"\x55"
    machine.buses["bus"].write(0x2000, 1)
    assert memory(machine, 0x2000, 1) == b"\x01"


def test_ram_is_random_at_power_on_and_the_seed_decides():
    first, again, other = computer(), computer(), computer(seed=2)
    assert memory(first, 0, 0x8000) == memory(again, 0, 0x8000) != memory(other, 0, 0x8000)
    assert len(set(memory(first, 0, 0x8000))) == 256


def test_switching_off_and_on_brings_back_what_ram_held_and_reset_does_not():
    machine = computer()
    before = memory(machine, 0x1234, 1)
    bus = machine.buses["bus"]
    bus.write(0x1234, before[0] ^ 0xFF)
    machine.reset(power_on=False)
    assert memory(machine, 0x1234, 1) != before
    machine.reset(power_on=True)
    assert memory(machine, 0x1234, 1) == before


def test_the_four_registers_of_the_acia_repeat():
    machine = computer(acia="$9000-$90FF")
    bus = machine.buses["bus"]
    bus.write(0x9003, 0x1F)
    assert bus.read(0x9003) == bus.read(0x90FF) == 0x1F


# --- what cannot be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "message"), [
    ({"acia": "$7F00-$7FFF"}, r"ram at \$0000-\$7FFF and acia at \$7F00-\$7FFF overlap"),
    ({"ram": "$0000-$CFFF", "acia": "$D000-$D003"}, r"ram at \$0000-\$CFFF and rom at \$C000-\$FFFF overlap"),
    ({"ram": "$0000-$1FFF,$1000-$2FFF"}, "overlap"),
    ({"ram": "$0000-$10000"}, "whole number from 0 to 65535"),
    ({"ram": "$1FFF-$1000"}, "has 0 addresses"),
    ({"ram": "all"}, r"like \$0000-\$FFFF"),
    ({"acia": "$8000-$8002"}, "4 or more"),
    ({"model": "65o2"}, "did you mean 6502"),
    ({"fill": 256}, "from 0 to 255"),
    ({"rom": "$C000", "org": "$0200"}, "give one of them"),
    ({"clock_hz": 0}, "positive"),
    ({"romm": 1}, "did you mean rom"),
])
def test_options_that_contradict_each_other_are_refused_with_a_reason(given, message):
    with pytest.raises(OptionError, match=message):
        computer(rom(0x4000), **given)


def test_org_without_a_program_is_refused():
    with pytest.raises(OptionError, match="no program is given"):
        computer(org=0x0200)


def test_org_is_refused_for_a_file_that_has_addresses():
    with pytest.raises(OptionError, match="says itself where it belongs"):
        computer(hex_file((0x0300, b"\xea"), start=0x0300), "program.hex", org=0x0200)


def test_an_acia_at_the_reset_vector_leaves_no_place_for_a_start_address():
    with pytest.raises(OptionError, match=r"acia at \$FFF0-\$FFFF is in the way"):
        computer(b"\xea", org=0x0200, acia="$FFF0-$FFFF")


@pytest.mark.parametrize("image", [b"\xea", rom(0x1000, reset=0x1234)])
def test_raw_bytes_that_are_no_rom_are_refused_with_the_way_out(image):
    with pytest.raises(MediaError, match=r"vectors of a ROM.*org=ADDRESS"):
        computer(image)


def test_a_rom_larger_than_memory_is_refused():
    with pytest.raises(MediaError, match="too large"):
        computer(b"\xea" * 0x10001)


def test_a_program_that_leaves_its_ram_is_refused():
    with pytest.raises(MediaError, match="where no memory is"):
        computer(b"\xea" * 0x200, org=0x7F00)


def test_a_hex_file_outside_memory_is_refused():
    with pytest.raises(MediaError, match=r"\$A000-\$A000.*give the options ram and rom"):
        computer(hex_file((0xA000, b"\xea"), start=0xA000), "program.hex")


def test_a_hex_file_that_does_not_say_where_it_starts_is_refused():
    with pytest.raises(MediaError, match="start=ADDRESS"):
        computer(hex_file((0x0300, b"\xea")), "program.hex")


def test_a_hex_file_without_data_is_refused():
    with pytest.raises(MediaError, match="nothing into memory"):
        computer(hex_file(), "program.hex")


def test_a_crystal_faster_than_the_clock_can_follow_is_refused():
    with pytest.raises(ArgumentError, match="crystal"):
        computer(crystal_hz=1_000_000_000)


def test_it_judges_a_rom_with_vectors_as_its_own():
    assert SPEC.judge(open_media(rom(0x4000, bytes.fromhex("78 D8"), 0xC000), name="a.bin")).confidence > 0.5
    assert SPEC.judge(open_media(b"\x12\x34", name="a.bin")) is None


# --- ranges and bundled programs ----------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["$0010-$001F", "0x10-0x1f", "16 - 31", (16, 31), Range(16, 31)])
def test_a_range_is_written_in_many_ways(given):
    assert address_range()(given) == Range(0x10, 0x1F)
    assert address_ranges()([given]) == (Range(0x10, 0x1F),)


def test_every_bundled_program_has_a_machine_and_a_file():
    assert "sbc6502/monitor" in bundled.programs()
    for id, program in bundled.programs().items():
        assert id == f"{program.machine}/{program.name}"
        assert program.file.is_file()


def test_an_unknown_bundled_program_names_the_nearest():
    with pytest.raises(UnknownNameError, match="sbc6502/monitor"):
        bundled.program("sbc6502/moniter")
    with pytest.raises(UnknownNameError, match=r"monitor\.bin"):
        bundled.path("sbc6502/monitor/monitor.bim")


# --- talking to the monitor ---------------------------------------------------------------------------------


def answer(machine, sent, end=b"\n> ", most=600):
    """Sends bytes and returns what comes back, up to `end`: the prompt."""
    machine.ports.serial.send(sent)
    got = b""
    for _ in range(most):
        machine.tick()
        got += machine.ports.serial.receive()
        if got.endswith(end) and not machine.ports.serial.pending:
            return got
    raise AssertionError(f"{end!r} did not come; this did: {got!r}")


def test_the_monitor_says_hello_and_examines_memory():
    machine = computer()
    assert b"MON65" in answer(machine, b"")
    assert b"C000" in answer(machine, b"m c000\r")


def test_the_monitor_stores_and_runs_a_program_that_is_typed_in():
    machine = computer(fill=0)
    answer(machine, b"")
    answer(machine, b"300: a9 42 85 10 60\r")
    assert memory(machine, 0x0300, 5) == bytes.fromhex("A9 42 85 10 60")
    answer(machine, b"call 300\r")
    assert memory(machine, 0x10, 1) == b"\x42"


def records(content):
    """`content` at $1000 as Intel HEX, as a terminal sends it."""
    pieces = ((0x1000 + at, content[at:at + 32]) for at in range(0, len(content), 32))
    return hex_file(*pieces).replace(b"\n", b"\r\n")


def test_a_hex_file_of_16_kib_pasted_at_full_speed_arrives_whole():
    machine = computer()
    answer(machine, b"")
    content = memory(machine, 0x0200, 0x4000)
    sent = b"load\r" + records(content)
    told = answer(machine, sent, most=6000)
    assert memory(machine, 0x1000, 0x4000) == content
    assert b", 0 errors" in told
    assert machine.clock.seconds > len(sent) * 10 / 19200        # the line is no faster than it was


def test_a_computer_too_slow_for_the_line_holds_it_back_and_loses_nothing():
    machine = computer(clock_hz=400_000)
    answer(machine, b"")
    content = memory(machine, 0x0200, 0x1000)
    answer(machine, b"load\r", end=b"gives up\r\n")
    machine.ports.serial.send(records(content))
    held = 0
    while machine.ports.serial.pending:
        machine.run_cycles(1000)
        held += not machine.devices["acia"].rts
    assert held > 1000
    assert b", 0 errors" in answer(machine, b"")
    assert memory(machine, 0x1000, 0x1000) == content


def test_a_state_saved_in_the_middle_of_a_paste_goes_on_the_same():
    machine = computer(clock_hz=400_000)
    answer(machine, b"")
    machine.ports.serial.send(b"load\r" + records(bytes(0x0800)))
    machine.run_cycles(600_001)
    state = machine.save_fields()
    assert machine.ports.serial.pending
    machine.run_cycles(500_000)
    expected = machine.save_fields()
    machine.load_fields(state)
    machine.run_cycles(500_000)
    assert machine.save_fields() == expected
