; Loading Intel HEX.
; SPDX-License-Identifier: MIT
;
; A record is `:LLAAAATTdata...CC`: length, address, type (00 data, 01 end), data, and a checksum that
; makes the sum of all bytes 0. A record is stored only when it is right to its end. Nothing is sent
; while loading, so that RTS can hold the sender back; report.s tells the errors afterwards.
;
; Loading ends in the command loop, never at a caller, so errors may drop the stack.

        .include "defs.inc"
        .include "load.inc"

        .segment "CODE"

; load
cmd_load:
        jsr     expect_end
        print   {"send Intel HEX; ^C gives up", CR, LF}
        lda     #0
        beq     load            ; always

; A line that starts with a colon: the line editor has stopped after it.
cmd_colon:
        lda     #1
; fall through

load:
        sta     load_first
        jsr     forget_load
        sta     load_line
        sta     load_line+1
        sta     error_count
        sta     error_count+1
; fall through

next_line:
        inc     load_line
        bne     @column
        inc     load_line+1
@column:
        lda     #0
        sta     load_column
        ldx     load_first
        beq     @read
        sta     load_first
        inc     load_column
        bne     record          ; always
@read:  jsr     next_char
        cmp     #CR
        beq     next_line       ; an empty line is no error
        cmp     #':'
        beq     record
        lda     #ERROR_COLON
        jmp     bad_line

record:
        lda     #0
        sta     load_sum
        jsr     next_byte
        sta     load_count
        jsr     next_byte
        sta     dest+1
        jsr     next_byte
        sta     dest
        jsr     next_byte
        sta     load_type
        ldy     #0
@data:  cpy     load_count
        beq     @sum
        jsr     next_byte
        sta     list,y
        iny
        bne     @data           ; always
@sum:   jsr     next_byte
        sta     number
        lda     load_sum
        beq     @end
        lda     number          ; what it should have been
        sec
        sbc     load_sum
        sta     number+1
        lda     #ERROR_CHECKSUM
        jmp     bad_line
@end:   jsr     next_char
        cmp     #CR
        beq     @type
        lda     #ERROR_LONG
        jmp     bad_line
@type:  lda     load_type
        beq     @store
        cmp     #1
        beq     @last
        sta     number
        lda     #ERROR_TYPE
        jmp     bad_line
@last:  lda     #1
        jmp     report_load

@store: lda     load_count
        bne     @range
        jmp     next_line
@range: clc                     ; last = dest + count - 1
        lda     dest
        adc     load_count
        sta     last
        lda     dest+1
        adc     #0
        sta     last+1
        lda     last
        bne     @low
        dec     last+1
@low:   dec     last
        lda     dest
        sta     first
        sta     number+1
        lda     dest+1
        sta     first+1
        sta     number
        lda     last+1
        cmp     first+1
        lda     #ERROR_WRAPS
        bcc     bad_line
        jsr     is_ours
        lda     #ERROR_OURS
        bcs     bad_line
        ldx     #0
@byte:  lda     list,x
        jsr     try_store
        bcs     @failed
        inx
        cpx     load_count
        bne     @byte
        jsr     count_record
        jmp     next_line
@failed:
        lda     dest
        sta     number+1
        lda     dest+1
        sta     number
        lda     #ERROR_STORE
; fall through

; A = what is wrong, `number` two bytes for its text: note it, and on to the next line.
bad_line:
        pha
        lda     error_count+1
        bne     @count
        ldx     error_count
        cpx     #LOAD_ERRORS
        bcs     @count
        pla
        pha
        sta     error_code,x
        lda     load_line
        sta     error_line_low,x
        lda     load_line+1
        sta     error_line_high,x
        lda     load_column
        sta     error_column,x
        lda     number
        sta     error_a,x
        lda     number+1
        sta     error_b,x
@count: pla
        inc     error_count
        bne     @skip
        inc     error_count+1
@skip:  lda     load_char
        cmp     #CR
        beq     @next
        jsr     next_char
        jmp     @skip
@next:  ldx     reg_s           ; errors come from different depths
        txs
        jmp     next_line

; Nothing is loaded yet. -> A = 0.
forget_load:
        lda     #$FF
        sta     load_low
        sta     load_low+1
        lda     #0
        sta     load_bytes
        sta     load_bytes+1
        sta     load_high
        sta     load_high+1
        rts

; Widen the range told in the end by first.last, and count the bytes.
count_record:
        lda     first
        cmp     load_low
        lda     first+1
        sbc     load_low+1
        bcs     @high
        lda     first
        sta     load_low
        lda     first+1
        sta     load_low+1
@high:  lda     load_high
        cmp     last
        lda     load_high+1
        sbc     last+1
        bcs     @count
        lda     last
        sta     load_high
        lda     last+1
        sta     load_high+1
@count: clc
        lda     load_bytes
        adc     load_count
        sta     load_bytes
        bcc     @done
        inc     load_bytes+1
@done:  rts

; The next character -> A and `load_char`; ^C gives up. Keeps X, Y.
next_char:
        jsr     text_char
        sta     load_char
        cmp     #CTRL_C
        beq     @stop
        inc     load_column
        bne     @done
        dec     load_column     ; 255 means 255 or more
@done:  rts
@stop:  lda     #0
        jmp     report_load

; Two hex digits -> A, added to the sum. Keeps Y.
next_byte:
        jsr     next_digit
        asl     a
        asl     a
        asl     a
        asl     a
        sta     temp
        jsr     next_digit
        ora     temp
        pha
        clc
        adc     load_sum
        sta     load_sum
        pla
        rts

next_digit:
        jsr     next_char
        cmp     #'a'
        bcc     @upper
        and     #%11011111
@upper: jsr     hex_value
        bcs     @bad
        rts
@bad:   cmp     #CR
        beq     @short
        lda     #ERROR_DIGIT
        jmp     bad_line
@short: lda     #ERROR_SHORT
        jmp     bad_line
