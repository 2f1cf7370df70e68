"""A breadboard that holds the host back by PA0, as its BASIC does: a paste at full speed loses nothing."""

import pytest
from eater_board import DDRA, DDRB, PORTA, board, rom, write

import retrovm
from retrovm.errors import ArgumentError, OptionError
from retrovm.isa.mos6502_asm import assemble
from retrovm.media.eater_lcd import is_wired_for_4_bits
from retrovm.media.opening import open_media

TEXT = b"".join(b"%d PRINT %d * %d: REM A LINE OF A LONG PROGRAM\r" % (10 * n, n, n) for n in range(1, 101))

# An interrupt handler puts what comes into a ring of 256 bytes and drives PA0 high when it is nearly full; the program takes a
# byte out of it every 2,600 cycles, five times the time of one on the line, stores it from $0400 on, and drives PA0 low again
# when there is room.
SLOW_READER = assemble("""
        .org $8000
reset:  lda #$01
        sta $6003
        lda #$00
        sta $6001
        stz $00                 ; read
        stz $01                 ; written
        stz $02                 ; where bytes go
        lda #$04
        sta $03
        lda #$1F
        sta $5003
        lda #$89
        sta $5002
        cli
again:  lda $01
        sec
        sbc $00
        beq again
        cmp #$B0
        bcs full
        stz $6001
full:   ldx $00
        inc $00
        lda $0200,x
        sta ($02)
        inc $02
        bne near
        inc $03
near:   ldy #$02
wait:   dex
        bne wait
        dey
        bne wait
        bra again
irq:    pha
        phx
        lda $5001
        lda $5000
        ldx $01
        sta $0200,x
        inc $01
        lda $01
        sec
        sbc $00
        cmp #$F0
        bcc room
        lda #$01
        sta $6001
room:   plx
        pla
        rti
        .org $FFFA
        .word reset, reset, irq
""", model="65c02-wdc")


def reader(**options):
    """The breadboard with that program, and all of the text on its way."""
    image = bytearray(0x8000)
    for address, data in SLOW_READER.segments:
        image[address - 0x8000:address - 0x8000 + len(data)] = data
    vm = retrovm.create("eater", bytes(image), name="reader.bin", **options)
    vm.serial.send(TEXT)
    return vm


def received(vm):
    return vm.memory[0x0400:vm.memory[2] | vm.memory[3] << 8]


def test_a_paste_at_full_speed_loses_nothing():
    vm = reader()
    while vm.serial.pending and vm.frame < 60 * 60:
        vm.tick(60)
    vm.tick(120)
    assert received(vm) == TEXT


def test_without_the_wire_it_would_lose_bytes():
    vm = reader(rts="none")
    while vm.serial.pending:
        vm.tick(60)
    vm.tick(120)
    assert len(received(vm)) < len(TEXT)


def test_a_clone_in_the_middle_of_a_paste_goes_on_as_its_original():
    vm = reader()
    vm.tick(100)
    twin = vm.clone()
    vm.tick(300)
    twin.tick(300)
    assert twin.state_hash() == vm.state_hash()


def test_the_host_waits_only_while_pa0_is_driven_high():
    vm = board()
    write(vm, 0x5002, 0x0B)
    acia = vm.devices["acia"]
    assert acia.rts
    write(vm, PORTA, 0x01)
    assert acia.rts                 # an input: nobody drives it
    write(vm, DDRA, 0x01)
    assert not acia.rts
    write(vm, PORTA, 0x00)
    assert acia.rts
    write(vm, 0x5002, 0x03)
    assert not acia.rts             # its own


def test_another_line_may_be_the_cables_rts():
    vm = board(rts="rts=pb7", lcd="none")
    write(vm, 0x5002, 0x0B, PORTA, 0x01, DDRA, 0x01)
    assert vm.devices["acia"].rts
    write(vm, DDRB, 0x80, 0x6000, 0x80)
    assert not vm.devices["acia"].rts


def test_a_wire_to_a_level_is_refused():
    with pytest.raises(OptionError, match="cannot be tied low"):
        board(rts="rts=low")


def test_the_rts_of_a_cable_is_wired_once():
    vm = board()
    with pytest.raises(ArgumentError, match="wired already"):
        vm.devices["acia"].connect_rts(vm.devices["via"].port_a, "pa1")


# --- which wiring of the LCD a program is for ---------------------------------------------------------------------------

EIGHT_BITS = "A9 FF 8D 02 60 A9 E0 8D 03 60"
FOUR_BITS = "A9 01 8D 03 60 A9 FF 8D 02 60"


@pytest.mark.parametrize(("code", "four"), [
    (EIGHT_BITS, False),
    (FOUR_BITS, True),
    ("A2 7F 8E 02 60", True),                                # LDX, and no line of port A
    ("A9 0F 8D 02 60", False),                               # PB4 to PB6 are inputs
    (FOUR_BITS + "A5 10 8D 03 60", False),                   # nobody can say what is at $10
    ("A9 E0 0C 03 60 A9 FF 8D 02 60", False),               # TSB
    ("EE 03 60 A9 FF 8D 02 60", False),                      # INC
    ("9C 03 60 A9 FF 8D 02 60", True),                       # STZ
    ("EA", False),
])
def test_a_program_is_for_4_bits_that_drives_pb4_to_pb6_and_cannot_drive_pa5_to_pa7(code, four):
    assert is_wired_for_4_bits(open_media(rom(bytes.fromhex(code)), name="mine.bin")) is four


def test_the_wiring_follows_the_program_unless_it_is_chosen():
    acia = "A9 1F 8D 03 50 A9 0B 8D 02 50 AD 01 50 80 FE"
    assert board(bytes.fromhex(FOUR_BITS + acia)).options["lcd"] != board(bytes.fromhex(EIGHT_BITS + acia)).options["lcd"]
    chosen = board(bytes.fromhex(FOUR_BITS + acia), lcd="8-bit")
    assert chosen.options["lcd"] == board(bytes.fromhex(EIGHT_BITS + acia)).options["lcd"]
