; Receiving a file by XMODEM.
; SPDX-License-Identifier: MIT
;
; The receiver asks, by C or NAK, and answers each block with ACK, or with NAK to have it again. A block is stored only
; when it is right. The length of a file is not told: it arrives in blocks of 128 bytes.

        .include "defs.inc"

PATIENCE        = 3             ; seconds from one asking to the next
ASKINGS         = 20
ASKINGS_FOR_CRC = 4
ERRORS          = 10            ; in one block
BLOCK           = 128

        .segment "CODE"

; xload ADDRESS
cmd_xload:
        jsr     parse_number
        jsr     expect_end
        lda     number
        sta     dest
        lda     number+1
        sta     dest+1
        print   {"send the file by XMODEM; ^C gives up", CR, LF}
        jsr     forget_load
        jsr     x_begin
        lda     #'C'
        sta     x_ask
        lda     #ASKINGS
        sta     x_tries

@ask:   lda     x_ask
        jsr     chrout
        lda     #PATIENCE
        jsr     x_char
        bcs     @first
        dec     x_tries
        bne     @still
        jmp     silent
@still: lda     x_tries
        cmp     #ASKINGS - ASKINGS_FOR_CRC
        bne     @ask
        lda     #NAK            ; an old sender, which knows sums alone
        sta     x_ask
        bne     @ask            ; always
@first: cmp     #CTRL_C
        beq     given_up
        jsr     begins_block
        bcs     @wait
        lda     #ERRORS
        sta     x_tries
        bne     @block          ; always

@wait:  cmp     #EOT
        beq     @end
        cmp     #CAN
        beq     cancelled
@next:  lda     #10
        jsr     x_char
        bcc     @again          ; nothing: ask for it once more
        jsr     begins_block
        bcs     @wait
@block: jsr     receive_block
        bcc     @bad
        lda     number          ; its number
        cmp     x_block
        bne     @other
        jsr     store_block
        bcc     @stored
        jmp     refused
@stored:
        inc     x_block
@ack:   lda     #ERRORS
        sta     x_tries
        lda     #ACK
        jsr     chrout
        jmp     @next
@other: clc
        adc     #1
        cmp     x_block
        beq     @ack            ; the one before: our answer was lost
        jmp     missing

@bad:   lda     #1              ; whatever still comes of it
        jsr     x_char
        bcs     @bad
@again: dec     x_tries
        beq     silent
        lda     #NAK
        jsr     chrout
        jmp     @next

@end:   lda     #ACK
        jsr     chrout
        lda     #1              ; the terminal takes over again
        jsr     x_char
        jsr     fresh_line
        jsr     report_bytes
        jmp     newline

; --- it did not come to its end -----------------------------------------------------------------

given_up:
        jsr     x_cancel
        fail    "^C"
cancelled:
        jsr     fresh_line
        fail    "the sender gave up"
silent: jsr     x_cancel
        fail    "no sender, or too many errors"
missing:
        jsr     x_cancel
        fail    "a block is missing"
refused:
        jsr     x_cancel
        print   "? "
        lda     dest
        ldx     dest+1
        jsr     print_word
        print   {" is the monitor's or no RAM", CR, LF}
        jmp     main

; --- a block ------------------------------------------------------------------------------------

; A = a character: C = 0 if a block begins with it. Keeps A.
begins_block:
        cmp     #SOH
        bne     @no
        clc
        rts
@no:    sec
        rts

; The rest of a block -> `number` and `list`; C = 1: it is right.
receive_block:
        jsr     x_byte
        bcc     @wrong
        sta     number
        jsr     x_byte
        bcc     @wrong
        eor     #$FF
        cmp     number
        bne     @not
        ldy     #0              ; the check begins here
        sty     check
        sty     check+1
@data:  jsr     x_byte
        bcc     @wrong
        sta     list,y
        iny
        cpy     #BLOCK
        bne     @data
        lda     check
        sta     temp
        lda     check+1
        sta     temp+1
        jsr     x_byte
        bcc     @wrong
        cmp     temp
        bne     @not
        lda     x_ask
        cmp     #NAK
        beq     @right
        jsr     x_byte
        bcc     @wrong
        cmp     temp+1
        bne     @not
@right: sec
        rts
@not:   clc
@wrong: rts

; `list` to `dest`, which moves on; C = 1: not all of it is RAM that programs may have.
store_block:
        lda     dest
        sta     first
        clc
        adc     #BLOCK - 1
        sta     last
        lda     dest+1
        sta     first+1
        adc     #0
        sta     last+1
        bcs     @done           ; past $FFFF
        jsr     is_ours
        bcs     @done
        ldx     #0
@byte:  lda     list,x
        jsr     try_store
        bcs     @done
        inx
        cpx     #BLOCK
        bne     @byte
        stx     load_count
        jsr     count_record
        clc
@done:  rts
