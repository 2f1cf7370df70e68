"""The subroutines and interrupts that are under way: as the stack looks, and as a processor was followed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, play

import retrovm
from retrovm import ArgumentError, Frame, StopReason
from retrovm.core.types import Line
from retrovm.cpu import Mos6502, chip8
from retrovm.isa.mos6502 import MODELS

WITH_LINES = [model for model in MODELS if Line.IRQ in Mos6502(model=model).wires]
MAIN, OUTER, INNER, HANDLER = 0x0400, 0x0500, 0x0600, 0x0700
JSR_OUTER, JSR_INNER = bytes.fromhex("200005"), bytes.fromhex("200006")


def prepared(model="6502", **code):
    """A machine before main at $0400, with outer, inner and the handler of interrupts a page further each, and NOPs elsewhere."""
    made = machine(model=model, at=MAIN)
    for name, at in (("main", MAIN), ("outer", OUTER), ("inner", INNER), ("handler", HANDLER)):
        made.cpu.memory[at : at + len(code.get(name, b""))] = code.get(name, b"")
    top = made.cpu.bus.size
    made.cpu.memory[top - 6 : top] = bytes([0, HANDLER >> 8] * 3)
    made.cpu.registers = {"s": 0xFF}
    return made


def short(stack):
    return [(frame.kind, frame.call, frame.entry, frame.return_address) for frame in stack]


# --- found on the stack -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_calls_are_found_on_the_stack_innermost_first(model):
    made = prepared(model, main=JSR_OUTER, outer=bytes.fromhex("48") + JSR_INNER)     # outer: PHA, JSR inner
    made.run_cycles(15)
    assert made.cpu.pc & 0x0FFF == INNER
    assert made.cpu.call_stack() == (
        Frame("call", OUTER + 1, INNER, OUTER + 4, 0xFA, False, None),
        Frame("call", MAIN, OUTER, MAIN + 3, 0xFD, False, None))


def test_an_empty_stack_has_no_calls():
    assert prepared().cpu.call_stack() == ()


def test_bytes_that_look_like_a_return_address_are_taken_for_one_and_called_uncertain():
    made = prepared(main=JSR_OUTER)
    made.cpu.memory[0x01FE:0x0200] = bytes([(MAIN + 2) & 0xFF, MAIN >> 8])
    made.cpu.registers = {"s": 0xFD}
    assert [(frame.call, frame.certain) for frame in made.cpu.call_stack()] == [(MAIN, False)]


def test_what_the_stack_has_let_go_is_not_under_way():
    made = prepared(main=JSR_OUTER, outer=b"\x60")
    made.run_cycles(12)
    assert made.cpu.pc == MAIN + 3
    assert made.cpu.call_stack() == ()


def test_a_processor_that_resets_next_has_no_calls():
    vm = retrovm.create("sbc6502")
    vm.run(cycles=100_000)
    vm.reset(True)
    assert vm.cpu.call_stack() == ()


# --- followed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_followed_calls_are_certain_and_know_their_cycle(model):
    made = prepared(model, main=JSR_OUTER, outer=bytes.fromhex("48") + JSR_INNER + b"\x68\x60", inner=b"\x60")
    with made.cpu.trace_calls():
        made.run_cycles(15)
        assert made.cpu.call_stack() == (
            Frame("call", OUTER + 1, INNER, OUTER + 4, 0xFA, True, 15),
            Frame("call", MAIN, OUTER, MAIN + 3, 0xFD, True, 6))
        made.run_cycles(6)
        assert short(made.cpu.call_stack()) == [("call", MAIN, OUTER, MAIN + 3)]
        made.run_cycles(10)
        assert made.cpu.call_stack() == ()


@pytest.mark.parametrize("model", WITH_LINES)
@pytest.mark.parametrize(("line", "kind"), [(Line.IRQ, "irq"), (Line.NMI, "nmi")])
def test_an_interrupt_is_a_frame_until_its_rti(model, line, kind):
    made = prepared(model, main=JSR_OUTER, outer=b"\x58", handler=b"\x40")            # CLI; NOPs
    play(made, [0] * 9 + [int(line)] * 5)
    with made.cpu.trace_calls():
        made.cpu.run(until=HANDLER, cycles=100)
        inner, outer = made.cpu.call_stack()
        assert (inner.kind, inner.entry, inner.certain, inner.cycle) == (kind, HANDLER, True, made.cpu.cycles)
        assert inner.call == inner.return_address
        assert OUTER < inner.call < OUTER + 10
        assert (outer.kind, outer.call) == ("call", MAIN)
        made.step()
        assert made.cpu.pc == inner.return_address
        assert made.cpu.call_stack() == (outer,)


@pytest.mark.parametrize("model", MODELS)
def test_brk_is_a_frame_that_goes_on_behind_its_second_byte(model):
    made = prepared(model, main=b"\x00", handler=b"\x40")
    entry = HANDLER
    with made.cpu.trace_calls():
        made.step()
        assert made.cpu.call_stack() == (Frame("brk", MAIN, entry, MAIN + 2, 0xFC, True, 7),)
        made.step()
        assert made.cpu.call_stack() == ()


def test_calls_from_before_are_found_and_those_from_then_on_are_certain():
    made = prepared(main=JSR_OUTER, outer=JSR_INNER)
    made.step()
    with made.cpu.trace_calls():
        made.step()
        assert [(frame.call, frame.certain, frame.cycle) for frame in made.cpu.call_stack()] == [
            (OUTER, True, 12), (MAIN, False, None)]
    assert [frame.certain for frame in made.cpu.call_stack()] == [False, False]


def test_an_rts_that_serves_as_a_jump_ends_nothing():
    # outer: LDA #5 PHA LDA #$FF PHA RTS: to $0600, with the call from main still open
    made = prepared(main=JSR_OUTER, outer=bytes.fromhex("A90548 A9FF48 60"))
    with made.cpu.trace_calls():
        for _ in range(6):
            made.step()
        assert made.cpu.pc == INNER
        assert short(made.cpu.call_stack()) == [("call", MAIN, OUTER, MAIN + 3)]


def test_a_return_address_that_was_dropped_ends_with_the_next_return():
    made = prepared(main=JSR_OUTER, outer=JSR_INNER, inner=bytes.fromhex("68 68 60"))    # PLA PLA RTS: straight to main
    with made.cpu.trace_calls():
        for _ in range(5):
            made.step()
        assert made.cpu.pc == MAIN + 3
        assert made.cpu.call_stack() == ()


def test_a_return_address_that_is_taken_moved_and_put_back_is_told_as_it_is_now():
    # outer: PLA TAY INY TYA PHA, which skips a byte of its caller
    made = prepared(main=JSR_OUTER, outer=bytes.fromhex("68 A8 C8 98 48"))
    with made.cpu.trace_calls():
        for _ in range(6):
            made.step()
        assert short(made.cpu.call_stack()) == [("call", MAIN, OUTER, MAIN + 4)]


def test_a_stack_pointer_that_is_set_back_hides_what_lies_below_and_a_new_call_ends_it():
    # inner: LDX #$FF TXS JSR outer
    made = prepared(main=JSR_OUTER, outer=JSR_INNER, inner=bytes.fromhex("A2FF 9A") + JSR_OUTER)
    with made.cpu.trace_calls():
        for _ in range(4):
            made.step()
        assert made.cpu.call_stack() == ()
        made.step()
        assert short(made.cpu.call_stack()) == [("call", INNER + 3, OUTER, INNER + 6)]


def test_calls_that_overwrite_half_of_each_other_leave_the_latest():
    # outer: TSX INX TXS JSR outer, again and again: each call pushes over one byte of the last
    made = prepared(main=JSR_OUTER, outer=bytes.fromhex("BA E8 9A") + JSR_OUTER)
    with made.cpu.trace_calls():
        made.step()
        for _ in range(600):
            for _ in range(4):
                made.step()
            (frame,) = made.cpu.call_stack()
            assert (frame.call, frame.return_address) == (OUTER + 3, OUTER + 6)


def test_a_stack_that_is_full_of_calls_forgets_them_when_it_wraps():
    made = prepared(main=b"\x20" + bytes([MAIN & 0xFF, MAIN >> 8]))                  # JSR to itself
    with made.cpu.trace_calls():
        depths = []
        for _ in range(300):
            made.step()
            depths.append(len(made.cpu.call_stack()))
    assert depths[:128] == [*range(1, 128), 1], "the last of them pushes over the bottom"
    assert max(depths[128:]) == 128, "from there on each of them has two bytes of its own"


def test_a_reset_ends_all():
    made = prepared(main=JSR_OUTER)
    with made.cpu.trace_calls():
        made.step()
        assert len(made.cpu.call_stack()) == 1
        made.reset(False)
        assert made.cpu.call_stack() == ()
        made.step()
        assert made.cpu.pc == HANDLER
        assert made.cpu.call_stack() == ()


def test_a_state_that_is_put_back_is_looked_through_anew():
    made = prepared(main=JSR_OUTER, outer=JSR_INNER)
    made.step()
    saved = made.save_fields()
    with made.cpu.trace_calls():
        made.step()
        made.load_fields(saved)
        assert [(frame.call, frame.certain) for frame in made.cpu.call_stack()] == [(MAIN, False)]


def test_rdy_lengthens_a_call_and_the_frame_tells_when_it_was_over():
    made = prepared(main=JSR_OUTER)
    play(made, [0] * 5 + [int(Line.RDY)] * 4)                     # at the last cycle of the JSR
    with made.cpu.trace_calls():
        made.step()
        (frame,) = made.cpu.call_stack()
    assert frame.cycle == made.cpu.cycles > 6


@given(st.lists(st.sampled_from(("call", "brk", "return", "push", "pull", "nop")), max_size=60))
def test_a_followed_stack_is_that_of_the_program(plan):
    """A straight line of calls to the next instruction, and what undoes them, beside a stack of the test's own."""
    made = prepared()
    at, frames, held = MAIN, [], []                               # held: what is on the stack, the latest last
    with made.cpu.trace_calls():
        for action in plan:
            made.cpu.pc = at
            if action == "call":
                made.cpu.memory[at : at + 3] = bytes([0x20, (at + 3) & 0xFF, (at + 3) >> 8])
                frames.append(("call", at, at + 3, at + 3))
                held.append("call")
                at += 3
            elif action == "brk":
                made.cpu.memory[at] = 0
                frames.append(("brk", at, HANDLER, at + 2))
                held.append("brk")
                at += 1
            elif action == "return" and held and held[-1] != "byte":
                made.cpu.memory[at] = 0x60 if held.pop() == "call" else 0x40
                frames.pop()
                at += 1
            elif action == "push":
                made.cpu.memory[at] = 0x48
                held.append("byte")
                at += 1
            elif action == "pull" and held and held[-1] == "byte":
                made.cpu.memory[at] = 0x68
                held.pop()
                at += 1
            else:
                made.cpu.memory[at] = 0xEA
                at += 1
            made.step()
            assert short(made.cpu.call_stack()) == frames[::-1]


def test_following_changes_neither_state_nor_time():
    vm, twin = retrovm.create("sbc6502"), retrovm.create("sbc6502")
    for machine_of in (vm, twin):
        machine_of.serial.send(b"m 0 40\r")
    with vm.trace_calls():
        vm.run(cycles=300_000)
    twin.run(cycles=300_000)
    assert vm.state_hash() == twin.state_hash()


def test_only_one_may_follow_or_trace_at_a_time():
    made = prepared(main=JSR_OUTER)
    for block in (made.cpu.trace_calls, made.cpu.trace_bus):
        with block(), pytest.raises(ArgumentError, match="traced already"), made.cpu.trace_calls():
            pass
    made.step()
    assert len(made.cpu.call_stack()) == 1


def test_a_hook_and_a_watchpoint_see_who_called():
    vm = retrovm.load(JSR_OUTER, machine="sbc6502", name="a.bin", org=MAIN, ram="$0000-$FFFF", acia="none")
    vm.memory[OUTER : OUTER + 6] = JSR_INNER + b"\x85\x10\x00"
    vm.memory[INNER : INNER + 3] = b"\x85\x11\x60"                # STA $11; RTS
    vm.cpu.registers = {"pc": MAIN, "s": 0xFF}
    seen = []
    vm.hook(INNER, lambda vm: seen.append([frame.call for frame in vm.cpu.call_stack()]))
    vm.watch((0x10, 0x11), lambda vm, event: seen.append((event.address, [frame.call for frame in vm.cpu.call_stack()])))
    with vm.trace_calls():
        assert vm.run(until=OUTER + 5, cycles=100) is StopReason.ADDRESS
    assert seen == [[OUTER, MAIN], (0x11, [OUTER, MAIN]), (0x10, [MAIN])]


# --- CHIP-8 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", chip8.VARIANTS)
def test_a_chip8_knows_its_calls_for_certain(variant):
    vm = retrovm.create("chip8", b"\x00", name="program.ch8", format="ch8", variant=variant)
    at = vm.cpu.pc
    for where, word in ((at, 0x2000 | at + 0x10), (at + 0x10, 0x6000), (at + 0x12, 0x2000 | at + 0x20), (at + 0x20, 0x00EE)):
        vm.memory[where : where + 2] = word.to_bytes(2, "big")
    assert vm.cpu.call_stack() == ()
    vm.run(cycles=3)
    with vm.trace_calls():                                        # nothing to do: it is certain already
        assert vm.cpu.call_stack() == (
            Frame("call", at + 0x12, at + 0x20, at + 0x14, 2, True, None),
            Frame("call", at, at + 0x10, at + 2, 1, True, None))
    vm.step()
    assert [frame.call for frame in vm.cpu.call_stack()] == [at]
    vm.memory[at : at + 2] = b"\x00\xE0"
    assert [frame.entry for frame in vm.cpu.call_stack()] == [None], "what stood there is gone"
