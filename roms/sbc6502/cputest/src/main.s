; Every documented instruction and addressing mode of the 6502 at work on tasks of everyday, each of
; which checks its own result. See README.md for the traps that tell how it went.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

PASSES          = 20

        .segment "ZEROPAGE"

seed:           .res 2
part:           .res 1                  ; 0 to 9, in the order of PART_LIST
src:            .res 2
dst:            .res 2
a16:            .res 2
b16:            .res 2
c32:            .res 4
tmp:            .res 4
cnt:            .res 2
passes:         .res 1

        .segment "START"

; Fixed addresses: $0400 start, $0403 failure, $0406 success.
        jmp     start
failure:
        jmp     failure                 ; `part` tells where
success:
        jmp     success

        .segment "CODE"

start:
        sei
        cld
        ldx     #$FF
        txs
        lda     #<brk_handler
        sta     $FFFE
        lda     #>brk_handler
        sta     $FFFF
        lda     #$5A                    ; the same numbers in every run
        sta     seed
        sta     seed+1
        lda     #PASSES
        sta     passes
pass:   ldx     #0
next:   stx     part
        lda     parts_low,x
        sta     vector
        lda     parts_high,x
        sta     vector+1
        jsr     call
        tsx                             ; the stack is as it was
        inx
        check_equal
        ldx     part
        inx
        cpx     #PARTS
        bne     next
        dec     passes
        bne     pass
        jmp     success
call:
        jmp     (vector)

; A pseudo-random byte -> A: a Galois shift register of 16 bits, eight steps. Keeps X, Y.
random:
        txa
        pha
        ldx     #8
@step:  lsr     seed+1
        ror     seed
        bcc     @zero
        lda     seed+1
        eor     #$B4
        sta     seed+1
@zero:  dex
        bne     @step
        pla
        tax
        lda     seed
        rts

        .segment "RODATA"

.define PART_LIST copies, arithmetic, crc, sorting, sieve, decimal, interpreter, recursion, bits, modes
PARTS           = 10

parts_low:      .lobytes PART_LIST
parts_high:     .hibytes PART_LIST

        .segment "DATA"

vector:         .res 2
                .res 254
buffer:         .res PAGES * 256
other:          .res PAGES * 256 + 256
