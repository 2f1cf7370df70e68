; Sending memory by XMODEM.
; SPDX-License-Identifier: MIT
;
; The receiver asks first: by C for blocks with a CRC, by NAK for blocks with a sum. The last block is filled up by SUB.

        .include "defs.inc"

ASKING          = 60            ; seconds to wait for the receiver
ANSWER          = 10            ; and for its answer to a block
ERRORS          = 10            ; how often one block is sent
BLOCK           = 128

        .segment "CODE"

; xsave RANGE
cmd_xsave:
        jsr     parse_range
        jsr     expect_end
        print   {"receive the file by XMODEM; ^C gives up", CR, LF}
        jsr     x_begin
@asked: lda     #ASKING
        jsr     x_char
        bcc     silent
        cmp     #CTRL_C
        beq     given_up
        cmp     #CAN
        beq     cancelled
        cmp     #'C'
        beq     @start
        cmp     #NAK
        bne     @asked
@start: sta     x_ask
        lda     #0
        sta     count           ; not 0: the last block is made
        jsr     take_block
@block: lda     #ERRORS
        sta     x_tries
@send:  jsr     send_block
        jsr     answer
        bcc     @again
        inc     x_block
        lda     count
        bne     @end
        jsr     take_block
        jmp     @block
@again: dec     x_tries
        bne     @send
        beq     silent          ; always
@end:   lda     #ERRORS
        sta     x_tries
@eot:   lda     #EOT
        jsr     chrout
        jsr     answer
        bcs     sent
        dec     x_tries
        bne     @eot
        jmp     silent

; --- how it ends --------------------------------------------------------------------------------

given_up:
        jsr     x_cancel
        fail    "^C"
cancelled:
        jsr     fresh_line
        fail    "the receiver gave up"
silent: jsr     x_cancel
        fail    "no receiver, or too many errors"
sent:   jsr     fresh_line
        print   {"sent", CR, LF}
        rts

; --- a block ------------------------------------------------------------------------------------

; What the receiver says: C = 1 it wants the next, C = 0 the same again.
answer:
        lda     #ANSWER
        jsr     x_char
        bcc     @done
        cmp     #CAN
        beq     cancelled
        cmp     #ACK
        beq     @done           ; C = 1
        cmp     #NAK
        beq     @again
        cmp     #'C'
        bne     answer          ; what an earlier answer has left
@again: clc
@done:  rts

; The next bytes from `first` on -> `list`, filled up; `count` tells that they end.
take_block:
        ldx     #0
@byte:  lda     count
        bne     @fill
        tay                     ; 0
        lda     (first),y
        sta     list,x
        lda     first
        cmp     last
        bne     @more
        lda     first+1
        cmp     last+1
        bne     @more
        inc     count
@more:  inc     first
        bne     @next
        inc     first+1
        jmp     @next
@fill:  lda     #SUB
        sta     list,x
@next:  inx
        cpx     #BLOCK
        bne     @byte
        rts

send_block:
        lda     #SOH
        jsr     chrout
        lda     x_block
        jsr     chrout
        lda     x_block
        eor     #$FF
        jsr     chrout
        ldy     #0
        sty     check
        sty     check+1
@data:  lda     list,y
        jsr     x_checked
        jsr     chrout
        iny
        cpy     #BLOCK
        bne     @data
        lda     check
        jsr     chrout
        lda     x_ask
        cmp     #NAK
        beq     @done
        lda     check+1
        jmp     chrout
@done:  rts
