; Quicksort of 256 bytes, recursive; then: in order, and the same bytes as before.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

        .segment "CODE"

sorting:
        ldx     #0
        stx     cnt
        stx     cnt+1
@copy:  lda     buffer,x
        sta     other,x
        jsr     add_up
        inx
        bne     @copy
        ldx     #0
        ldy     #$FF
        jsr     quicksort
        ldx     #1
@order: lda     other,x
        cmp     other-1,x
        bcc     @wrong
        inx
        bne     @order
        ldx     #0
@sum:   lda     other,x
        jsr     subtract
        inx
        bne     @sum
        lda     cnt
        ora     cnt+1
        bne     @wrong
        rts
@wrong: jmp     failure

add_up:
        clc
        adc     cnt
        sta     cnt
        bcc     @done
        inc     cnt+1
@done:  rts

subtract:
        sta     tmp
        lda     cnt
        sec
        sbc     tmp
        sta     cnt
        bcs     @done
        dec     cnt+1
@done:  rts

; Sort other[X..Y]; X <= Y. The last byte is the pivot.
quicksort:
        stx     tmp                     ; first
        sty     tmp+1                   ; last
        lda     other,y
        sta     tmp+2                   ; pivot
        ldy     tmp                     ; Y: where the next small one goes
@scan:  cpx     tmp+1
        beq     @pivot
        lda     other,x
        cmp     tmp+2
        bcs     @large
        pha
        lda     other,y
        sta     other,x
        pla
        sta     other,y
        iny
@large: inx
        bne     @scan                   ; always
@pivot: lda     other,y
        sta     other,x
        lda     tmp+2
        sta     other,y

        lda     tmp+1                   ; the upper part waits on the stack
        pha
        tya
        pha
        cpy     tmp
        beq     @upper
        dey
        ldx     tmp
        cpy     tmp
        beq     @upper
        jsr     quicksort
@upper: pla
        tax
        pla
        tay
        sty     tmp
        cpx     tmp
        bcs     @done
        inx
        cpx     tmp
        bcs     @done
        jmp     quicksort
@done:  rts
