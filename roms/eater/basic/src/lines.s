; The program's lines: storing, finding, listing.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .segment "ZEROPAGE"

program_end:    .res 2          ; at the $FFFF
heap:           .res 2          ; behind the arrays
source:         .res 2
length:         .res 1

        .segment "TABLES"

strings:        .res 26*STRING_SIZE
arrays:         .res 52         ; address of each array's elements; high byte 0: none
array_sizes:    .res 52         ; how many there are
        .align  256
control:        .res 256        ; what FOR and GOSUB go back to

        .segment "WORK"

variables:      .res 52
control_top:    .res 1

        .segment "CODE"

new_program:
        lda     #<PROGRAM
        sta     program_end
        lda     #>PROGRAM
        sta     program_end+1
        lda     #$FF
        sta     PROGRAM
        sta     PROGRAM+1
; fall through

; Forgets all variables and what is begun. Changes A, X.
clear:
        clc
        lda     program_end
        adc     #2
        sta     heap
        lda     program_end+1
        adc     #0
        sta     heap+1
        ldx     #51
@next:  stz     variables,x
        stz     arrays,x
        dex
        bpl     @next
        stz     control_top
        lda     #<strings
        sta     place
        lda     #>strings
        sta     place+1
        ldx     #26
@string:
        lda     #0
        sta     (place)
        lda     place
        clc
        adc     #STRING_SIZE
        sta     place
        bcc     @same
        inc     place+1
@same:  dex
        bne     @string
        rts

; C = 1: `here` is behind the last line.
is_last:
        ldy     #1
        lda     (here),y
        cmp     #$FF
        rts

; `here` = the next line. Changes A, Y.
next_line:
        ldy     #2
        lda     (here),y
        clc
        adc     here
        sta     here
        bcc     @done
        inc     here+1
@done:  rts

; `here` = the line with number `value` (C = 1, Z = 1), or the first one behind it (Z = 0). Changes A, Y.
find_line:
        lda     #<PROGRAM
        sta     here
        lda     #>PROGRAM
        sta     here+1
@next:  ldy     #1
        lda     (here),y
        cmp     value+1
        bne     @differs
        lda     (here)
        cmp     value
@differs:
        bcs     @done
        jsr     next_line
        bra     @next
@done:  rts

; Stores the numbered line at `ip`; a number alone deletes it. Changes all.
store_line:
        jsr     evaluate
        jsr     clear
        jsr     find_line
        bne     @insert
        ldy     #2                      ; takes the old one out
        lda     (here),y
        sta     length
        clc
        adc     here
        sta     source
        lda     here+1
        adc     #0
        sta     source+1
        lda     here
        sta     place
        lda     here+1
        sta     place+1
@down:  lda     (source)
        sta     (place)
        inc     place
        bne     @to
        inc     place+1
@to:    inc     source
        bne     @from
        inc     source+1
@from:  lda     program_end             ; to behind the $FFFF
        sec
        sbc     source
        lda     program_end+1
        sbc     source+1
        bpl     @down
        lda     (source)
        sta     (place)
        sec
        lda     program_end
        sbc     length
        sta     program_end
        bcs     @tail
        dec     program_end+1
@tail:  lda     #$FF
        ldy     #1
        sta     (program_end)
        sta     (program_end),y
@insert:
        jsr     char
        beq     @done
        ldy     #0
@count: lda     (ip),y
        beq     @counted
        iny
        bra     @count
@counted:
        tya
        clc
        adc     #LINE_TEXT+1
        sta     length
        adc     program_end
        lda     program_end+1
        adc     #0
        cmp     #>FREE_END-1
        bcs     @full
        lda     program_end             ; moves what is behind up, its end first
        sta     source
        lda     program_end+1
        sta     source+1
@up:    ldy     length
        lda     (source)
        sta     (source),y
        lda     source
        cmp     here
        bne     @more
        lda     source+1
        cmp     here+1
        beq     @moved
@more:  lda     source
        bne     @low
        dec     source+1
@low:   dec     source
        bra     @up
@moved: clc
        lda     program_end
        adc     length
        sta     program_end
        bcc     @end
        inc     program_end+1
@end:   lda     #$FF
        ldy     #1
        sta     (program_end)
        sta     (program_end),y
        lda     value
        sta     (here)
        lda     value+1
        sta     (here),y
        iny
        lda     length
        sta     (here),y
        lda     here
        clc
        adc     #LINE_TEXT
        sta     place
        lda     here+1
        adc     #0
        sta     place+1
        ldy     #<-1
@copy:  iny
        lda     (ip),y
        sta     (place),y
        bne     @copy
@done:  stz     here+1
        jmp     clear
@full:  stz     here+1
        fail    "the memory is full"

; Lists the program, or from a line on. Changes all.
list:
        stz     value
        stz     value+1
        jsr     char
        beq     @all
        jsr     evaluate
@all:   jsr     find_line
@next:  jsr     is_last
        bcs     @done
        lda     (here)
        sta     number
        lda     (here),y
        sta     number+1
        stz     number+2
        stz     number+3
        ldx     #0
        jsr     print_decimal
        lda     #' '
        jsr     chrout
        ldy     #LINE_TEXT
@char:  lda     (here),y
        beq     @end
        jsr     chrout
        iny
        bra     @char
@end:   jsr     newline
        lda     interrupted
        bne     @stop
        jsr     next_line
        bra     @next
@stop:  jsr     discard_input
@done:  jmp     warm
