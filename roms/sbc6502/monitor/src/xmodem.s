; XMODEM: what receiving and sending share (docs: Christensen's protocol of 1977, with Forsberg's CRC).
; SPDX-License-Identifier: MIT
;
; A block is SOH, its number, the complement of that, 128 bytes, and a check: one byte that is their sum, or, when the
; receiver asked by C instead of NAK, two bytes that are their CRC-16 (x^16 + x^12 + x^5 + 1, high byte first).

        .include "defs.inc"

        .segment "CODE"

; The parameters were read: both sides begin with block 1. -> A = 1.
x_begin:
        lda     #0
        sta     interrupted     ; a byte of 3 in a file is no ^C, and a block is full of bytes
        sta     check
        sta     check+1
        lda     #1
        sta     x_block
        rts

; A character within A seconds: C = 1 and A, else C = 0. Keeps X, Y.
x_char:
        sta     x_timer+2
@second:
        lda     #<SECOND
        sta     x_timer
        lda     #>SECOND
        sta     x_timer+1
@ask:   jsr     chrget
        bcs     @done
        lda     x_timer
        bne     @low
        dec     x_timer+1
        bmi     @next
@low:   dec     x_timer
        jmp     @ask
@next:  dec     x_timer+2
        bne     @second
        clc
@done:  rts

; A byte of a block, within a second, taken into the check: C = 1 and A, else C = 0. Keeps Y.
x_byte:
        lda     #1
        jsr     x_char
        bcs     x_checked
        rts

; A into the check. Keeps A, Y, and sets C. Uses X.
x_checked:
        pha
        ldx     x_ask
        cpx     #NAK
        beq     @sum
        eor     check
        sta     check
        ldx     #8
@bit:   asl     check+1
        rol     check
        bcc     @even
        lda     check
        eor     #$10
        sta     check
        lda     check+1
        eor     #$21
        sta     check+1
@even:  dex
        bne     @bit
        pla
        sec
        rts
@sum:   clc
        adc     check
        sta     check
        pla
        sec
        rts

; Tell the other side that it is over.
x_cancel:
        lda     #CAN
        jsr     chrout
        lda     #CAN
        jsr     chrout
        jsr     flush_input
        jmp     fresh_line
