"""A 6502 computer with an SD card on the ports of a 6522, and a program that reads and writes it, for tests.

    $0000-$3FFF  RAM; the program calls `init`, `read` and `write` with the number of a sector at `sector` and a
                 buffer at $1000
    $6000-$600F  6522
    $8000-$FFFF  ROM
"""

from fractions import Fraction

from retrovm import spec
from retrovm.chips.mos6522 import Mos6522
from retrovm.core.memory import Memory
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import Mos6502
from retrovm.isa.mos6502_asm import assemble
from retrovm.machines.sd_wiring import parse_wiring, wire_card
from retrovm.storage import open_disk, parse_disk

BUFFER = 0x1000
SECTOR = 0x10

# Each subroutine ends with A = 0, or with what the card answered.
SOURCE = """
sector = $10
rest = $14
byte = $15
command = $16
value = $1E
pointer = $20
portb = $6000
porta = $6001
ddra = $6003
buffer = $1000
CS = $10
SCK = $08
MOSI = $04
MISO = $02

        .org $8000
reset:  ldx #$FF
        txs
        jsr init
forever:                        ; writes $00, $01, ... in turn to all bytes of sectors 0 to 15
        inc value
        lda #0
        sta sector
        sta sector+1
        sta sector+2
        sta sector+3
each:   jsr fill
        jsr write
        bne stop
        inc sector
        lda sector
        cmp #16
        bne each
        jmp forever
stop:   jmp stop

fill:   lda value
        ldx #0
@next:  sta buffer,x
        sta buffer+256,x
        inx
        bne @next
        rts

init:   lda #CS|SCK|MOSI
        sta ddra
        ldx #160
@clock: txa
        and #1
        beq @low
        lda #SCK
@low:   ora #CS|MOSI
        sta porta
        dex
        bne @clock
        lda #$40
        ldx #$95
        jsr simple
        cmp #1
        bne @bad
        lda #$48
        ldx #$87
        jsr start
        jsr result
        jsr get
        jsr get
        jsr get
        jsr get
@again: lda #$77
        ldx #1
        jsr simple
        lda #$69
        ldx #1
        jsr simple
        cmp #1
        beq @again
@bad:   rts

simple: jsr start
        jmp result

start:  pha                     ; the command in A, its CRC in X; the argument: none, but that of CMD8 and ACMD41
        lda #MOSI
        sta porta
        pla
        pha
        jsr put
        pla
        pha
        cmp #$69
        beq @high
        lda #0
        .byte $2C
@high:  lda #$40
        jsr put
        lda #0
        jsr put
        pla
        cmp #$48
        beq @check
        lda #0
        jsr put
        lda #0
        jmp @crc
@check: lda #1
        jsr put
        lda #$AA
@crc:   jsr put
        txa
        jmp put

result: jsr get
        cmp #$FF
        beq result
        cmp #0
        rts

block:  pha                     ; a command with a sector in A
        lda #MOSI
        sta porta
        pla
        jsr put
        lda sector+3
        jsr put
        lda sector+2
        jsr put
        lda sector+1
        jsr put
        lda sector
        jsr put
        lda #1
        jsr put
        jmp result

read:   lda #$51
        jsr block
        bne @bad
        jsr result
        cmp #$FE
        bne @bad
        jsr first
@next:  jsr get
        sta (pointer),y
        jsr advance
        bne @next
        jsr get
        jsr get
        lda #0
@bad:   rts

write:  lda #$58
        jsr block
        bne @bad
        lda #$FE
        jsr put
        jsr first
@next:  lda (pointer),y
        jsr put
        jsr advance
        bne @next
        jsr put
        jsr put
        jsr result
        and #$1F
        cmp #5
        bne @bad
@busy:  jsr get
        cmp #$FF
        bne @busy
        lda #0
@bad:   rts

first:  lda #<buffer
        sta pointer
        lda #>buffer
        sta pointer+1
        ldy #0
        rts

advance: iny
        bne @done
        inc pointer+1
        lda pointer+1
        cmp #>buffer+2
@done:  rts

get:    lda #1                  ; a byte from the card
        sta byte
@bit:   lda #MOSI
        sta porta
        lda #MOSI|SCK
        sta porta
        lda porta
        and #MISO
        cmp #MISO               ; carry
        rol byte
        bcc @bit
        lda byte
        rts

put:    sec                     ; a byte to the card
        rol
        sta rest
@bit:   lda #0
        bcc @zero
        lda #MOSI
@zero:  sta porta
        ora #SCK
        sta porta
        asl rest
        lda rest
        bne @bit
        rts

        .org $FFFC
        .word reset, reset
"""
PROGRAM = assemble(SOURCE)


def wire(machine, media, options):
    bus = machine.add_bus()
    bus.map(0, 0x4000, machine.add(Memory("ram", contents=bytes(0x4000))))
    rom = bytearray(0x8000)
    for at, data in PROGRAM.segments:
        rom[at - 0x8000:at - 0x8000 + len(data)] = data
    bus.map(0x8000, 0x8000, machine.add(Memory("rom", contents=rom, writable=False)))
    cpu = machine.add(Mos6502(model="65c02-wdc", bus=bus))
    via = machine.add(Mos6522("via", machine.clock, cpu.wire(Line.IRQ)))
    bus.map(0x6000, 0x100, via, mirror=16)
    if options["disk"] is not None:
        disk = machine.add(open_disk("disk", options["disk"]))
        machine.add(wire_card("card", disk, via, options["wiring"], kind="sdhc"))


SPEC = spec.MachineSpec(
    id="carded", title="Carded", summary="a machine with a card, for tests", family="6502", wire=wire,
    clock_rate=lambda options: Fraction(1_000_000), judge=lambda media: None,
    options=(
        spec.Option(name="disk", help="the SD card", default=None, parse=parse_disk, medium=True),
        spec.Option(name="wiring", help="of the card", default="gfoot", parse=parse_wiring),
    ),
)
