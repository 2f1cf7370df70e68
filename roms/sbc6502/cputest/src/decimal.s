; Decimal mode: sums up and down, and binary to decimal and back.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

ROUNDS          = 32

        .segment "CODE"

decimal:
        jsr     triangle
        lda     #ROUNDS
        sta     cnt
@round: jsr     random
        sta     a16
        jsr     random
        sta     a16+1
        jsr     to_decimal
        jsr     to_binary
        lda     a16
        cmp     b16
        bne     @wrong
        lda     a16+1
        cmp     b16+1
        bne     @wrong
        dec     cnt
        bne     @round
        rts
@wrong: jmp     failure

; 1 + 2 + ... + 99 = 4950, and down to 0 again.
triangle:
        sed
        lda     #0
        sta     c32
        sta     c32+1
        lda     #1
@up:    sta     tmp
        clc
        adc     c32
        sta     c32
        lda     c32+1
        adc     #0
        sta     c32+1
        lda     tmp
        clc
        adc     #1                      ; 99 + 1 = 100, that is 00 and carry
        bcc     @up
        lda     c32
        cmp     #$50
        bne     @wrong
        lda     c32+1
        cmp     #$49
        bne     @wrong
        lda     #$99
@down:  sta     tmp
        sec
        lda     c32
        sbc     tmp
        sta     c32
        lda     c32+1
        sbc     #0
        sta     c32+1
        sec
        lda     tmp
        sbc     #1
        bne     @down
        cld
        lda     c32
        ora     c32+1
        bne     @wrong
        rts
@wrong: cld
        jmp     failure

; c32 = a16 in decimal, five digits: double it and add the next bit, sixteen times.
to_decimal:
        lda     a16
        sta     src
        lda     a16+1
        sta     src+1
        lda     #0
        sta     c32
        sta     c32+1
        sta     c32+2
        ldy     #16
        sed
@bit:   asl     src
        rol     src+1
        ldx     #<(-3)
@digit: lda     c32+3,x                 ; wraps around in page zero
        adc     c32+3,x
        sta     c32+3,x
        inx
        bne     @digit
        dey
        bne     @bit
        cld
        rts

; b16 = the binary value of c32: ten times what is there plus the next digit, five times.
to_binary:
        lda     #0
        sta     b16
        sta     b16+1
        ldy     #6
@digit: lda     b16                     ; times ten: (4 n + n) * 2
        sta     tmp
        lda     b16+1
        sta     tmp+1
        asl     b16
        rol     b16+1
        asl     b16
        rol     b16+1
        clc
        lda     b16
        adc     tmp
        sta     b16
        lda     b16+1
        adc     tmp+1
        asl     b16
        rol     a
        sta     b16+1
        lda     #0                      ; the highest digit out of c32
        ldx     #4
@shift: asl     c32
        rol     c32+1
        rol     c32+2
        rol     a
        dex
        bne     @shift
        clc
        adc     b16
        sta     b16
        bcc     @next
        inc     b16+1
@next:  dey
        bne     @digit
        rts
