"""A breadboard computer in small: a 65C02, a VIA and a display, and programs that print on it by the busy flag."""

import pytest
import tiny_machine

from retrovm.chips.hd44780 import WIRINGS
from retrovm.chips.hd44780_module import Hd44780Module
from retrovm.chips.mos6522 import Mos6522
from retrovm.core.memory import Memory
from retrovm.cpu.mos6502 import Mos6502
from retrovm.isa.mos6502_asm import assemble
from retrovm.session import VM
from retrovm.spec import MachineSpec

WIDE = """
PORTB = $6000
PORTA = $6001
DDRB = $6002
DDRA = $6003
E = $80
RW = $40
RS = $20
        .org $8000
reset:  lda #$E0
        sta DDRA
        ldx #0
setup:  lda commands, x
        beq print
        ldy #0
        jsr send
        inx
        bne setup
print:  ldx #0
next:   lda message, x
        beq stop
        ldy #RS
        jsr send
        inx
        bne next
stop:   jmp stop

send:   pha                     ; A to the register in Y, when the display is ready
        lda #0
        sta DDRB
busy:   lda #RW
        sta PORTA
        lda #RW | E
        sta PORTA
        lda PORTB
        bmi busy
        lda #$FF
        sta DDRB
        pla
        sta PORTB
        sty PORTA
        tya
        ora #E
        sta PORTA
        sty PORTA
        rts
commands: .byte $38, $0F, $06, $01, 0
message: .byte "Hello, world!", 0
        .res $FFFC - *
        .word reset, 0
"""

NARROW = """
PORTB = $6000
DDRB = $6002
E = $40
RW = $20
RS = $10
        .org $8000
reset:  lda #$7F
        sta DDRB
        ldy #0
wait:   ldx #0                  ; 0.3 s, the 10 ms of the display in it
@inner: dex
        bne @inner
        dey
        bne wait
        lda #$03
        jsr pulse
        jsr delay
        lda #$03
        jsr pulse
        jsr delay
        lda #$03
        jsr pulse
        jsr delay
        lda #$02
        jsr pulse
        jsr delay
        ldx #0
setup:  lda commands, x
        beq print
        ldy #0
        jsr send
        inx
        bne setup
print:  ldx #0
next:   lda message, x
        beq stop
        ldy #RS
        jsr send
        inx
        bne next
stop:   jmp stop

delay:  ldy #4
@outer: ldx #0
@inner: dex
        bne @inner
        dey
        bne @outer
        rts

pulse:  sta PORTB
        ora #E
        sta PORTB
        eor #E
        sta PORTB
        rts

send:   pha
        lda #$70
        sta DDRB
busy:   lda #RW
        sta PORTB
        lda #RW | E
        sta PORTB
        lda PORTB
        pha
        lda #RW
        sta PORTB
        lda #RW | E
        sta PORTB
        lda #RW
        sta PORTB
        pla
        and #$08
        bne busy
        lda #$7F
        sta DDRB
        pla
        pha
        lsr
        lsr
        lsr
        lsr
        sty $00
        ora $00
        jsr pulse
        pla
        and #$0F
        ora $00
        jmp pulse
commands: .byte $28, $0F, $06, $01, 0
message: .byte "Hello, world!", 0
        .res $FFFC - *
        .word reset, 0
"""


def board(wiring):
    source = {"8-bit": WIDE, "4-bit": NARROW}[wiring]
    image = assemble(source).segments[0][1]

    def wire(machine, media, options):
        bus = machine.add_bus()
        bus.map(0x0000, 0x4000, machine.add(Memory("ram", 0x4000)))
        bus.map(0x8000, 0x8000, machine.add(Memory("rom", contents=image, writable=False)))
        via = machine.add(Mos6522("via", machine.clock))
        bus.map(0x6000, 0x100, via, mirror=16)
        lcd = machine.add(Hd44780Module("lcd", machine.clock))
        lcd.connect((via.port_a, via.port_b), WIRINGS[wiring])
        machine.add(lcd.screen)
        machine.add(Mos6502(model="65c02-wdc", bus=bus))

    return VM(MachineSpec(id="board", title="", summary="", family="6502", wire=wire, judge=tiny_machine.judge,
                          clock_rate=tiny_machine.clock_rate, options=tiny_machine.SPEC.options))


@pytest.fixture(params=["8-bit", "4-bit"])
def vm(request):
    return board(request.param)


def test_it_says_hello(vm):
    vm.tick(40)
    assert vm.lcd.text == ("Hello, world!   ", " " * 16)
    assert vm.lcd.address == len("Hello, world!")


def test_it_says_hello_again_after_a_reset(vm):
    vm.tick(40)
    vm.reset(power_on=False)
    vm.tick(40)
    assert vm.lcd.text == ("Hello, world!   ", " " * 16)


def test_a_snapshot_of_any_frame_and_a_clone_go_on_the_same(vm):
    for _ in range(8):
        vm.run(cycles=77_777)
        state = vm.save_state()
        clone = vm.clone()
        vm.run(cycles=100_000)
        clone.run(cycles=100_000)
        expected = vm.state_hash()
        assert clone.state_hash() == expected
        vm.load_state(state)
        vm.run(cycles=100_000)
        assert vm.state_hash() == expected
        vm.load_state(state)


def test_the_state_is_the_same_whether_pictures_are_drawn_or_not(vm):
    other = vm.clone()
    vm.tick(60)
    other.tick(60, render=False)
    assert vm.state_hash() == other.state_hash()
    assert (vm.screen.indices == other.screen.indices).all()


def test_the_display_of_a_machine_is_its_lcd_and_another_machine_has_none(vm):
    assert vm.lcd is vm.devices["lcd"]
    assert vm.lcd.screen is vm.screen
    assert VM(tiny_machine.SPEC).lcd is None
