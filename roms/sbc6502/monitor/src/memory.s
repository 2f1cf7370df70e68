; Examine and deposit.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

ROW             = 16            ; bytes of a line
PAGE            = 8 * ROW       ; bytes shown for a single address

        .segment "CODE"

; m [RANGE]
cmd_m:
        jsr     skip_spaces
        beq     examine_on
        jsr     parse_range
; fall through

; `first`, `last`; C = 0: a single address, show some lines.
examine:
        bcs     @shown
        lda     first+1
        sta     last+1
        lda     first
        adc     #PAGE - 1
        sta     last
        bcc     @shown
        inc     last+1
        bne     @shown
        lda     #$FF            ; no further than the end of memory
        sta     last
        sta     last+1
@shown: jsr     expect_end
; fall through

show_rows:
        jsr     stop_if_interrupted
        jsr     show_row
        lda     row_size
        clc
        adc     first
        sta     first
        bcc     @more
        inc     first+1
        beq     @done           ; past $FFFF
@more:  lda     last
        cmp     first
        lda     last+1
        sbc     first+1
        bcs     show_rows
@done:  lda     first
        sta     next
        lda     first+1
        sta     next+1
        lda     #<examine_on
        sta     again
        lda     #>examine_on
        sta     again+1
        rts

examine_on:
        lda     next
        sta     first
        lda     next+1
        sta     first+1
        clc
        bcc     examine         ; always

; One line from `first`, at most to `last` -> `row_size`. Each address is read once: it may be a device.
show_row:
        lda     first
        ldx     first+1
        jsr     print_word
        ldx     #ROW
        sec
        lda     last
        sbc     first
        tay
        lda     last+1
        sbc     first+1
        bne     @size
        cpy     #ROW
        bcs     @size
        iny
        tya
        tax
@size:  stx     row_size
        ldy     #0
@byte:  jsr     space
        cpy     #ROW / 2
        bne     @half
        jsr     space
@half:  cpy     row_size
        bcs     @blank
        lda     (first),y
        sta     row,y
        jsr     print_hex
        jmp     @more
@blank: jsr     space
        jsr     space
@more:  iny
        cpy     #ROW
        bne     @byte
        jsr     space
        jsr     space
        ldy     #0
@char:  lda     row,y
        cmp     #' '
        bcc     @dot
        cmp     #DEL
        bcc     @print
@dot:   lda     #'.'
@print: jsr     chrout
        iny
        cpy     row_size
        bne     @char
        jmp     newline

; ADDRESS: BYTES, with `first` the address and `pos` at the colon. C = 1: it was a range.
deposit:
        bcs     @range
        inc     pos
        jsr     parse_list      ; the whole list, so that a wrong line changes nothing
        lda     first
        sta     dest
        clc
        adc     list_length
        sta     last
        lda     first+1
        sta     dest+1
        adc     #0
        sta     last+1
        lda     last            ; the last byte's address: one less
        bne     @low
        dec     last+1
@low:   dec     last
        lda     last+1
        cmp     first+1
        bcc     @wraps
        jsr     claim
        ldy     #0
@store: lda     list,y
        sty     temp
        jsr     store
        ldy     temp
        iny
        cpy     list_length
        bne     @store
        rts
@range: expect  "an address alone before the colon"
@wraps: fail    "runs past FFFF"
