; Multiplication and division of unsigned numbers.
.include "zeropage.inc"
.export multiply, multiply16, divide16

.code

; multiply: A * X.
;   out: A the low byte, X the high byte of the product
;   changes: Y, num1, num2
.proc multiply
    sta num1
    stx num2
    lda #0
    ldy #8
    lsr num1
loop:
    bcc skip                    ; the next bit of num1, from the lowest on
    clc
    adc num2
skip:
    ror a                       ; the product moves in from the top, with the carry of the sum
    ror num1
    dey
    bne loop
    tax
    lda num1
    rts
.endproc

; multiply16: num1 * num2.
;   out: product, four bytes
;   changes: A, X, Y, num1
.proc multiply16
    lda #0
    sta product                 ; shifted out to the last bit, but no byte is read before it is written
    sta product+1
    sta product+2
    sta product+3
    ldx #16
loop:
    lsr num1+1
    ror num1
    bcc skip
    clc
    lda product+2
    adc num2
    sta product+2
    lda product+3
    adc num2+1
    sta product+3
skip:
    ror product+3
    ror product+2
    ror product+1
    ror product
    dex
    bne loop
    rts
.endproc

; divide16: num1 / num2.
;   out: num1 the quotient, remainder, carry clear; or carry set and nothing changed where num2 is 0
;   changes: A, X, Y
.proc divide16
    lda num2
    ora num2+1
    bne possible
    sec
    rts
possible:
    lda #0
    sta remainder
    sta remainder+1
    ldx #16
loop:
    asl num1
    rol num1+1
    rol remainder
    rol remainder+1
    bcs subtract                ; of 17 bits: it is larger than any divisor
    lda remainder
    cmp num2
    lda remainder+1
    sbc num2+1
    bcc next
subtract:
    lda remainder
    sec
    sbc num2
    sta remainder
    lda remainder+1
    sbc num2+1
    sta remainder+1
    inc num1
next:
    dex
    bne loop
    clc
    rts
.endproc
