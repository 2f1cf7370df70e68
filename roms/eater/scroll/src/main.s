; Characters of its own, and a line that scrolls: the display shifts, nothing is written again.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .import lcd_start, lcd_print, lcd_instruction

NO_CURSOR       = %00001100
SHIFT_LEFT      = %00011000
CGRAM           = %01000000             ; and an address: where the next dots go
DDRAM           = %10000000             ; and an address: where the next character goes
SECOND_LINE     = $40
DOTS            = 4*8                   ; four characters of eight rows

        .segment "CODE"

reset:
        ldx     #$FF
        txs
        jsr     lcd_start
        lda     #NO_CURSOR
        jsr     lcd_instruction
        lda     #CGRAM
        jsr     lcd_instruction
        ldx     #0
@dots:  lda     dots,x
        jsr     lcd_print
        inx
        cpx     #DOTS
        bne     @dots
        lda     #DDRAM
        jsr     lcd_instruction
        ldx     #0
@text:  lda     text,x
        beq     @second
        jsr     lcd_print
        inx
        bra     @text
@second:
        lda     #DDRAM | SECOND_LINE
        jsr     lcd_instruction
        ldx     #0
@bars:  txa
        and     #%00000011              ; characters 0 to 3 in turn, over all 40 columns
        jsr     lcd_print
        inx
        cpx     #40
        bne     @bars

scroll:
        jsr     pause
        lda     #SHIFT_LEFT
        jsr     lcd_instruction
        bra     scroll

; About a third of a second at 1 MHz: 256 * 256 * 5 cycles. Changes X, Y.
pause:
        ldx     #0
        ldy     #0
@wait:  dey
        bne     @wait
        dex
        bne     @wait
        rts

        .segment "RODATA"

dots:   .byte   0, 0, 0, 0, 0, 0, %11111, %11111
        .byte   0, 0, 0, 0, %11111, %11111, %11111, %11111
        .byte   0, 0, %11111, %11111, %11111, %11111, %11111, %11111
        .byte   0, %00100, %01110, %11111, %01110, %00100, 0, 0
text:   .asciiz "Forty columns, and sixteen are shown... "

        .segment "VECTORS"

        .word   reset, reset, reset

        .export reset, scroll
