"""The 6510: a 6502 with an I/O port at $0000 and $0001 (docs/references.md: 6510-port)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, play, record, witness
from mos6502_scenarios import variants

from retrovm.core.device import Wire
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.python_device import PythonDevice
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import Mos6502
from retrovm.cpu.mos6510_port import Mos6510Port
from retrovm.errors import ArgumentError
from retrovm.isa.mos6502 import opcodes

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
DDR, DATA = 0x00, 0x01


class Pla(PythonDevice):
    """Listens to pins of the port: the ticks at which their levels change."""

    def __init__(self):
        self.log = []
        super().__init__("pla")

    def pin_changed(self, pin, asserted):
        self.log.append((pin, 0 if asserted else 1))


class Key(PythonDevice):
    """Pulls a pin at a tick and lets it go at another."""

    def __init__(self, wire, press, release, name="key"):
        self.changes = [(press, True), (release, False)]
        super().__init__(name)
        self.pin = self.output(wire)

    def next_event(self):
        return self.changes[0][0] if self.changes else None

    def run_to(self, now):
        while self.changes and self.changes[0][0] <= now:
            self.pin.drive(self.changes.pop(0)[1])


def computer(program=b"", *, exact=False, registers=None, period=1, fill=0xEA, **options):
    """A 6510 with 64 KiB of RAM before a program at $0400."""
    made = Machine(1_000_000)
    bus = made.add_bus()
    bus.map(0, 0x10000, made.add(Memory("ram", 0x10000, fill=fill)))
    cpu = made.add(Mos6502("6510", bus=bus, period=period, port=Mos6510Port(**options)))
    cpu.exact = exact
    bus.poke_bytes(0x0400, program)
    cpu.registers = {"pc": 0x0400, "s": 0xFD, "p": 0x20, **(registers or {})}
    return made


def code(*writes):
    """LDA #value; STA address for each: 5 cycles, the last of which writes."""
    return b"".join(bytes([0xA9, value, 0x85, address]) for address, value in writes)


@builds
def test_outputs_read_as_they_were_written_and_inputs_as_their_pins(exact):
    made = computer(code((DDR, 0x2F), (DATA, 0x37)) + bytes([0xA5, 0x00, 0xA6, 0x01]), exact=exact, pull_ups=0x17)
    made.run_cycles(16)
    port = made.cpu.port
    assert (port.ddr, port.data) == (0x2F, 0x37)
    assert made.cpu.registers["a"] == 0x2F
    assert made.cpu.registers["x"] == 0x37, "P4 is an input with a pull-up; P6 and P7 were never outputs"
    assert made.cpu.memory[0:2] == b"\x2f\x37"


@builds
@pytest.mark.parametrize(("ddr", "data", "seen"), [(0x00, 0xFF, 0x17), (0x3F, 0x00, 0x00), (0x07, 0x02, 0x12)])
def test_what_is_written_to_an_input_is_seen_when_it_becomes_an_output(ddr, data, seen, exact):
    made = computer(code((DATA, data), (DDR, ddr)) + bytes([0xA5, 0x01, 0xA0, 0xFF, 0x84, 0x00, 0xA6, 0x01]),
                    exact=exact, pull_ups=0x17)
    made.run_cycles(10 + 3 + 5 + 3)
    assert made.cpu.registers["a"] == seen
    assert made.cpu.registers["x"] == data


@builds
@pytest.mark.parametrize("period", [1, 3])
def test_a_bit_that_nobody_drives_holds_what_it_showed_and_fades(exact, period):
    """$C0 goes out, then the pins become inputs in cycle 14: from cycle 14 + 100 on a read finds 0."""
    program = code((DDR, 0xFF), (DATA, 0xC5), (DDR, 0x00))
    for cycle, seen in ((15 + 2, 0xC5), (114 - 1, 0xC5), (114, 0x00), (200, 0x00)):
        # LDA $01 reads in its third cycle; NOPs and one instruction of three cycles fill the time.
        wait = cycle - 2 - 15
        filling = bytes([0xEA]) * (wait // 2) if wait % 2 == 0 else bytes([0xA5, 0x10]) + bytes([0xEA]) * ((wait - 3) // 2)
        made = computer(program + filling + bytes([0xA5, 0x01]), exact=exact, period=period, fade_cycles=100)
        made.run_cycles(cycle + 1)
        assert made.cpu.pc == 0x0400 + len(program + filling) + 2
        assert made.cpu.registers["a"] == seen, cycle


@builds
def test_the_bits_without_pins_fade_after_350_000_cycles_and_those_with_pull_ups_never(exact):
    made = computer(code((DDR, 0xFF), (DATA, 0xC4), (DDR, 0x00)) + bytes([0x4C, 0x0C, 0x04]), exact=exact, pull_ups=0x17)
    made.run_cycles(15)
    assert made.cpu.memory[DATA] == 0xD7
    made.run_cycles(349_990)
    assert made.cpu.memory[DATA] == 0xD7
    made.run_cycles(12)
    assert made.cpu.memory[DATA] == 0x17


@builds
def test_a_bit_that_becomes_an_output_again_holds_for_the_whole_time_again(exact):
    program = code((DDR, 0x80), (DATA, 0x80), (DDR, 0x00), (DDR, 0x80), (DDR, 0x00))
    made = computer(program, exact=exact, fade_cycles=30)
    made.run_cycles(25 + 28)                              # released in cycle 24
    assert made.cpu.memory[DATA] == 0x80
    made.run_cycles(2)
    assert made.cpu.memory[DATA] == 0x00


def test_a_pin_that_others_pull_low_reads_0_as_an_input_and_not_as_an_output():
    made = computer(code((DDR, 0x20), (DATA, 0x30)), pull_ups=0x17)
    made.add(Key(made.cpu.port.wire(4), 20, 40))
    made.add(Key(made.cpu.port.wire(5), 20, 40, "other key"))
    made.run_cycles(18)
    assert made.cpu.memory[DATA] == 0x37
    made.run_cycles(10)
    assert made.cpu.memory[DATA] == 0x27
    made.run_cycles(20)
    assert made.cpu.memory[DATA] == 0x37


@builds
@pytest.mark.parametrize("first", range(8))
def test_a_read_sees_a_pin_as_it_is_in_its_own_cycle(exact, first):
    made = computer(bytes([0xEA, 0xA5, 0x01]), exact=exact, pull_ups=0x10)
    made.add(Key(made.cpu.port.wire(4), first, 100))
    made.run_cycles(5)
    assert made.cpu.registers["a"] == (0x10 if first > 4 else 0x00)


def test_parts_that_listen_see_the_levels_of_the_pins_when_they_change():
    made = computer(code((DATA, 0x05), (DDR, 0x07), (DATA, 0x02), (DDR, 0x00)), pull_ups=0x07)
    pla = made.add(Pla())
    for pin in range(3):
        made.cpu.port.connect(pin, Wire(pla, pin))
    assert pla.log == []
    made.run_cycles(5)
    assert pla.log == [], "all are inputs with pull-ups"
    made.run_cycles(5)
    assert pla.log == [(1, 0)]
    made.run_cycles(5)
    assert pla.log[1:] == [(0, 0), (1, 1), (2, 0)]
    made.run_cycles(5)
    assert pla.log[4:] == [(0, 1), (2, 1)]


def test_a_wire_that_is_connected_shows_the_level_at_once():
    made = computer()
    pla = made.add(Pla())
    made.cpu.port.connect(3, Wire(pla, 3))
    assert pla.log == [(3, 0)]
    with pytest.raises(ArgumentError, match="P3 is connected already"):
        made.cpu.port.connect(3, Wire(pla, 3))


@builds
def test_an_instruction_that_modifies_the_port_writes_the_old_value_first(exact):
    made = computer(code((DDR, 0x07), (DATA, 0x02)) + bytes([0xE6, 0x01]), exact=exact)       # INC $01
    pla = made.add(Pla())
    made.cpu.port.connect(0, Wire(pla, 0))
    pla.log.clear()
    made.run_cycles(15)
    assert pla.log == [(0, 1)]
    assert made.cpu.port.data == 0x03


@builds
@pytest.mark.parametrize("line", ["line", "machine"])
def test_a_reset_makes_all_pins_inputs(exact, line):
    made = computer(code((DDR, 0x2F), (DATA, 0x20)), exact=exact, pull_ups=0x07)
    made.run_cycles(10)
    if line == "line":
        made.cpu.assert_line(Line.RESET, True)
        made.cpu.assert_line(Line.RESET, False)
    else:
        made.reset(power_on=False)
    assert made.cpu.port.ddr == 0
    assert made.cpu.memory[DATA] == 0x27, "P5 holds what it showed"
    made.reset(power_on=True)
    assert (made.cpu.port.ddr, made.cpu.port.data, made.cpu.memory[DATA]) == (0, 0, 0x07)


@builds
def test_a_write_to_the_port_reaches_the_memory_below(exact):
    made = computer(code((DDR, 0x2F), (DATA, 0x37), (0x02, 0x11)), exact=exact)
    ram = made.devices["ram"]
    made.run_cycles(15)
    assert bytes(ram)[:3] == b"\x2f\x37\x11"
    made.cpu.memory[DDR] = 0x00
    assert bytes(ram)[:2] == b"\x2f\x37", "what is poked is a register"


@builds
def test_the_memory_below_is_seen_where_it_is_mapped_a_second_time(exact):
    made = computer(code((DDR, 0xFF), (DATA, 0x37)) + bytes([0xEE, 0x01, 0x20, 0xA6, 0x01]), exact=exact)   # INC $2001
    made.buses["bus"].map(0x2000, 0x100, made.devices["ram"])
    made.run_cycles(10 + 6 + 3)
    assert made.cpu.registers["x"] == 0x37
    assert made.cpu.memory[0x2001] == 0x38


@builds
def test_what_is_mapped_at_page_zero_later_lies_below_the_port(exact):
    made = computer(code((DDR, 0xFF), (DATA, 0x37)) + bytes([0xA5, 0x01, 0xA6, 0x10]), exact=exact)
    made.buses["bus"].map(0, 0x100, made.add(Memory("other", 0x100, fill=0x55)))
    made.run_cycles(16)
    assert (made.cpu.registers["a"], made.cpu.registers["x"]) == (0x37, 0x55)
    assert bytes(made.devices["other"])[:3] == b"\xff\x37\x55"
    assert made.buses["bus"].who(1) == "port"
    assert made.buses["bus"].who(2) == "other"


@builds
@pytest.mark.parametrize("size", [0x100, 0x20])
def test_a_device_in_page_zero_sees_all_but_the_port(exact, size):
    program = bytes([0xA9, 0x11, 0x85, 0x01, 0x85, 0x02, 0xA5, 0x00, 0xA5, 0x03, 0xE6, 0x10])
    made = computer(program, exact=exact)
    device = witness(made, 0x0000, size)
    made.run_cycles(2 + 3 + 3 + 3 + 3 + 5)
    assert device.log == [(4, "write", 0x01, 0x11), (7, "write", 0x02, 0x11), (13, "read", 0x03, 0x77),
                          (16, "read", 0x10, 0x77), (17, "write", 0x10, 0x77), (18, "write", 0x10, 0x78)]


@builds
def test_code_runs_in_page_zero_up_to_the_port(exact):
    made = computer(exact=exact, fill=0xEA)
    made.cpu.memory[0x02:0x05] = bytes([0xE8, 0xD0, 0xFD])                # INX; BNE $02
    made.cpu.registers = {"pc": 0x02, "x": 0}
    calls = []
    made.add_hook(0x05, lambda _: calls.append(made.cpu.cycles))
    made.run_cycles(5 * 256 + 3)
    assert calls == [5 * 256 - 1]


@builds
def test_code_may_run_in_the_port_itself(exact):
    made = computer(code((DDR, 0xFF), (DATA, 0xE8)), exact=exact)         # INX
    made.run_cycles(10)
    made.cpu.pc = 0x0001
    made.run_cycles(2)
    assert (made.cpu.pc, made.cpu.registers["x"]) == (0x0002, 1)


@builds
def test_code_in_the_port_is_what_the_port_shows_and_not_the_memory_below(exact):
    made = computer(bytes([0x4C, 0x00, 0x00]), exact=exact, fill=0xEA)    # JMP $0000, where NOPs lie below
    made.cpu.memory[DDR], made.cpu.memory[DATA] = 0xFF, 0xE8              # ISC $E8xx,X; at $0001 INX
    made.cpu.memory[0x02] = 0x04
    made.run_cycles(3)
    made.run_cycles(7)
    assert made.cpu.pc == 0x0003
    made.cpu.pc = 0x0001
    made.run_cycles(2)
    assert (made.cpu.pc, made.cpu.registers["x"]) == (0x0002, 1)


def test_the_bus_shows_the_accesses_to_the_port():
    made = computer(code((DDR, 0x2F)) + bytes([0xA5, 0x00]))
    assert record(made, 8)[4:] == [(4, 0x0000, 0x2F, "write"), (5, 0x0404, 0xA5, "read"), (6, 0x0405, 0x00, "read"),
                                   (7, 0x0000, 0x2F, "read")]


def test_the_state_of_the_port_is_saved():
    made = computer(code((DDR, 0xC0), (DATA, 0x80), (DDR, 0x40)) + bytes([0x4C, 0x0C, 0x04]), fade_cycles=100, pull_ups=0x10)
    made.add(Key(made.cpu.port.wire(4), 30, 1000))
    made.run_cycles(40)
    saved, levels = made.save_fields(), made.cpu.port.levels
    assert levels == 0x80
    made.run_cycles(200)
    after = made.dump_fields()
    assert made.cpu.port.levels == 0x00
    made.load_fields(saved)
    assert (made.cpu.port.ddr, made.cpu.port.data, made.cpu.port.levels) == (0x40, 0x80, levels)
    made.run_cycles(200)
    assert made.dump_fields() == after


def test_it_stands_alone():
    cpu = Mos6502("6510")
    cpu.memory[0x0400:0x0410] = code((DDR, 0x3F), (DATA, 0x15)) + bytes([0xA5, 0x01]) + b"\xea" * 6
    cpu.pc = 0x0400
    cpu.run(cycles=13)
    assert cpu.registers["a"] == 0x15
    assert cpu.port.levels == 0x15


def test_an_image_of_all_memory_can_be_poked():
    cpu = Mos6502("6510")
    cpu.memory[0:0x10000] = bytes([0x2F, 0x37]) + b"\xea" * 0xFFFE
    assert cpu.memory[0:3] == b"\x2f\x27\xea", "P4 is an input that nobody pulls up"
    assert (cpu.port.ddr, cpu.port.data) == (0x2F, 0x37)


def test_only_a_6510_has_a_port_and_its_pins_are_p0_to_p5():
    assert Mos6502().port is None
    with pytest.raises(ArgumentError, match="a 6502 has no port"):
        Mos6502(port=Mos6510Port())
    port = Mos6510Port()
    Mos6502("6510", port=port)
    with pytest.raises(ArgumentError, match="belongs to another processor"):
        Mos6502("6510", port=port)
    with pytest.raises(ArgumentError, match="P0 to P5, not P6"):
        port.wire(6)
    for wrong in ({"pull_ups": 0x40}, {"pull_ups": -1}, {"fade_cycles": 0}, {"fade_cycles": 1.5}):
        with pytest.raises(ArgumentError):
            Mos6510Port(**wrong)


def test_it_has_no_pin_so():
    with pytest.raises(ArgumentError, match="no pin SO"):
        Mos6502("6510").wire(Line.SO)


def run_both(program, cycles, *, zero, registers, device=None, **options):
    """The whole state behind a program, and what a device in page zero saw, from each build."""
    ends = []
    for exact in (True, False):
        made = computer(program, exact=exact, registers=registers, **options)
        made.cpu.memory[0x02:0x100] = zero[2:]
        pla = made.add(Pla())
        for pin in range(6):
            made.cpu.port.connect(pin, Wire(pla, pin))
        made.add(Key(made.cpu.port.wire(4), 7, 19))
        seen = witness(made, *device).log if device else None
        play(made, [0] * 9 + [int(Line.IRQ), int(Line.NMI) | int(Line.RDY), int(Line.RDY)])
        made.run_cycles(cycles)
        found = made.dump_fields()
        del found["cpu.changed"]
        ends.append((found, pla.log, seen))
    return ends


@pytest.mark.parametrize("device", [None, (0x0000, 0x100), (0x0001, 1), (0x0040, 0x20)])
def test_every_opcode_meets_the_port_alike_in_both_builds(device):
    zero = bytes(n & 3 if n & 4 else n for n in range(256))
    for opcode in opcodes("6510"):
        if opcode.mnemonic == "JAM":
            continue
        for operand, index in ((0x00, 0x00), (0x01, 0x00), (0xF1, 0x10), (0xF0, 0x10), (0xFF, 0x00), (0x44, 0x01)):
            program = (code((DDR, 0x5F), (DATA, 0xB5)) + bytes([opcode.code, operand][: opcode.size])
                       + bytes([0x00] * (opcode.size - 2)) + bytes([0xA5, 0x01, 0xEA, 0xEA]))
            ends = run_both(program, 40, zero=zero, registers={"x": index, "y": index}, device=device, fade_cycles=12)
            assert ends[0] == ends[1], (opcode, operand, index)


def test_the_variants_of_every_opcode_run_as_on_a_6502():
    """Away from the port, a 6510 does the same in the same cycles."""
    for variant in variants("6510"):
        ends = []
        for model in ("6502", "6510"):
            for exact in (True, False):
                made = machine(variant.program.code, model=model, exact=exact,
                               registers={"p": variant.program.p, **variant.program.registers})
                for address, content in variant.program.memory.items():
                    made.cpu.memory[address : address + len(content)] = content
                made.run_cycles(20)
                ends.append((made.cpu.registers, made.cpu.cycles, made.cpu.memory[2:]))
        assert ends[1:] == ends[:-1], variant


@given(seed=st.integers(0, 2**32), slices=st.lists(st.integers(1, 120), min_size=1, max_size=12),
       period=st.sampled_from([1, 1, 3]), fade=st.sampled_from([1, 5, 40, 350_000]))
def test_any_program_with_the_port_runs_alike_however_it_is_sliced(seed, slices, period, fade):
    draw = random.Random(seed)
    codes = [opcode.code for opcode in opcodes("6510") if opcode.mnemonic != "JAM"]
    program = bytes(draw.choice([0x85, 0xE6, 0x01, 0x00, 0x94, draw.choice(codes), draw.randrange(0x100)])
                    for _ in range(0x300))
    registers = {name: draw.randrange(256) for name in "axy"}
    zero = bytes(draw.choice(program) for _ in range(0x100))
    levels = [draw.choice([0, 0, int(Line.IRQ), int(Line.NMI), int(Line.RDY)]) for _ in range(30)]
    runs = []
    for exact in (True, False):
        made = computer(program, exact=exact, registers=registers, period=period, fade_cycles=fade, pull_ups=0x12)
        made.cpu.memory[0x02:0x100] = zero[2:]
        pla = made.add(Pla())
        for pin in range(6):
            made.cpu.port.connect(pin, Wire(pla, pin))
        made.add(Key(made.cpu.port.wire(4), 50, 90))
        play(made, levels)
        runs.append((made, pla))
    (together, _), (sliced, _) = runs
    for cycles in slices:
        sliced.run_cycles(cycles)
    together.run_cycles(sliced.cpu.cycles)
    found = [made.dump_fields() for made, _ in runs]
    for fields in found:
        del fields["cpu.changed"]
    assert found[0] == found[1]
    assert runs[0][1].log == runs[1][1].log
