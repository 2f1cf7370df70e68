; The stack: Fibonacci numbers with their arguments on it, BRK and RTI, flags pushed and pulled.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

        .segment "CODE"

recursion:
        lda     #12
        jsr     fibonacci
        cmp     #144
        check_equal
        jsr     software_interrupts
        jmp     flags

; A = fib(A), for A up to 13.
fibonacci:
        cmp     #2
        bcc     @done                   ; fib(0) = 0, fib(1) = 1
        pha                             ; n
        sec
        sbc     #1
        jsr     fibonacci
        pha                             ; fib(n - 1)
        tsx
        lda     $0102,x
        sec
        sbc     #2
        jsr     fibonacci
        tsx
        clc
        adc     $0101,x
        inx                             ; drop both
        inx
        txs
@done:  rts

; BRK returns behind its second byte, with the flags of before.
software_interrupts:
        ldy     #100
        lda     #0
        sta     tmp
@again: sec
        brk
        .byte   3
        bcc     @wrong
        clv
        clc
        brk
        .byte   4
        bcs     @wrong
        dey
        bne     @again
        lda     tmp
        cmp     #<(100 * 7)
        check_equal
        rts
@wrong: jmp     failure

; Adds the byte after BRK to tmp. Keeps A, X, Y.
brk_handler:
        pha
        txa
        pha
        tya
        pha
        tsx
        lda     $0104,x                 ; pushed P: B is set
        and     #$10
        beq     @wrong
        lda     $0105,x                 ; the return address less one points to the byte
        sec
        sbc     #1
        sta     src
        lda     $0106,x
        sbc     #0
        sta     src+1
        ldy     #0
        clc
        lda     (src),y
        adc     tmp
        sta     tmp
        pla
        tay
        pla
        tax
        pla
        rti
@wrong: jmp     failure

; Each flag through the stack and seen by its branches.
flags:
        ldx     #0
@value: txa
        and     #%11000011              ; N V Z C; I and D stay 0
        ora     #%00110000              ; as PHP pushes them
        sta     tmp
        pha
        plp
        php
        bvs     @v1
        lda     #0
        bvc     @v
@v1:    lda     #%01000000
@v:     sta     tmp+1
        pla
        pha
        cmp     tmp
        bne     @wrong
        and     #%01000000
        cmp     tmp+1
        bne     @wrong
        plp
        bmi     @n1
        bpl     @n
@n1:    bit     tmp                     ; tmp bit 7 is set, too
        bpl     @wrong
@n:     inx
        bne     @value
        cli
        sei
        rts
@wrong: jmp     failure
