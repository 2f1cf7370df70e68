"""`GuestVM`: routines called, replaced and guarded, and what a failure shows."""

import pytest

import retrovm
from retrovm.errors import ArgumentError, CallError, UnknownNameError
from retrovm.testing import Builder, GuestFailure, GuestProgram, GuestVM, Structure, failure

ROUTINES = """
CHROUT   = $FFD2
total    = $10
multiply: sta total
          stx $11
          lda #0
          ldx #8
loop:     lsr $11
          bcc skip
          clc
          adc total
skip:     asl total
          dex
          bne loop
          rts
pushes:   pha
          jsr multiply
          rts
pulls:    jsr deeper
          rts
deeper:   pla
          rts
print:    lda #'A'
          jsr CHROUT
          sta $0300
          rts
tail:     jmp CHROUT
reads:    lda $40
          rts
forever:  jmp forever
message:  .byte "HELLO", 0
"""

OCTO = """
: main    loop again
: double  v0 += v0  return
: show    i := seen  save v0  return
: twice   double double show return
: wild    wild
: seen    0 0
"""


def line_of(text):
    """The line of the one place that has this text."""
    (found,) = [number for number, line in enumerate(ROUTINES.split("\n"), 1) if text in line]
    return f"text.s:{found}"


@pytest.fixture
def vm():
    return GuestVM.of(Builder().text(ROUTINES))


@pytest.fixture
def chip8():
    return GuestVM.of(Builder().text(OCTO, language="octo"))


# --- calls ------------------------------------------------------------------------------------------------------------


def test_a_call_tells_registers_flags_and_cycles(vm):
    result = vm.call("multiply", a=3, x=4)
    assert (result.a, result.x, result.registers["a"]) == (12, 0, 12)
    assert result.zero is True
    assert result.negative is False
    assert result.cycles == 163
    with pytest.raises(AttributeError, match="leaves pc, a, x, y, s, p, and no 'v0'"):
        result.v0  # noqa: B018


def test_the_program_counter_and_the_stack_are_as_before(vm):
    before = vm.cpu.registers
    vm.call("multiply")
    assert {name: vm.cpu.registers[name] for name in ("pc", "s")} == {name: before[name] for name in ("pc", "s")}


@pytest.mark.parametrize(("name", "place", "what"), [
    ("pushes", "pushes+$04), text.s:18", "1 byte more pushed than pulled"),
    ("pulls", "deeper+$01), text.s:22", "1 byte more pulled than pushed")])
def test_an_unbalanced_stack_is_told_with_the_return_that_it_leads_astray(vm, name, place, what):
    with pytest.raises(CallError) as raised:
        vm.call(name)
    message = str(raised.value)
    assert message.startswith(f"${vm.symbols[name]:04X} ({name}): the subroutine at ")
    assert f"the stack is not balanced: the RTS at ${vm.fault:04X} ({place} comes with {what}" in message
    shown = failure.report(vm)
    assert f"> ${vm.fault:04X}  60          RTS" in shown
    assert shown.splitlines()[-1].startswith(f"  ${vm.fault:04X}  60"), "what ran after it was no program any more"


def test_a_routine_that_does_not_end_is_stopped_at_the_limit(vm):
    with pytest.raises(CallError, match="limit=3000 is what it may take"):
        vm.call("forever", limit=3000)
    shown = failure.report(vm).splitlines()
    (line,) = [line for line in shown if line.startswith(">")]
    assert line.split() == f"> ${vm.symbols['forever']:04X} 4C {vm.symbols['forever'] & 0xFF:02X} 02 forever: JMP forever ; " \
                           f"{line_of('jmp forever')}: forever: jmp forever".split()
    assert shown[-1].endswith("1,000 times")


def test_a_call_that_takes_longer_than_can_be_recorded_says_so(vm):
    with pytest.raises(CallError, match="did not come back"):
        vm.call("forever", limit=17_000_000)
    assert "is not kept: more than the" in failure.report(vm)


def test_a_test_may_trace_the_bus_itself(vm):
    with vm.trace_bus() as trace:
        assert vm.call("multiply", a=2, x=2).a == 4
    assert len(trace) == 163


def test_a_routine_of_a_chip_8_is_called_as_one_of_a_6502(chip8):
    result = chip8.call("twice", v0=3)
    assert (result.v0, chip8.peek("seen"), chip8.cpu.pc, chip8.cpu.stack) == (12, 12, 0x200, ())
    assert chip8.memory[0x1FC:0x1FE] == b"\0\0"
    assert "carry" not in dir(result)
    with pytest.raises(CallError, match=r"\$02\w\w \(wild\): the subroutine at .* did not come back"):
        chip8.call("wild", limit=100)


def test_what_a_call_sets_itself_is_refused(vm, chip8):
    with pytest.raises(ArgumentError, match="give it a, x, y or p"):
        vm.call("multiply", s=3)
    with pytest.raises(ArgumentError, match="give it v0 to vf, i, dt or st"):
        chip8.call("twice", sp=0)
    with pytest.raises(ArgumentError, match=r"reaches up to \$0FFF"):
        GuestVM.of(chip8.program, variant="xochip").call(0x1000)
    with pytest.raises(UnknownNameError, match="did you mean multiply"):
        vm.call("multipy")


# --- patches ------------------------------------------------------------------------------------------------------------


def test_a_function_stands_for_a_routine_that_is_not_there(vm):
    out = bytearray()
    with vm.patch("CHROUT", lambda vm: out.append(vm.cpu.registers["a"])) as chrout:
        assert vm.call("print").cycles == 2 + 6 + 4 + 6
        vm.call("tail", a=0x42)
    assert out == b"AB"
    assert [call["a"] for call in chrout.calls] == [0x41, 0x42]
    assert vm.peek(0x0300) == 0x41


def test_what_a_function_returns_is_in_the_registers(vm):
    vm.patch("CHROUT", lambda vm: {"a": 7, "p": 1})
    result = vm.call("print")
    assert (result.a, result.carry, vm.peek(0x0300)) == (7, True, 7)


def test_a_patched_routine_runs_where_others_call_it_and_not_from_the_test(vm):
    vm.patch("multiply")
    with pytest.raises(ArgumentError, match="'multiply' is patched"):
        vm.call("multiply")


def test_a_function_stands_for_a_routine_of_a_chip_8_until_it_is_taken_back(chip8):
    with chip8.patch("double", lambda vm: {"v0": vm.cpu.registers["v0"] + 1}) as double:
        assert chip8.call("twice", v0=3).v0 == 5
    assert [call["v0"] for call in double.calls] == [3, 4]
    assert chip8.call("twice", v0=3).v0 == 12


def test_a_second_patch_and_a_wrong_result_are_refused(vm):
    patch = vm.patch("CHROUT", lambda vm: 3)
    with pytest.raises(ArgumentError, match="'CHROUT' is patched already"):
        vm.patch("CHROUT")
    with pytest.raises(ArgumentError, match="returns registers"):
        vm.call("print")
    patch.remove()
    patch.remove()
    vm.patch("CHROUT")


# --- memory ---------------------------------------------------------------------------------------------------------------


def test_memory_is_looked_at_and_stored_by_name_and_kind(vm):
    vm.poke("total", 0x12)
    vm.poke("total", 0x3456, "word")
    assert (vm.peek("total"), vm.peek("total", "word"), vm.peek("total", 2)) == (0x56, 0x3456, b"\x56\x34")
    vm.poke(0x300, "HELLO")
    assert (vm.peek(0x300, "text"), vm.peek("message", "text"), vm.peek(0x300, 6)) == ("HELLO", "HELLO", b"HELLO\0")
    vm.poke("total", -1)
    assert vm.peek("total") == 0xFF
    with pytest.raises(ArgumentError, match="256 does not fit into the 1 bytes of a byte at 'total'"):
        vm.poke("total", 256)


def test_a_structure_is_read_whole_and_stored_by_field(vm):
    point = Structure.of("point", x=1, y=2, name=6)
    vm.poke(0x300, {"x": 1, "y": 500, "name": b"POINT!"}, point)
    vm.poke(0x300, {"x": 2}, point)
    assert vm.peek(0x300, point) == {"x": 2, "y": 500, "name": b"POINT!"}
    with pytest.raises(UnknownNameError, match="point has no field 'z'"):
        vm.poke(0x300, {"z": 2}, point)
    with pytest.raises(ArgumentError, match=r"point\.name has 6 bytes, not 2"):
        vm.poke(0x300, {"name": b"no"}, point)
    with pytest.raises(UnknownNameError, match="there is no structure 'Point'"):
        vm.peek(0x300, "Point")


# --- guards ---------------------------------------------------------------------------------------------------------------


def test_a_write_outside_of_the_regions_stops_at_the_instruction_that_makes_it(vm):
    vm.guard_writes("total")
    with pytest.raises(GuestFailure) as raised:
        vm.call("multiply", a=1, x=5)
    assert str(raised.value) == f"$0202 (multiply+$02), {line_of('stx $11')} writes $05 to $0011, " \
                                "outside of $0010 (total), $0100-$01FF"
    shown = failure.report(vm).splitlines()
    assert "last call: $0200 (multiply) with a=$01, x=$05, did not come back" in shown
    assert [line.split()[:6] for line in shown if line.startswith(">")] == ["> $0202 86 11 STX $11".split()]


def test_writes_within_the_regions_and_to_the_stack_are_allowed(vm):
    vm.patch("CHROUT")
    with vm.guard_writes("total", 0x11, slice(0x300, 0x302)):
        vm.call("multiply", a=1, x=5)
        vm.call("print")
    vm.poke(0x400, 1)
    assert not vm.watches


def test_reading_what_nobody_has_written_is_told(vm):
    vm.guard_reads()
    vm.call("multiply", a=3, x=4)                             # writes before it reads, calls, and reads its own code
    with pytest.raises(GuestFailure, match=rf"\(reads\), {line_of('lda $40')} reads \$0040, which nobody has written"):
        vm.call("reads")


def test_what_the_test_has_stored_may_be_read(vm):
    vm.guard_reads()
    vm.poke(0x40, 9)
    assert vm.call("reads").a == 9
    vm.memory[0x41] = 1
    vm.memory[0x42:0x44] = b"ab"
    assert vm.memory.stored[0x40:0x45] == b"\1\1\1\1\0"


def test_the_memory_of_a_chip_8_is_guarded_but_for_its_digits():
    vm = GuestVM.of(Builder().text("""
        : main   loop again
        : digit  i := hex v0  sprite v0 v0 5  return
        : keep   i := 0x300  save v0  return
        : stale  i := 0x400  load v0  return
    """, language="octo"))
    vm.guard_reads()
    with vm.guard_writes(0x300):
        vm.call("digit", v0=7)
        vm.call("keep", v0=7)
    with vm.guard_writes(), pytest.raises(GuestFailure, match=r"\(keep\+\$02\), text\.8o:4 writes \$07 to \$0300.*every region"):
        vm.call("keep", v0=7)
    with pytest.raises(GuestFailure, match=r"\(stale\+\$02\), text\.8o:5 reads \$0400, which nobody has written"):
        vm.call("stale")
    assert vm.memory[0x1FC:0x1FE] == b"\0\0"


def test_a_guard_is_a_failed_assertion_and_an_error_of_retrovm():
    assert issubclass(GuestFailure, AssertionError)
    assert issubclass(GuestFailure, retrovm.RetroVMError)


# --- machines -------------------------------------------------------------------------------------------------------------


def test_without_a_machine_there_is_ram_everywhere(vm):
    vm.poke(0xD020, 5)
    assert (vm.peek(0xD020), vm.spec.id, vm.devices["ram"].size) == (5, "sbc6502", 0x10000)


def test_a_program_that_ends_at_the_top_is_the_rom_of_the_machine():
    program = Builder().text("reset: jmp reset\n sub: lda #1\n rts\n .res $FFFA-*\n .word 0, reset, 0", origin=0xFF00)
    vm = GuestVM.of(program, "sbc6502")
    assert (vm.options["org"], vm.cpu.pc, vm.call("sub").a) == (None, 0xFF00, 1)


def test_a_machine_is_named_for_a_program_or_for_none():
    with pytest.raises(ArgumentError, match="needs a name"):
        GuestVM.of(None)
    assert GuestVM.of(None, "chip8").program is None
    assert GuestVM.of(GuestProgram("a.bin", b"\xea\x60", 0x200), model="65c02-wdc").cpu.model == "65c02-wdc"


def test_a_copy_goes_its_own_way_without_patches_and_guards(vm):
    vm.patch("CHROUT", lambda vm: {"a": 1})
    vm.guard_writes()
    twin = vm.clone()
    assert twin.call("multiply", a=3, x=4).registers["a"] == 12
