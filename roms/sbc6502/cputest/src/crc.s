; CRC-16 (polynomial $1021, start $FFFF): bit by bit and by table, and its known value for "123456789".
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

        .segment "CODE"

crc:
        jsr     make_table
        jsr     start
        ldy     #0
@digit: lda     digits,y
        jsr     by_table
        iny
        cpy     #9
        bne     @digit
        lda     a16
        cmp     #<$29B1
        bne     @wrong
        lda     a16+1
        cmp     #>$29B1
        bne     @wrong

        jsr     start
        ldy     #0
@page:  lda     buffer,y
        jsr     by_table
        iny
        bne     @page
        lda     a16
        pha
        lda     a16+1
        pha
        jsr     start
@bits:  lda     buffer,y
        jsr     by_bit
        iny
        bne     @bits
        pla
        cmp     a16+1
        bne     @wrong
        pla
        eor     a16
        bne     @wrong
        rts
@wrong: jmp     failure

start:
        lda     #$FF
        sta     a16
        sta     a16+1
        rts

; Take A in; the CRC is in a16. Keeps Y.
by_table:
        eor     a16+1
        tax
        lda     a16
        eor     table_high,x
        sta     a16+1
        lda     table_low,x
        sta     a16
        rts

by_bit:
        eor     a16+1
        sta     a16+1
        ldx     #8
@bit:   asl     a16
        rol     a16+1
        bcc     @zero
        lda     a16
        eor     #<$1021
        sta     a16
        lda     a16+1
        eor     #>$1021
        sta     a16+1
@zero:  dex
        bne     @bit
        rts

make_table:
        ldy     #0
@entry: lda     #0
        sta     a16
        sta     a16+1
        tya
        jsr     by_bit
        lda     a16
        sta     table_low,y
        lda     a16+1
        sta     table_high,y
        iny
        bne     @entry
        rts

        .segment "RODATA"

digits:         .byte "123456789"

        .segment "DATA"

table_low:      .res 256
table_high:     .res 256
