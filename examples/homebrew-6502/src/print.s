; Numbers and texts for people, through CHROUT.
.include "zeropage.inc"
.export print_decimal, print_text

.code

; print_decimal: prints num1 as a decimal number, without zeros before it.
;   changes: A, X, Y, num1
.proc print_decimal
    lda #0
    sta started
    ldx #0
next:
    ldy #'0'
digit:
    lda num1                    ; how often does the power of ten fit?
    cmp powers,x
    lda num1+1
    sbc powers+1,x
    bcc print
    sta num1+1
    lda num1
    sbc powers,x                ; the carry is set by the comparison
    sta num1
    lda num1
    iny
    bne digit                   ; always: Y is a digit
print:
    cpy #'0'
    bne shown
    lda started
    bne shown
    cpx #8                      ; the last digit is shown even if it is a zero
    bne skip
shown:
    sty started
    tya
    jsr CHROUT
skip:
    inx
    inx
    cpx #10
    bne next
    rts
.endproc

; print_text: prints the text at src up to its zero byte, of 255 characters at most.
;   changes: A, Y
.proc print_text
    ldy #0
loop:
    lda (src),y
    beq done
    jsr CHROUT
    iny
    bne loop
done:
    rts
.endproc

.rodata
powers: .word 10000, 1000, 100, 10, 1

.bss
started: .res 1
