; What became of a load.
; SPDX-License-Identifier: MIT

        .include "defs.inc"
        .include "load.inc"

        .segment "CODE"

; A = 1: the end record came; 0: given up.
report_load:
        cmp     #0
        bne     @ended
        print   {"^C before the end record", CR, LF}
@ended: jsr     report_bytes
        print   ", "
        lda     load_line
        ldx     load_line+1
        jsr     print_decimal
        print   " lines, "
        lda     error_count
        ldx     error_count+1
        jsr     print_decimal
        print   {" errors", CR, LF}
        lda     #0
        sta     count
@error: ldx     count
        cpx     #LOAD_ERRORS
        beq     @more
        cpx     error_count
        bne     @show
        lda     error_count+1
        beq     @done
@show:  jsr     show_error
        inc     count
        jsr     stop_if_interrupted
        jmp     @error
@more:  lda     error_count
        cmp     #LOAD_ERRORS
        bne     @and
        lda     error_count+1
        beq     @done
@and:   print   {"... and more", CR, LF}
@done:  jmp     main

; How many bytes were loaded, and where.
report_bytes:
        lda     load_bytes
        ldx     load_bytes+1
        jsr     print_decimal
        print   " bytes loaded"
        lda     load_bytes
        ora     load_bytes+1
        beq     @none
        print   ", "
        lda     load_low
        ldx     load_low+1
        jsr     print_word
        lda     #'.'
        jsr     chrout
        lda     load_high
        ldx     load_high+1
        jmp     print_word
@none:  rts

; Error X. In its text, % stands for the next of its two bytes.
show_error:
        print   "? line "
        stx     temp
        lda     error_line_low,x
        pha
        lda     error_line_high,x
        tax
        pla
        jsr     print_decimal
        print   ", column "
        ldx     temp
        lda     error_column,x
        ldx     #0
        jsr     print_decimal
        print   ": "
        ldx     temp
        lda     error_a,x
        sta     number
        lda     error_b,x
        sta     number+1
        ldy     error_code,x
        lda     texts_low,y
        sta     ptr
        lda     texts_high,y
        sta     ptr+1
        ldy     #0
@next:  lda     (ptr),y
        beq     @end
        cmp     #'%'
        bne     @char
        lda     number
        ldx     number+1
        stx     number
        jsr     print_hex
        jmp     @step
@char:  jsr     chrout
@step:  iny
        bne     @next           ; always
@end:   jmp     newline

        .segment "RODATA"

.define TEXTS   colon, digit, short, long, checksum, type, wraps, ours, keep

texts_low:      .lobytes TEXTS
texts_high:     .hibytes TEXTS

colon:          .asciiz "a line must start with :"
digit:          .asciiz "not a hex digit"
short:          .asciiz "the line ends too soon"
long:           .asciiz "the line is longer than its length byte says"
checksum:       .asciiz "checksum is %, should be %"
type:           .asciiz "type %, but only 00 and 01 can be loaded"
wraps:          .asciiz "the record at %% runs past FFFF"
ours:           .asciiz "the record at %% is in the monitor's memory"
keep:           .asciiz "%% does not keep what is written"
