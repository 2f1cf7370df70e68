; What is measured: routines that leave 32 bits in `result`.
; SPDX-License-Identifier: MIT

        .include "board.inc"

PRIMES_BELOW    = 8192
FIBONACCI       = 16
COPIED          = 32            ; pages
SUMMED          = 999
DIVISORS        = 400
DIVIDEND        = 10000000
CHECKED         = 8             ; pages

        .segment "ZEROPAGE"

from:           .res 2
to:             .res 2
step:           .res 2
left:           .res 2
quotient:       .res 4
rest:           .res 2

        .segment "RODATA"

.macro  workload name, routine, expected
        .word   routine
        .dword  expected
        .asciiz name
.endmacro

workload_table:
        workload "sieve     ", sieve,     1028          ; primes below 8,192
        workload "sort      ", sort,      256           ; bytes in their place
        workload "crc       ", crc,       $9F5EDD58     ; CRC-32 of 0 to 255, eight times
        workload "divide    ", divide,    65699117     ; ten million by 1, 2, ... 400
        workload "decimal   ", decimal,   $499500       ; 1 + ... + 999
        workload "copy      ", copy,      COPIED * 256  ; bytes that are equal
        workload "calls     ", calls,     987           ; the 16th of Fibonacci's numbers
        .word   0

        .segment "WORKLOAD"

; Eratosthenes' sieve, a byte for each number.
sieve:
        lda     #<FREE
        sta     to
        lda     #>FREE
        sta     to+1
        ldy     #0
        ldx     #>PRIMES_BELOW
        lda     #1
@fill:  sta     (to),y
        iny
        bne     @fill
        inc     to+1
        dex
        bne     @fill
        stz     step+1
        lda     #2
        sta     step
@next:  ldx     step
        lda     FREE,x
        beq     @crossed
        stx     to                      ; to = FREE + step * 2
        lda     #0
        asl     to
        rol     a
        clc
        adc     #>FREE
        sta     to+1
@cross: lda     #0
        sta     (to)
        lda     to
        clc
        adc     step
        sta     to
        bcc     @cross
        inc     to+1
        lda     to+1
        cmp     #>(FREE + PRIMES_BELOW)
        bcc     @cross
@crossed:
        inc     step
        lda     step
        cmp     #91                     ; 91 * 91 > 8192
        bcc     @next
        set32   result, 0
        stz     FREE
        stz     FREE+1
        lda     #>FREE
        sta     from+1
        stz     from
        ldy     #0
        ldx     #>PRIMES_BELOW
@count: lda     (from),y
        clc
        adc     result
        sta     result
        bcc     @same
        inc     result+1
@same:  iny
        bne     @count
        inc     from+1
        dex
        bne     @count
        rts

; Sorts 256 bytes in disorder by insertion.
sort:
        ldx     #0
        lda     #0
@fill:  sta     FREE,x
        sta     step
        asl     a
        asl     a
        clc
        adc     step                    ; 5 * A + 1 goes through all bytes
        inc     a
        inx
        bne     @fill
        ldx     #1
@take:  lda     FREE,x
        sta     step
        txa
        tay
@down:  lda     FREE-1,y
        cmp     step
        bcc     @here
        sta     FREE,y
        dey
        bne     @down
@here:  lda     step
        sta     FREE,y
        inx
        bne     @take
        set32   result, 0
@check: txa
        cmp     FREE,x
        bne     @wrong
        inc     result
        bne     @wrong
        inc     result+1
@wrong: inx
        bne     @check
        rts

; CRC-32 (polynomial $EDB88320), bit by bit.
crc:
        set32   result, $FFFFFFFF
        lda     #CHECKED
        sta     left
        ldx     #0
@byte:  txa
        eor     result
        sta     result
        ldy     #8
@bit:   lsr     result+3
        ror     result+2
        ror     result+1
        ror     result
        bcc     @even
        lda     result+3
        eor     #$ED
        sta     result+3
        lda     result+2
        eor     #$B8
        sta     result+2
        lda     result+1
        eor     #$83
        sta     result+1
        lda     result
        eor     #$20
        sta     result
@even:  dey
        bne     @bit
        inx
        bne     @byte
        dec     left
        bne     @byte
        ldx     #3
@invert:
        lda     result,x
        eor     #$FF
        sta     result,x
        dex
        bpl     @invert
        rts

; Adds what ten million is, divided by 1, 2, ... 400, without its fractions.
divide:
        set32   result, 0
        lda     #1
        sta     step
        stz     step+1
@next:  set32   quotient, DIVIDEND
        stz     rest
        stz     rest+1
        ldx     #32
@bit:   asl     quotient
        rol     quotient+1
        rol     quotient+2
        rol     quotient+3
        rol     rest
        rol     rest+1
        sec
        lda     rest
        sbc     step
        tay
        lda     rest+1
        sbc     step+1
        bcc     @less
        sta     rest+1
        sty     rest
        inc     quotient
@less:  dex
        bne     @bit
        clc
        ldy     #4
@sum:   lda     quotient,x
        adc     result,x
        sta     result,x
        inx
        dey
        bne     @sum
        inc     step
        bne     @same
        inc     step+1
@same:  lda     step
        cmp     #<(DIVISORS + 1)
        bne     @next
        lda     step+1
        cmp     #>(DIVISORS + 1)
        bne     @next
        rts

; 1 + 2 + ... + 999 in decimal mode.
decimal:
        set32   result, 0
        stz     step
        stz     step+1
        lda     #<SUMMED
        sta     left
        lda     #>SUMMED
        sta     left+1
        sed
@next:  clc
        lda     step
        adc     #1
        sta     step
        lda     step+1
        adc     #0
        sta     step+1
        clc
        lda     result
        adc     step
        sta     result
        lda     result+1
        adc     step+1
        sta     result+1
        lda     result+2
        adc     #0
        sta     result+2
        dec     left
        bne     @next
        dec     left+1
        bpl     @next
        cld
        rts

; Copies 8 KiB of ROM to RAM, and compares them.
copy:
        jsr     @begin
@page:  lda     (from),y
        sta     (to),y
        iny
        bne     @page
        inc     from+1
        inc     to+1
        dex
        bne     @page
        set32   result, 0
        jsr     @begin
@compare:
        lda     (from),y
        cmp     (to),y
        bne     @other
        inc     result
        bne     @other
        inc     result+1
@other: iny
        bne     @compare
        inc     from+1
        inc     to+1
        dex
        bne     @compare
        rts

@begin: lda     #$80
        sta     from+1
        lda     #>FREE
        sta     to+1
        stz     from
        stz     to
        ldx     #COPIED
        ldy     #0
        rts

; Fibonacci's numbers, by subroutines that call themselves.
calls:
        set32   result, 0
        lda     #FIBONACCI
; fall through

; result = result + the A-th number. Changes A.
fibonacci:
        cmp     #2
        bcc     @add
        dec     a
        pha
        jsr     fibonacci
        pla
        dec     a
        bra     fibonacci
@add:   adc     result                  ; C = 0
        sta     result
        bcc     @done
        inc     result+1
@done:  rts

        .export sieve, sort, crc, divide, decimal, copy, calls
