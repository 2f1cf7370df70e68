; Breakpoints: a BRK in place of an opcode, only while the program runs.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; b            list
; b ADDRESS    set
; b -ADDRESS   clear
; b -          clear all
cmd_b:
        jsr     skip_spaces
        bne     @some
        jmp     list_breaks
@some:  cmp     #'-'
        beq     @clear
        jsr     parse_number
        jsr     expect_end
        jsr     find_break
        bcs     @done           ; there already
        ldx     break_count
        cpx     #BREAKPOINTS
        bcs     @full
        lda     number
        sta     dest
        sta     last
        sta     break_low,x
        lda     number+1
        sta     dest+1
        sta     last+1
        sta     break_high,x
        jsr     claim
        ldy     #0              ; can a BRK be put there?
        lda     (dest),y
        tax
        eor     #$FF
        sta     (dest),y
        cmp     (dest),y
        php
        txa
        sta     (dest),y
        plp
        bne     @rom
        inc     break_count
@done:  rts
@full:  fail    "all 8 breakpoints are set"
@rom:   fail    "not RAM: use s to step there"

@clear: inc     pos
        jsr     skip_spaces
        bne     @one
        sta     break_count
        rts
@one:   jsr     parse_number
        jsr     expect_end
        jsr     find_break
        bcs     @found
        fail    "no breakpoint there"
@found: dec     break_count     ; the others move down
@move:  cpx     break_count
        beq     @done
        lda     break_low+1,x
        sta     break_low,x
        lda     break_high+1,x
        sta     break_high,x
        inx
        bne     @move           ; always

list_breaks:
        ldy     #0
@next:  cpy     break_count
        beq     @done
        lda     break_low,y
        ldx     break_high,y
        jsr     print_word
        jsr     newline
        iny
        bne     @next           ; always
@done:  cpy     #0
        bne     @some
        print   {"no breakpoints", CR, LF}
@some:  rts

; A breakpoint at `number`? C = 1 and X = which.
find_break:
        ldx     break_count
@next:  dex
        bmi     @none
        lda     number
        cmp     break_low,x
        bne     @next
        lda     number+1
        cmp     break_high,x
        bne     @next
        sec
        rts
@none:  clc
        rts

insert_breaks:
        ldx     break_count
        stx     breaks_in
@next:  dex
        bmi     @done
        jsr     pointer
        lda     (ptr),y
        sta     break_opcode,x
        tya                     ; 0: BRK
        sta     (ptr),y
        jmp     @next
@done:  rts

remove_breaks:
        ldx     breaks_in
@next:  dex
        bmi     @done
        jsr     pointer
        lda     (ptr),y
        bne     @next           ; the program has written there: that stays
        lda     break_opcode,x
        sta     (ptr),y
        jmp     @next
@done:  inx                     ; 0
        stx     breaks_in
        rts

; Breakpoint X -> ptr; Y = 0.
pointer:
        lda     break_low,x
        sta     ptr
        lda     break_high,x
        sta     ptr+1
        ldy     #0
        rts
