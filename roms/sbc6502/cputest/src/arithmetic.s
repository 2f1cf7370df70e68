; Binary arithmetic: a * b + r divided by b gives a and r again.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

ROUNDS          = 48

        .segment "CODE"

arithmetic:
        lda     #ROUNDS
        sta     cnt
@round: jsr     random
        sta     a16
        jsr     random
        sta     a16+1
        jsr     random
        sta     b16
        jsr     random
        ora     #1                      ; not 0, and larger than r
        sta     b16+1
        jsr     random
        sta     tmp                     ; r = 0 to 255
        jsr     multiply
        clc
        lda     c32
        adc     tmp
        sta     c32
        ldx     #1
        ldy     #3
@carry: lda     c32,x
        adc     #0
        sta     c32,x
        inx
        dey
        bne     @carry
        jsr     divide
        lda     c32
        cmp     a16
        bne     @wrong
        lda     c32+1
        cmp     a16+1
        bne     @wrong
        lda     c32+2
        cmp     tmp
        bne     @wrong
        lda     c32+3
        bne     @wrong
        dec     cnt
        bne     @round
        rts
@wrong: jmp     failure

; c32 = a16 * b16, by shifting and adding. Keeps a16, b16.
multiply:
        lda     a16
        sta     c32
        lda     a16+1
        sta     c32+1
        lda     #0
        sta     c32+2
        sta     c32+3
        ldx     #17                     ; one more shift than bits: the first makes room
        clc
@bit:   ror     c32+3
        ror     c32+2
        ror     c32+1
        ror     c32
        dex
        beq     @done
        bcc     @bit
        clc
        lda     c32+2
        adc     b16
        sta     c32+2
        lda     c32+3
        adc     b16+1
        sta     c32+3
        jmp     @bit
@done:  rts

; c32 / b16: quotient in c32, remainder in c32+2. The quotient fits in 16 bits.
divide:
        ldx     #16
@bit:   asl     c32
        rol     c32+1
        rol     c32+2
        rol     c32+3
        bcs     @fits                   ; a 17th bit: certainly larger
        lda     c32+2
        cmp     b16
        lda     c32+3
        sbc     b16+1
        bcc     @next
@fits:  lda     c32+2
        sec
        sbc     b16
        sta     c32+2
        lda     c32+3
        sbc     b16+1
        sta     c32+3
        inc     c32
@next:  dex
        bne     @bit
        rts
