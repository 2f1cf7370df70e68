; Sends back what comes over the serial line, at 19,200 baud.
;
; What comes interrupts and goes into a ring of 256 bytes. What goes out keeps time by timer 2, and not by the ACIA's flag for
; an empty transmitter: that of the W65C51N is always 1.
; SPDX-License-Identifier: MIT

        .include "../../hello/src/board.inc"

; Cycles of 10 bits at 19,200 baud and of a sixteenth of one, for which a bit may have to wait, both rounded up; but for the 14
; from the flag of timer 2 to its next start.
CHARACTER       = 521 + 33 - 14
BAUD_19200      = %00011111             ; 8 data bits, 1 stop bit
ON              = %00001001             ; DTR and RTS low, the receiver interrupts
RECEIVED        = %00001000             ; in STATUS

        .segment "ZEROPAGE"

written:        .res 1
taken:          .res 1

        .segment "BUFFER"

ring:           .res 256

        .segment "CODE"

reset:
        ldx     #$FF
        txs
        stz     written
        stz     taken
        sta     ACIA_STATUS             ; any value resets the ACIA
        lda     #BAUD_19200
        sta     ACIA_CONTROL
        lda     #ON
        sta     ACIA_COMMAND
        stz     ACR                     ; timer 2 counts cycles
        lda     #<CHARACTER
        sta     T2CL                    ; a latch: it is written once
        lda     #>CHARACTER
        sta     T2CH                    ; starts

; Nothing comes between the comparison and WAI: interrupts wait until CLI, and WAI ends for them all the same.
waiting:
        sei
        ldx     taken
        cpx     written
        bne     @some
        wai
        cli
        bra     waiting

@some:  cli
        lda     #IRQ_T2
@early: bit     IFR                     ; the character before is on its way
        beq     @early
        lda     ring,x
        ldy     #>CHARACTER
        sty     T2CH
        sta     ACIA_DATA
        inc     taken
        bra     waiting

irq:
        pha
        phx
        lda     ACIA_STATUS             ; lets the interrupt go
        and     #RECEIVED
        beq     @done
        lda     ACIA_DATA
        ldx     written
        sta     ring,x
        inc     written
@done:  plx
        pla
        rti

        .segment "VECTORS"

        .word   reset, reset, irq

        .export reset, irq, waiting
