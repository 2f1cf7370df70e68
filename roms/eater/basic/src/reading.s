; Reading the program's text: characters, keywords, letters.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .segment "CODE"

next_char:
        inc     ip
        bne     char
        inc     ip+1
; fall through

; -> A = the character at `ip`, behind spaces; Z = 1: the line ends. Keeps X, Y.
char:
        lda     (ip)
        cmp     #' '
        beq     next_char
        cmp     #0
        rts

; Is the word at offset X of `statements` at `ip`? A word is zero-terminated, and an address follows.
; -> C = 1: `ip` is behind it, X = the offset of the address; C = 0: X = the offset of the next word. Changes A, Y.
match:
        jsr     char
        ldy     #0
@next:  lda     statements,x
        beq     @yes
        cmp     (ip),y
        bne     @no
        inx
        iny
        bra     @next
@yes:   tya
        clc
        adc     ip
        sta     ip
        bcc     @same
        inc     ip+1
@same:  inx
        sec
        rts
@no:    inx
        lda     statements,x
        bne     @no
        inx
        inx
        inx
        clc
        rts

; Goes over the character A, or gives up. Keeps X, Y.
expect:
        pha
        jsr     char
        pla
        cmp     (ip)
        beq     next_char
syntax: fail    "that is not BASIC"

; A letter at `ip` -> A = 0 to 25, C = 1, behind it; C = 0: none. Keeps X, Y.
letter:
        jsr     char
        cmp     #'A'
        bcc     @no
        cmp     #'Z'+1
        bcs     @no2
        pha
        jsr     next_char
        pla
        sec
        sbc     #'A'                    ; leaves C = 1
        rts
@no2:   clc
@no:    rts
