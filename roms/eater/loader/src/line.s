; A line is typed: backspace, Ctrl-U, Ctrl-C.
; SPDX-License-Identifier: MIT

        .include "board.inc"

PASTING         = 16            ; bytes waiting from which on nothing is echoed, for echo takes longer than the sender

        .segment "ZEROPAGE"

position:       .res 1          ; in the line: for who reads it

        .segment "WORK"

line:           .res LINE_LENGTH+1
after_cr:       .res 1

        .segment "CODE"

; Reads a line into `line`, zero-terminated -> Y = its length, `position` = 0; C = 1: Ctrl-C. A line that is too long
; rings. Changes A, X.
getline:
        stz     position
        ldy     #0
@next:  jsr     chrin
        cmp     #LF
        bne     @no_lf
        lda     after_cr
        stz     after_cr
        bne     @next                   ; CR LF is one end
        bra     @end
@no_lf: stz     after_cr
        cmp     #CR
        bne     @more
        sta     after_cr
        bra     @end
@more:  cmp     #CTRL_C
        beq     @given_up
        cmp     #CTRL_U
        beq     @erase
        cmp     #BACKSPACE
        beq     @back
        cmp     #DEL
        beq     @back
        cmp     #' '
        bcc     @next
        cpy     #LINE_LENGTH
        bcs     @full
        sta     line,y
        iny
        jsr     echo
        bra     @next
@full:  lda     #7
        jsr     chrout
        bra     @next
@erase: cpy     #0
        beq     @next
        jsr     rub_out
        bra     @erase
@back:  cpy     #0
        beq     @next
        jsr     rub_out
        bra     @next
@given_up:
        jsr     discard_input
        say     "^C"
        jsr     newline
        lda     #0
        tay
        sta     line
        sec
        rts
@end:   lda     #0
        sta     line,y
        lda     #CR
        jsr     echo
        lda     #LF
        jsr     echo
        clc
        rts

rub_out:
        dey
        lda     #BACKSPACE
        jsr     echo
        lda     #' '
        jsr     echo
        lda     #BACKSPACE
; fall through

; Sends A, unless a text is being pasted. Keeps X, Y.
echo:
        pha
        jsr     rx_pending
        cmp     #PASTING
        pla
        bcs     @silent
        jmp     chrout
@silent:
        rts
