; A stack machine run by a table of addresses: it computes greatest common divisors.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

ROUNDS          = 8
STACK_SIZE      = 8

        .segment "ZEROPAGE"

stack:          .res STACK_SIZE + 1
pc:             .res 1

        .segment "CODE"

interpreter:
        lda     #ROUNDS
        sta     cnt
@round: jsr     divisor
        dec     cnt
        bne     @round
        rts

divisor:
        jsr     random                  ; gcd(7 n, 7 (n + 1)) = 7 for n = 0 to 15: neighbours share no divisor
        and     #$0F
        sta     tmp
        asl     a
        asl     a
        asl     a
        sec
        sbc     tmp
        sta     variables
        clc
        adc     #7
        sta     variables+1
        lda     #0
        ldx     #STACK_SIZE
        sta     pc
; fall through

step:
        ldy     pc
        inc     pc
        lda     program,y
        asl     a
        tay
        lda     operations,y
        sta     operation
        lda     operations+1,y
        sta     operation+1
        jmp     (operation)

; X is the stack pointer; the stack grows down.
op_push:                                ; a variable's value
        ldy     pc
        inc     pc
        lda     program,y
        tay
        lda     variables,y
        dex
        sta     stack,x
        jmp     step
op_pop:                                 ; into a variable
        ldy     pc
        inc     pc
        lda     program,y
        tay
        lda     stack,x
        sta     variables,y
        inx
        jmp     step
op_sub:                                 ; second - top
        lda     stack+1,x
        sec
        sbc     stack,x
        inx
        sta     stack,x
        jmp     step
op_swap:
        lda     stack,x
        ldy     stack+1,x
        sta     stack+1,x
        sty     stack,x
        jmp     step
op_less:                                ; second < top: 1 or 0
        lda     stack+1,x
        cmp     stack,x
        lda     #0
        rol     a
        eor     #1
        inx
        sta     stack,x
        jmp     step
op_if:                                  ; jump if not 0
        lda     stack,x
        inx
        cmp     #0
        bne     op_jump
        inc     pc
        bne     step
op_jump:
        ldy     pc
        lda     program,y
        sta     pc
        jmp     step
op_end:
        lda     stack,x
        cmp     #7
        check_equal
        inx
        cpx     #STACK_SIZE
        check_equal
        rts

        .segment "RODATA"

operations:     .addr op_push, op_pop, op_sub, op_swap, op_less, op_if, op_jump, op_end

        .enum
PUSH
POP
SUB
SWAP
LESS
IF
JUMP
END
        .endenum
A_              = 0
B_              = 1

; while b != 0: if a < b: swap a, b; a = a - b; if a = 0 the divisor is b
program:
loop:           .byte PUSH, A_, IF, differ - program, PUSH, B_, END
differ:         .byte PUSH, A_, PUSH, B_, LESS, IF, exchange - program
                .byte PUSH, A_, PUSH, B_, SUB, POP, A_, JUMP, loop - program
exchange:       .byte PUSH, A_, PUSH, B_, SWAP, POP, B_, POP, A_, JUMP, loop - program

        .segment "DATA"

operation:      .res 2
variables:      .res 2
