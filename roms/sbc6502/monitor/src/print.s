; Printing: strings, hex, decimal. All end in chrout.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; The zero-terminated string after the JSR. Keeps X, Y.
print_inline:
        pla
        sta     str
        pla
        sta     str+1
        tya
        pha
        ldy     #0
@next:  inc     str             ; first: from the JSR's last byte to the string
        bne     @page
        inc     str+1
@page:  lda     (str),y
        beq     @done
        jsr     chrout
        jmp     @next
@done:  pla
        tay
        lda     str+1
        pha
        lda     str
        pha
        rts                     ; to the byte after the zero

; The zero-terminated string at A/X. Keeps Y.
print_string:
        sta     str
        stx     str+1
        tya
        pha
        ldy     #0
@next:  lda     (str),y
        beq     @done
        jsr     chrout
        iny
        bne     @next
        inc     str+1
        bne     @next           ; always
@done:  pla
        tay
        rts

; The word A/X in hex. Keeps X, Y.
print_word:
        pha
        txa
        jsr     print_hex
        pla
; fall through

; The byte A in hex. Keeps X, Y.
print_hex:
        pha
        lsr     a
        lsr     a
        lsr     a
        lsr     a
        jsr     @digit
        pla
        and     #$0F
@digit: cmp     #10
        bcc     @ascii
        adc     #'A'-'9'-2      ; carry is set: one more
@ascii: adc     #'0'
        jmp     chrout

; The word A/X in decimal.
print_decimal:
        sta     number
        stx     number+1
        ldx     #0
        stx     digits          ; not 0: a digit was printed, so zeros count
@power: ldy     #'0'
@sub:   lda     number
        sec
        sbc     powers_low,x
        pha
        lda     number+1
        sbc     powers_high,x
        bcc     @digit
        sta     number+1
        pla
        sta     number
        iny
        bne     @sub            ; always
@digit: pla
        tya
        cmp     #'0'
        bne     @print
        cpx     #4              ; the units are printed even if 0
        beq     @print
        ldy     digits
        beq     @skip
@print: jsr     chrout
        inc     digits
@skip:  inx
        cpx     #5
        bne     @power
        rts

; To the start of a line, if the last character sent was not a line's end.
fresh_line:
        lda     last_sent
        cmp     #LF
        bne     newline
        rts

newline:
        lda     #CR
        jsr     chrout
        lda     #LF
        jmp     chrout

space:
        lda     #' '
        jmp     chrout

; X spaces; X > 0.
spaces:
        jsr     space
        dex
        bne     spaces
        rts

        .segment "RODATA"

powers_low:     .lobytes 10000, 1000, 100, 10, 1
powers_high:    .hibytes 10000, 1000, 100, 10, 1
