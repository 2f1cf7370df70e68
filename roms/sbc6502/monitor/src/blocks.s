; Fill, copy, compare, find.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; fill RANGE BYTES
cmd_fill:
        jsr     parse_range
        jsr     parse_list
        jsr     first_to_dest
        jsr     claim
@begin: ldx     #0
@byte:  stx     temp
        lda     list,x
        jsr     store
        jsr     advance
        bcs     @done
        ldx     temp
        inx
        cpx     list_length
        bne     @byte
        beq     @begin          ; always
@done:  rts

; copy RANGE ADDRESS
cmd_copy:
        jsr     parse_pair
        lda     last            ; claim wants the end of what is written
        pha
        lda     last+1
        pha
        jsr     length_to_count
        clc
        lda     dest
        adc     count
        sta     last
        lda     dest+1
        adc     count+1
        sta     last+1
        bcs     @wraps
        jsr     claim
        lda     first           ; a copy upwards goes from the end, for the blocks may overlap
        cmp     dest
        lda     first+1
        sbc     dest+1
        bcc     @up
        pla
        sta     last+1
        pla
        sta     last
@down:  ldy     #0
        lda     (first),y
        jsr     store
        jsr     advance
        bcc     @down
        rts
@wraps: fail    "runs past FFFF"

@up:    lda     last            ; dest = end of the target, ptr = end of the source
        sta     dest
        lda     last+1
        sta     dest+1
        pla
        sta     ptr+1
        pla
        sta     ptr
@back:  ldy     #0
        lda     (ptr),y
        jsr     store
        ldx     #2              ; store moved dest on: two back
@dec:   lda     dest
        bne     @dlow
        dec     dest+1
@dlow:  dec     dest
        dex
        bne     @dec
        lda     ptr
        cmp     first
        bne     @more
        lda     ptr+1
        cmp     first+1
        beq     @done
@more:  lda     ptr
        bne     @plow
        dec     ptr+1
@plow:  dec     ptr
        jmp     @back
@done:  rts

; cmp RANGE ADDRESS
cmd_cmp:
        jsr     parse_pair
        jsr     clear_count
@byte:  ldy     #0
        lda     (first),y
        cmp     (dest),y
        beq     @same
        jsr     stop_if_interrupted
        ldx     #first
        jsr     show_byte
        jsr     space
        jsr     space
        ldx     #dest
        jsr     show_byte
        jsr     newline
        jsr     count_one
@same:  inc     dest
        bne     @next
        inc     dest+1
@next:  jsr     advance
        bcc     @byte
        lda     count
        ora     count+1
        bne     @some
        print   {"equal", CR, LF}
        rts
@some:  jsr     show_count
        print   {" differ", CR, LF}
        rts

; find RANGE BYTES: where the bytes begin in the range and lie in it wholly
cmd_find:
        jsr     parse_range
        jsr     parse_list
        jsr     clear_count
        jsr     length_to_count
        ldy     list_length
        dey
        sty     temp
        sec                     ; last = the last place where they fit
        lda     last
        sbc     temp
        sta     last
        bcs     @fits
        dec     last+1
@fits:  lda     count+1
        bne     @start
        lda     count
        cmp     temp
        bcc     @none           ; the range is shorter than the bytes
@start: jsr     clear_count
@at:    ldy     list_length
        dey
@byte:  lda     (first),y
        cmp     list,y
        bne     @next
        dey
        cpy     #$FF
        bne     @byte
        jsr     stop_if_interrupted
        lda     first
        ldx     first+1
        jsr     print_word
        jsr     newline
        jsr     count_one
@next:  jsr     advance
        bcc     @at
        bcs     @report         ; always
@none:  jsr     clear_count
@report:
        jsr     show_count
        print   {" found", CR, LF}
        rts

; --- parts --------------------------------------------------------------------------------------

; RANGE ADDRESS and no more -> `first`, `last`, `dest`.
parse_pair:
        jsr     parse_range
        jsr     parse_number
        jsr     expect_end
        lda     number
        sta     dest
        lda     number+1
        sta     dest+1
        rts

first_to_dest:
        lda     first
        sta     dest
        lda     first+1
        sta     dest+1
        rts

; `count` = last - first.
length_to_count:
        sec
        lda     last
        sbc     first
        sta     count
        lda     last+1
        sbc     first+1
        sta     count+1
        rts

; `first` moves on; C = 1: it was `last`.
advance:
        lda     first
        cmp     last
        bne     @more
        lda     first+1
        cmp     last+1
        beq     @done           ; C = 1
@more:  inc     first
        bne     @same
        inc     first+1
@same:  clc
@done:  rts

clear_count:
        lda     #0
        sta     count
        sta     count+1
        rts

count_one:
        inc     count
        bne     @done
        inc     count+1
@done:  rts

show_count:
        lda     count
        ldx     count+1
        jmp     print_decimal

; X = zero-page address of a pointer: the address and the byte there.
show_byte:
        lda     0,x
        sta     ptr
        lda     1,x
        sta     ptr+1
        tax
        lda     ptr
        jsr     print_word
        print   ": "
        ldy     #0
        lda     (ptr),y
        jmp     print_hex
