"""A guest that takes a paste as a BASIC does: into a ring by interrupts, out of it line by line, with RTS or without."""

import retrovm
from retrovm.isa.mos6502_asm import assemble

SOURCE = """
DATA    = $8000
STATUS  = $8001
COMMAND = $8002
CONTROL = $8003
head    = $10
tail    = $11
store   = $12
ring    = $0300

        .org $FE00
start:  ldx #$FF
        txs
        lda #0
        sta head
        sta tail
        sta store
        lda #$10
        sta store+1
        lda #$1F                ; 19200 baud
        sta CONTROL
        lda #$09                ; interrupts of the receiver, RTS low
        sta COMMAND
        cli

main:   lda head
        sec
        sbc tail
        beq main
        cmp #$80
        bcs @full
        ldx #$09
        stx COMMAND
@full:  ldx tail
        lda ring,x
        inc tail
        ldy #0
        sta (store),y
        inc store
        bne @same
        inc store+1
@same:  cmp #13
        bne main
        ldx #40                 ; a line is at its end: 51 ms of work
@work:  dey
        bne @work
        dex
        bne @work
        jmp main

irq:    pha
        txa
        pha
        lda STATUS
        and #$08
        beq @done
        ldx head
        lda DATA
        sta ring,x
        inc head
        lda head
        sec
        sbc tail
        cmp #$F0
        bcc @done
        lda #STOP
        sta COMMAND
@done:  pla
        tax
        pla
        rti

        .org $FFFA
        .word start, start, irq
"""

LISTING = "".join(f"{10 * number} PRINT {number};\" IS A LINE OF SOME LENGTH, PASTED AT FULL SPEED\"\r"
                  for number in range(1, 101)).encode()


def machine(rts: bool = True) -> retrovm.VM:
    """An sbc6502 that runs the program. Without `rts` it lets the host send on when its ring is full."""
    program = assemble(f"STOP = {'$01' if rts else '$09'}\n{SOURCE}")
    vm = retrovm.create("sbc6502", program.data, name="guest.bin")
    vm.tick()                                           # past its beginnings
    return vm


def taken(vm: retrovm.VM) -> bytes:
    """What the program has put into its store."""
    low, high = vm.memory[0x12:0x14]
    return bytes(vm.memory[0x1000:low + 256 * high])
