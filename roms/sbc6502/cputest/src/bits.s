; Shifts and logic: counting bits two ways, turning bytes round twice.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

        .segment "CODE"

bits:
        ldx     #0
@byte:  jsr     count_by_shift
        sta     tmp+1
        jsr     count_by_table
        cmp     tmp+1
        bne     @wrong
        lda     buffer,x
        jsr     turn_round
        sta     other,x
        jsr     turn_round
        cmp     buffer,x
        bne     @wrong
        inx
        bne     @byte
; Shift the whole page left and right by one bit: only the outer bits are lost.
        ldx     #$7F
        clc
@left:  rol     other,x
        dex
        bpl     @left
        inx
        ldy     #$80
        clc
@right: ror     other,x
        inx
        dey
        bne     @right
        ldx     #1
@same:  lda     buffer,x
        jsr     turn_round
        cmp     other,x
        bne     @wrong
        inx
        cpx     #$7F
        bne     @same
        rts
@wrong: jmp     failure

; Bits in buffer[X] -> A.
count_by_shift:
        lda     buffer,x
        sta     tmp
        ldy     #0
@next:  lsr     tmp
        bcc     @zero
        iny
@zero:  lda     tmp
        bne     @next
        tya
        rts

count_by_table:
        lda     buffer,x
        and     #$0F
        tay
        lda     in_nibble,y
        sta     tmp
        lda     buffer,x
        lsr     a
        lsr     a
        lsr     a
        lsr     a
        tay
        lda     in_nibble,y
        clc
        adc     tmp
        rts

; A with its bits in reverse order. Keeps X.
turn_round:
        sta     tmp
        lda     #1
@bit:   lsr     tmp
        rol     a
        bcc     @bit
        rts

        .segment "RODATA"

in_nibble:      .byte 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4
