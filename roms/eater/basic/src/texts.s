; Texts of up to 63 characters, and the places of variables.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .import chr_word

        .segment "ZEROPAGE"

place:          .res 2

        .segment "TABLES"

text:           .res STRING_SIZE        ; its length, then characters
text_2:         .res STRING_SIZE

        .segment "CODE"

; Begins a text at `ip`? -> C. Keeps X.
is_text:
        jsr     char
        cmp     #'"'
        beq     @yes
        ldy     #3
        cmp     #'C'
        bne     @letter
        lda     (ip),y                  ; CHR$
        cmp     #'$'
        beq     @yes
        lda     #'C'
@letter:
        cmp     #'A'
        bcc     @no
        cmp     #'Z'+1
        bcs     @no
        ldy     #1
        lda     (ip),y
        cmp     #'$'
        beq     @yes
@no:    clc
@yes:   rts

; Evaluates texts joined by + at `ip` -> `text`. Changes A, X, Y.
evaluate_text:
        stz     text
@part:  jsr     is_text
        bcs     @is
        jmp     syntax
@is:    jsr     char
        cmp     #'"'
        beq     @quoted
        ldx     #<(chr_word-statements)
        jsr     match
        bcs     @code
        jsr     text_place
        lda     (place)
        beq     @joined
        tax
        ldy     #1
@copy:  lda     (place),y
        jsr     append
        iny
        dex
        bne     @copy
        bra     @joined
@code:  lda     text
        pha
        lda     #'('
        jsr     expect
        jsr     evaluate
        lda     #')'
        jsr     expect
        pla
        sta     text
        lda     value
        jsr     append
        bra     @joined
@quoted:
        inc     ip
        bne     @next
        inc     ip+1
@next:  lda     (ip)
        bne     @more
        jmp     syntax
@more:  cmp     #'"'
        beq     @end
        jsr     append
        bra     @quoted
@end:   jsr     next_char
@joined:
        jsr     char
        cmp     #'+'
        bne     @done
        jsr     next_char
        bra     @part
@done:  rts

append: phx
        inc     text
        ldx     text
        cpx     #STRING_SIZE
        bcs     @long
        sta     text,x
        plx
        rts
@long:  fail    "a text has up to 63 characters"

; `place` = the text variable at `ip`.
text_place:
        jsr     letter
        stz     place
        lsr     a                       ; times 64
        ror     place
        lsr     a
        ror     place
        clc
        adc     #>strings
        sta     place+1
        lda     #'$'
        jmp     expect

; The text variable at `ip` = the text behind the sign =.
assign_text:
        jsr     text_place
        lda     place
        pha
        lda     place+1
        pha
        lda     #'='
        jsr     expect
        jsr     evaluate_text
        pla
        sta     place+1
        pla
        sta     place
store_text:
        ldy     text
@copy:  lda     text,y
        sta     (place),y
        dey
        bpl     @copy
        rts

; `place` = the variable or the element of an array at `ip`. Changes A, X, Y, `value`.
find_place:
        jsr     letter
        bcs     @named
        jmp     syntax
@named: asl     a
        tax
        jsr     char
        cmp     #'('
        beq     @array
        txa
        clc
        adc     #<variables
        sta     place
        lda     #>variables
        adc     #0
        sta     place+1
        rts
@array: phx
        jsr     next_char
        jsr     evaluate
        lda     #')'
        jsr     expect
        plx
        lda     arrays+1,x
        bne     @there
        fail    "no DIM for this array"
@there: lda     array_sizes,x
        cmp     value
        lda     array_sizes+1,x
        sbc     value+1
        bcc     @outside                ; a negative index is large without sign
        lda     value
        asl     a
        rol     value+1
        clc
        adc     arrays,x
        sta     place
        lda     value+1
        adc     arrays+1,x
        sta     place+1
        rts
@outside:
        fail    "the index is outside the array"

        .export text_place, store_text
