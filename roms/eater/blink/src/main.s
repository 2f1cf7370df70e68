; Blinks an LED on PA0: timer 1 in free run interrupts a hundred times a second, and every 25th time the LED changes.
;
; The processor waits by WAI, so that every interrupt finds it in the same instruction, and the LED changes every 250,000
; cycles, exactly.
; SPDX-License-Identifier: MIT

        .include "../../hello/src/board.inc"

PERIOD          = 10000 - 2             ; timer 1 comes round every N + 2 cycles
EVERY           = 25
T1_FREE_RUN     = %01000000

        .segment "ZEROPAGE"

left:           .res 1

        .segment "CODE"

reset:
        ldx     #$FF
        txs
        lda     #LED
        trb     PORTA
        tsb     DDRA
        lda     #EVERY
        sta     left
        lda     #T1_FREE_RUN
        sta     ACR
        lda     #IRQ_SET | IRQ_T1
        sta     IER
        lda     #<PERIOD
        sta     T1CL
        lda     #>PERIOD
        sta     T1CH                    ; starts
        cli
waiting:
        wai
        bra     waiting

irq:
        bit     T1CL                    ; lets the interrupt go
        dec     left
        bne     done
        lda     #EVERY
        sta     left
        lda     PORTA
        eor     #LED
        sta     PORTA
done:   rti

        .segment "VECTORS"

        .word   reset, reset, irq

        .export reset, irq, done, waiting
