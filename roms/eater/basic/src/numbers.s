; Expressions: numbers from -32768 to 32767.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .segment "ZEROPAGE"

value:          .res 2          ; of the expression
other:          .res 2          ; its left side
product:        .res 2
sign:           .res 1
rest_sign:      .res 1
relation:       .res 1          ; 1 <, 2 =, 4 >, or their sum
seed:           .res 2

.macro  push_value
        lda     value
        pha
        lda     value+1
        pha
.endmacro

.macro  pull_other
        pla
        sta     other+1
        pla
        sta     other
.endmacro

        .segment "CODE"

; Evaluates the expression at `ip` -> `value`: AND, OR; comparisons; + -; * / %; sign. Changes A, X, Y.
evaluate:
        tsx
        cpx     #$40
        bcs     @room
        fail    "too many parentheses"
@room:  jsr     comparison
@next:  ldx     #<(and_word-statements)
        jsr     match
        bcc     @or
        push_value
        jsr     comparison
        pull_other
        lda     value
        and     other
        sta     value
        lda     value+1
        and     other+1
        sta     value+1
        bra     @next
@or:    ldx     #<(or_word-statements)
        jsr     match
        bcc     @done
        push_value
        jsr     comparison
        pull_other
        lda     value
        ora     other
        sta     value
        lda     value+1
        ora     other+1
        sta     value+1
        bra     @next
@done:  rts

; The signs of a comparison at `ip` -> A = their sum: 1 <, 2 =, 4 >; Z = 1: none.
read_relation:
        stz     relation
@next:  jsr     char
        ldx     #1
        cmp     #'<'
        beq     @add
        inx
        cmp     #'='
        beq     @add
        ldx     #4
        cmp     #'>'
        beq     @add
        lda     relation
        rts
@add:   txa
        ora     relation
        sta     relation
        jsr     next_char
        bra     @next

comparison:
        jsr     is_text
        bcs     compare_texts
        jsr     sum
        jsr     read_relation
        beq     compared
        pha
        push_value
        jsr     sum
        pull_other
        pla
        sta     relation
compare:
        ldx     #2
        lda     other
        cmp     value
        bne     @unequal
        lda     other+1
        cmp     value+1
        beq     truth
@unequal:
        dex
        jsr     is_less
        bmi     truth
        ldx     #4
truth:  txa
        ldx     #0
        and     relation
        beq     @false
        dex
@false: stx     value
        stx     value+1
compared:
        rts

compare_texts:
        jsr     evaluate_text
        jsr     read_relation
        bne     @signed
        jmp     syntax
@signed:
        pha
        ldy     text
@keep:  lda     text,y
        sta     text_2,y
        dey
        bpl     @keep
        jsr     evaluate_text
        pla
        sta     relation
        ldy     #0
@next:  lda     text_2+1,y
        cpy     text_2
        bcc     @left
        lda     #0
@left:  sta     other
        lda     text+1,y
        cpy     text
        bcc     @right
        lda     #0
@right: sta     value
        stz     other+1
        stz     value+1
        cmp     other
        bne     compare
        cmp     #0
        beq     compare
        iny
        bra     @next

; N = 1: `other` is below `value`.
is_less:
        lda     other
        cmp     value
        lda     other+1
        sbc     value+1
        bvc     @done
        eor     #$80
@done:  rts

sum:
        jsr     term
sum_next:
        jsr     char
        cmp     #'+'
        beq     @add
        cmp     #'-'
        bne     compared
        jsr     next_char
        push_value
        jsr     term
        pull_other
        sec
        lda     other
        sbc     value
        sta     value
        lda     other+1
        sbc     value+1
        bra     @done
@add:   jsr     next_char
        push_value
        jsr     term
        pull_other
        clc
        lda     other
        adc     value
        sta     value
        lda     other+1
        adc     value+1
@done:  sta     value+1
        bvc     sum_next
overflow:
        fail    "the number is too large"

term:
        jsr     factor
@next:  jsr     char
        cmp     #'*'
        beq     @operator
        cmp     #'/'
        beq     @operator
        cmp     #'%'
        bne     @done
@operator:
        pha
        jsr     next_char
        push_value
        jsr     factor
        pull_other
        lda     other+1
        eor     value+1
        sta     sign
        pla
        cmp     #'*'
        beq     @times
        cmp     #'%'
        php
        lda     other+1
        sta     rest_sign
        jsr     divide
        plp
        beq     @rest
        bra     @sign
@times: jsr     multiply
@sign:  lda     sign
        bmi     @negative
        lda     value+1
        bmi     overflow
        bra     @next
@negative:
        jsr     negate
        lda     value
        ora     value+1
        beq     @next
        lda     value+1
        bpl     overflow
        bra     @next
@rest:  lda     product
        sta     value
        lda     product+1
        sta     value+1
        lda     rest_sign
        bpl     @next
        jsr     negate
        bra     @next
@done:  rts

negate: sec
        lda     #0
        sbc     value
        sta     value
        lda     #0
        sbc     value+1
        sta     value+1
        rts

; Makes `value` and `other` positive, `product` zero.
positive:
        lda     value+1
        bpl     @other
        jsr     negate
@other: lda     other+1
        bpl     @done
        sec
        lda     #0
        sbc     other
        sta     other
        lda     #0
        sbc     other+1
        sta     other+1
@done:  stz     product
        stz     product+1
        ldx     #16
        rts

; `value` = `other` times `value`, without sign.
multiply:
        jsr     positive
@bit:   asl     product
        rol     product+1
        bcs     @over
        asl     value
        rol     value+1
        bcc     @zero
        clc
        lda     product
        adc     other
        sta     product
        lda     product+1
        adc     other+1
        sta     product+1
        bcs     @over
@zero:  dex
        bne     @bit
        lda     product
        sta     value
        lda     product+1
        sta     value+1
        rts
@over:  jmp     overflow

; `value` = `other` divided by `value`, without sign; the rest in `product`.
divide:
        lda     value
        ora     value+1
        bne     @divides
        fail    "division by zero"
@divides:
        jsr     positive
@bit:   asl     other
        rol     other+1
        rol     product
        rol     product+1
        sec
        lda     product
        sbc     value
        tay
        lda     product+1
        sbc     value+1
        bcc     @less
        sta     product+1
        sty     product
        inc     other
@less:  dex
        bne     @bit
        lda     other
        sta     value
        lda     other+1
        sta     value+1
        rts

factor:
        jsr     char
        cmp     #'-'
        beq     @minus
        cmp     #'('
        beq     parenthesis
        cmp     #'0'
        bcc     @function
        cmp     #'9'+1
        bcc     decimal
@function:
        ldx     #<(functions-statements)
@match: lda     statements,x
        beq     @variable
        jsr     match
        bcc     @match
        jmp     (statements,x)
@variable:
        jsr     find_place
        ldy     #1
        lda     (place),y
        sta     value+1
        lda     (place)
        sta     value
        rts
@minus: jsr     next_char
        jsr     factor
        jmp     negate

parenthesis:
        lda     #'('
        jsr     expect
        jsr     evaluate
        lda     #')'
        jmp     expect

decimal:
        stz     value
        stz     value+1
@next:  jsr     char
        cmp     #'0'
        bcc     @done
        cmp     #'9'+1
        bcs     @done
        and     #$0F
        pha
        stz     other+1
        lda     #10
        sta     other
        jsr     multiply
        pla
        clc
        adc     value
        sta     value
        bcc     @same
        inc     value+1
@same:  lda     value+1
        bmi     @over
        jsr     next_char
        bra     @next
@over:  jmp     overflow
@done:  rts

peek:   jsr     parenthesis
        lda     (value)
byte_value:
        sta     value
        stz     value+1
        rts

absolute:
        jsr     parenthesis
        lda     value+1
        bpl     @done
        jmp     negate
@done:  rts

length: jsr     text_argument
        lda     text
        bra     byte_value

code:   jsr     text_argument
        lda     text
        beq     byte_value
        lda     text+1
        bra     byte_value

text_argument:
        lda     #'('
        jsr     expect
        jsr     evaluate_text
        lda     #')'
        jmp     expect

; RND(n): 0 to n - 1, by a shift register with feedback.
random:
        jsr     parenthesis
        ldx     #16
@shift: lsr     seed+1
        ror     seed
        bcc     @next
        lda     seed+1
        eor     #$B4
        sta     seed+1
@next:  dex
        bne     @shift
        lda     seed
        sta     other
        lda     seed+1
        and     #$7F
        sta     other+1
        jsr     divide
        lda     product
        sta     value
        lda     product+1
        sta     value+1
        rts

        .export peek, absolute, length, code, random, negate, is_less
        .exportzp seed
