; Printing.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .segment "ZEROPAGE"

pointer:        .res 2
number:         .res 4

        .segment "CODE"

; Sends the zero-terminated string at A/X. Changes A.
print:
        sta     pointer
        stx     pointer+1
@next:  lda     (pointer)
        beq     @done
        jsr     chrout
        inc     pointer
        bne     @next
        inc     pointer+1
        bra     @next
@done:  rts

; Sends the zero-terminated string behind the JSR. Changes A, X.
print_inline:
        plx
        pla
        inx
        bne     @here
        inc     a
@here:  phx                             ; `print` takes low in A, high in X
        tax
        pla
        jsr     print
        lda     pointer+1               ; at the zero: RTS goes on behind it
        pha
        lda     pointer
        pha
        rts

newline:
        lda     #CR
        jsr     chrout
        lda     #LF
        jmp     chrout

; Sends X spaces, at least one.
spaces:
        lda     #' '
@next:  jsr     chrout
        dex
        bne     @next
        rts

; Sends A/X as four hex digits.
print_word:
        pha
        txa
        jsr     print_hex
        pla
; fall through

; Sends A as two hex digits. Changes A.
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
        bcc     @below
        adc     #6                      ; C = 1: seven, to the letters
@below: adc     #'0'
        jmp     chrout

; Sends `number`, 32 bits without sign, in decimal, with spaces in front up to X characters. Changes all.
print_decimal:
        stx     width
        ldy     #0                      ; digits
@digit: lda     #0
        ldx     #32
@bit:   asl     number
        rol     number+1
        rol     number+2
        rol     number+3
        rol     a
        cmp     #10
        bcc     @less
        sbc     #10
        inc     number
@less:  dex
        bne     @bit
        ora     #'0'
        pha
        iny
        lda     number
        ora     number+1
        ora     number+2
        ora     number+3
        bne     @digit
        sty     digits
        lda     width
        sec
        sbc     digits
        bcc     @send
        beq     @send
        tax
        jsr     spaces
@send:  pla
        jsr     chrout
        dey
        bne     @send
        rts

        .segment "WORK"

width:          .res 1
digits:         .res 1
