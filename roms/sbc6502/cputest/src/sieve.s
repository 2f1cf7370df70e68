; The sieve of Eratosthenes: there are 309 primes below 2048.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

SIZE            = 2048
PRIMES          = 309

        .segment "CODE"

sieve:
        lda     #1
        ldx     #0
@clear:
        .repeat SIZE / 256, i
        sta     flags + i * 256,x
        .endrepeat
        inx
        bne     @clear
        lda     #0
        sta     flags
        sta     flags+1
        sta     cnt
        sta     cnt+1
        lda     #2                      ; a16 = the number, src = its flag
        sta     a16
        lda     #0
        sta     a16+1
@number:
        clc
        lda     a16
        adc     #<flags
        sta     src
        lda     a16+1
        adc     #>flags
        sta     src+1
        ldy     #0
        lda     (src),y
        beq     @next
        inc     cnt
        bne     @strike
        inc     cnt+1
@strike:
        clc                             ; every multiple
        lda     src
        adc     a16
        sta     src
        lda     src+1
        adc     a16+1
        sta     src+1
        cmp     #>(flags + SIZE)
        bcs     @next
        tya
        sta     (src),y
        beq     @strike                 ; always
@next:  inc     a16
        bne     @more
        inc     a16+1
@more:  lda     a16+1
        cmp     #>SIZE
        bcc     @number
        lda     cnt
        cmp     #<PRIMES
        bne     @wrong
        lda     cnt+1
        cmp     #>PRIMES
        bne     @wrong
        rts
@wrong: jmp     failure

        .segment "DATA"

                .align 256
flags:          .res SIZE
