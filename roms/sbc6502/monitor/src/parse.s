; Reading the command line: numbers, ranges, lists, and what to say when they are wrong.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; -> A = the character at `pos`, in upper case; Z set at the end of the line. Uses X.
current:
        ldx     pos
        lda     line,x
        cmp     #'a'
        bcc     @done
        cmp     #'z'+1
        bcs     @done
        and     #%11011111
@done:  cmp     #0
        rts

; The same after moving `pos` over spaces.
skip_spaces:
        jsr     current
        cmp     #' '
        bne     @done
        inc     pos
        bne     skip_spaces     ; always
@done:  cmp     #0
        rts

; A = an upper-case character -> C = 0 and A = its value as a hex digit, or C = 1 and A unchanged.
hex_value:
        cmp     #'0'
        bcc     @no
        cmp     #'9'+1
        bcc     @digit
        cmp     #'A'
        bcc     @no
        cmp     #'F'+1
        bcs     @no
        sbc     #'A'-10-1       ; carry is clear: one more
        clc
        rts
@digit: sbc     #'0'-1
        clc
        rts
@no:    sec
        rts

; A hex number of one to four digits, with $ before it if you like -> `number`, `digits`. Uses A, X.
parse_number:
        jsr     skip_spaces
        ldx     pos
        stx     token
        cmp     #'$'
        bne     @start
        inc     pos
@start: lda     #0
        sta     number
        sta     number+1
        sta     digits
@digit: jsr     current
        jsr     hex_value
        bcs     @end
        ldx     digits
        cpx     #4
        bcs     @long
        ldx     #4
@shift: asl     number
        rol     number+1
        dex
        bne     @shift
        ora     number
        sta     number
        inc     digits
        inc     pos
        bne     @digit          ; always
@end:   ldx     digits
        beq     @none
        cmp     #'G'
        bcc     @done
        cmp     #'Z'+1
        bcs     @done
        expect  "a hex digit"
@done:  rts
@none:  expect  "a hex number"
@long:  expect  "no more than four digits"

; A hex number that fits into a byte -> A.
parse_byte:
        jsr     parse_number
        lda     number+1
        bne     @large
        lda     number
        rts
@large: lda     token
        sta     pos
        expect  "a byte, 00 to FF"

; `address`, `from.to` or `from+length` -> `first`, `last`; C = 1 if it was more than an address.
parse_range:
        jsr     parse_number
        lda     number
        sta     first
        sta     last
        lda     number+1
        sta     first+1
        sta     last+1
        jsr     current
        cmp     #'.'
        beq     @to
        cmp     #'+'
        beq     @length
        clc
        rts
@to:    inc     pos
        jsr     parse_number
        lda     number
        cmp     first
        lda     number+1
        sbc     first+1
        bcc     @below
        lda     number
        sta     last
        lda     number+1
        sta     last+1
        sec
        rts
@below: lda     token
        sta     pos
        expect  "an end not below the start"
@length:
        inc     pos
        jsr     parse_number
        lda     number
        ora     number+1
        beq     @bad
        clc                     ; last = first + length - 1
        lda     number
        adc     first
        tax
        lda     number+1
        adc     first+1
        tay
        bcc     @minus
        bne     @bad            ; beyond $10000
        cpx     #0
        bne     @bad
@minus: txa
        bne     @low
        dey
@low:   dex
        stx     last
        sty     last+1
        sec
        rts
@bad:   lda     token
        sta     pos
        expect  "a length from 1 that ends at FFFF or before"

; Bytes and "texts" up to the end of the line -> `list`, `list_length`; at least one byte.
parse_list:
        lda     #0
        sta     list_length
@item:  jsr     skip_spaces
        beq     @end
        cmp     #'"'
        beq     @text
        jsr     parse_byte
        jsr     @add
        jmp     @item
@text:  inc     pos
        ldx     pos
        lda     line,x          ; not in upper case
        beq     @open
        cmp     #'"'
        beq     @close
        jsr     @add
        jmp     @text
@close: inc     pos
        bne     @item           ; always
@open:  expect  "a closing quote"
@end:   lda     list_length
        beq     @none
        rts
@none:  expect  "bytes or a text in quotes"
@add:   ldx     list_length
        sta     list,x
        inc     list_length
        rts

expect_end:
        jsr     skip_spaces
        bne     @more
        rts
@more:  expect  "the end of the line"

; --- errors: from any depth back to the prompt --------------------------------------------------

; The zero-terminated text after the JSR says what was expected at `pos`.
syntax_error:
        lda     quiet
        beq     @caret
        print   "> "            ; the line was not shown yet
        lda     #<line
        ldx     #>line
        jsr     print_string
        jsr     newline
@caret: ldx     pos
        inx
        inx                     ; the prompt's width
        jsr     spaces
        print   "^ expected "
; fall through

text_then_main:
        pla
        tay
        pla
        tax
        tya
        clc
        adc     #1              ; the JSR left the address of its last byte
        bcc     @page
        inx
@page:  jsr     print_string
        jsr     newline
        jmp     main

; The zero-terminated text after the JSR says what went wrong.
failure:
        print   "? "
        jmp     text_then_main

; Long outputs call this once a line.
stop_if_interrupted:
        lda     interrupted
        beq     @no
        jsr     flush_input
        print   {"^C", CR, LF}
        jmp     main
@no:    rts
