; Counts how often the button on CA1 is pressed, and shows the number.
;
; A press is an edge on CA1 and interrupts. A contact bounces for some milliseconds, so that one press is many edges: CA1 does
; not interrupt again before timer 1 says that it has come to rest.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .import lcd_start, lcd_print, lcd_instruction

SETTLE          = 20000 - 2             ; cycles: 20 ms
RETURN_HOME     = %00000010

        .segment "ZEROPAGE"

count:          .res 2                  ; four decimal digits, the lower two first
shown:          .res 2

        .segment "CODE"

reset:
        ldx     #$FF
        txs
        jsr     lcd_start
        stz     count
        stz     count + 1
        stz     PCR                     ; CA1: falling edge
        stz     ACR                     ; timer 1: once
        lda     #IRQ_CA1
        sta     IFR                     ; of what was before, nothing counts
        lda     #IRQ_SET | IRQ_CA1 | IRQ_T1
        sta     IER
show:
        cli                             ; the display is slow, and presses count meanwhile
        lda     #RETURN_HOME
        jsr     lcd_instruction
        sei                             ; both bytes of one number
        lda     count + 1
        sta     shown + 1
        lda     count
        sta     shown
        cli
        lda     shown + 1
        jsr     print_two
        lda     shown
        jsr     print_two

; Nothing comes between the comparison and WAI: interrupts wait until CLI, and WAI ends for them all the same.
waiting:
        sei
        lda     count
        cmp     shown
        bne     show
        lda     count + 1
        cmp     shown + 1
        bne     show
        wai
        cli
        bra     waiting

; Prints the two digits in A.
print_two:
        pha
        lsr
        lsr
        lsr
        lsr
        jsr     print_digit
        pla
print_digit:
        and     #$0F
        ora     #'0'
        jmp     lcd_print

irq:
        pha
        bit     IFR                     ; V is the flag of timer 1
        bvs     @settled
        sed
        clc
        lda     count
        adc     #1
        sta     count
        lda     count + 1
        adc     #0
        sta     count + 1
        cld
        lda     #IRQ_CA1
        sta     IER                     ; without IRQ_SET it disables
        lda     #<SETTLE
        sta     T1CL
        lda     #>SETTLE
        sta     T1CH                    ; starts
        pla
        rti

@settled:
        bit     T1CL                    ; lets its interrupt go
        lda     #IRQ_CA1
        sta     IFR                     ; edges of the bouncing do not count
        lda     #IRQ_SET | IRQ_CA1
        sta     IER
        pla
        rti

        .segment "VECTORS"

        .word   reset, reset, irq

        .export reset, irq, waiting
