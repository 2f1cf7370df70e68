; LOAD: a program as text from the SD card.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .import capitals
        .export load

BUFFER          = $2800         ; the text, to the end of RAM; stored lines stay behind the one that is read, for a line takes
                                ; as much as its text but for a few bytes

        .segment "ZEROPAGE"

reader:         .res 2
text_end:       .res 2

        .segment "CODE"

load:   lda     here+1
        beq     @typed
        fail    "LOAD is not for programs"
@typed: lda     #'"'
        jsr     expect
        sec
        lda     ip
        sbc     #<line
        sta     position
        jsr     mount
        lda     #<BUFFER
        sta     pointer
        sta     reader
        lda     #>BUFFER
        sta     pointer+1
        sta     reader+1
        jsr     load_raw
        lda     pointer
        sta     text_end
        lda     pointer+1
        sta     text_end+1
        jsr     new_program
@line:  ldy     #0
@char:  lda     reader
        cmp     text_end
        bne     @more
        lda     reader+1
        cmp     text_end+1
        beq     @last
@more:  lda     (reader)
        inc     reader
        bne     @same
        inc     reader+1
@same:  cmp     #CR
        beq     @store
        cmp     #LF
        beq     @store
        cpy     #LINE_LENGTH
        bcs     @long
        sta     line,y
        iny
        bra     @char
@store: jsr     @keep
        bra     @line
@last:  jsr     @keep
        jmp     warm
@keep:  lda     #0
        sta     line,y
        jsr     capitals
        lda     #<line
        sta     ip
        lda     #>line
        sta     ip+1
        jsr     char
        beq     @done
        cmp     #'0'
        bcc     @wrong
        cmp     #'9'+1
        bcs     @wrong
        jmp     store_line
@done:  rts
@long:  fail    "the file has a line that is too long"
@wrong: fail    "the file has a line without number"
