; Memory: fill, copy up and down with overlap, compare.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

SHIFT           = 37                    ; how far the overlapping copies move

        .segment "CODE"

copies:
        ldx     #0                      ; random bytes, one page after the other
@fill:  jsr     random
        sta     buffer,x
        eor     #$55
        sta     buffer+$100,x
        asl     a
        sta     buffer+$200,x
        adc     #$11
        sta     buffer+$300,x
        inx
        bne     @fill

        jsr     from_buffer             ; buffer -> other
        lda     #<other
        sta     dst
        lda     #>other
        sta     dst+1
        jsr     copy_pages
        jsr     compare

        jsr     from_buffer             ; other -> other + SHIFT, from the end
        lda     #<other
        sta     src
        clc
        adc     #SHIFT
        sta     dst
        lda     #>other
        adc     #PAGES - 1
        sta     dst+1
        lda     #>other
        clc
        adc     #PAGES - 1
        sta     src+1
        ldx     #PAGES
        ldy     #0
@up:    dey
        lda     (src),y
        sta     (dst),y
        cpy     #0
        bne     @up
        dec     src+1
        dec     dst+1
        dex
        bne     @up

        lda     #<(other+SHIFT)         ; and back, from the start
        sta     src
        lda     #>(other+SHIFT)
        sta     src+1
        lda     #<other
        sta     dst
        lda     #>other
        sta     dst+1
        jsr     copy_pages
; fall through

compare:
        jsr     from_buffer
        lda     #<other
        sta     dst
        lda     #>other
        sta     dst+1
        ldx     #PAGES
        ldy     #0
@next:  lda     (src),y
        cmp     (dst),y
        bne     @differ
        iny
        bne     @next
        inc     src+1
        inc     dst+1
        dex
        bne     @next
        rts
@differ:
        jmp     failure

from_buffer:
        lda     #<buffer
        sta     src
        lda     #>buffer
        sta     src+1
        rts

copy_pages:
        ldx     #PAGES
        ldy     #0
@next:  lda     (src),y
        sta     (dst),y
        iny
        bne     @next
        inc     src+1
        inc     dst+1
        dex
        bne     @next
        rts
