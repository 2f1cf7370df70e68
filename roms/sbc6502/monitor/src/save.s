; Printing a range as Intel HEX.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

RECORD          = 16            ; data bytes of a record

        .segment "CODE"

; save RANGE
cmd_save:
        jsr     parse_range
        jsr     expect_end
@record:
        jsr     stop_if_interrupted
        sec                     ; how many bytes: what is left, at most RECORD
        lda     last
        sbc     first
        tax
        lda     last+1
        sbc     first+1
        bne     @full
        cpx     #RECORD
        bcs     @full
        inx
        bne     @size           ; always
@full:  ldx     #RECORD
@size:  stx     row_size
        lda     #':'
        jsr     chrout
        lda     #0
        sta     load_sum
        txa
        jsr     put_byte
        lda     first+1
        jsr     put_byte
        lda     first
        jsr     put_byte
        lda     #0
        jsr     put_byte
        ldy     #0
@byte:  lda     (first),y
        jsr     put_byte
        iny
        cpy     row_size
        bne     @byte
        lda     #0              ; the checksum makes the sum 0
        sec
        sbc     load_sum
        jsr     print_hex
        jsr     newline
        clc
        lda     first
        adc     row_size
        sta     first
        bcc     @more
        inc     first+1
        beq     @end            ; past $FFFF
@more:  lda     last
        cmp     first
        lda     last+1
        sbc     first+1
        bcs     @record
@end:   print   {":00000001FF", CR, LF}
        rts

; A in hex, added to the sum. Keeps X, Y.
put_byte:
        pha
        clc
        adc     load_sum
        sta     load_sum
        pla
        jmp     print_hex
