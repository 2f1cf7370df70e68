; The statements.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .import then_word, to_word, step_word, enter_line, negate, is_less, text_place, store_text
        .export print_statement, if_statement, goto, gosub, return, for, next, input, remark, end, stop, run, dim, poke, sys
        .export assign

FRAME           = 9             ; what FOR and GOSUB keep: where to go on, its line, then for FOR the variable, the last
                                ; value and the step; the variable of GOSUB is GOSUB_MARK
GOSUB_MARK      = $FF

        .segment "CODE"

print_statement:
        jsr     char
        beq     @line
        cmp     #':'
        beq     @line
        cmp     #';'
        beq     @semicolon
        jsr     is_text
        bcs     @text
        jsr     evaluate
        jsr     print_value
        bra     @then
@text:  jsr     evaluate_text
        ldx     #0
@char:  cpx     text
        beq     @then
        lda     text+1,x
        jsr     chrout
        inx
        bra     @char
@then:  jsr     char
        cmp     #';'
        bne     @line
@semicolon:
        jsr     next_char
        beq     @done
        cmp     #':'
        bne     print_statement
@done:  rts
@line:  jmp     newline

; Sends `value`. Changes all.
print_value:
        lda     value+1
        bpl     @positive
        lda     #'-'
        jsr     chrout
        jsr     negate
@positive:
        lda     value
        sta     number
        lda     value+1
        sta     number+1
        stz     number+2
        stz     number+3
        ldx     #0
        jmp     print_decimal

assign: jsr     is_text
        bcc     @number
        jmp     assign_text
@number:
        jsr     find_place
        lda     place
        pha
        lda     place+1
        pha
        lda     #'='
        jsr     expect
        jsr     evaluate
        pla
        sta     place+1
        pla
        sta     place
store_value:
        lda     value
        sta     (place)
        ldy     #1
        lda     value+1
        sta     (place),y
        rts

if_statement:
        jsr     evaluate
        ldx     #<(then_word-statements)
        jsr     match
        bcs     @then
        jmp     syntax
@then:  lda     value
        ora     value+1
        beq     remark
        jsr     char
        cmp     #'0'
        bcc     @statement
        cmp     #'9'+1
        bcc     goto
@statement:
        pla
        pla
        jmp     statement

remark: lda     (ip)                    ; to the line's end
        beq     @done
        inc     ip
        bne     remark
        inc     ip+1
        bra     remark
@done:  rts

goto:   jsr     evaluate
        lda     here
        pha
        lda     here+1
        pha
        jsr     find_line
        bne     missing
        pla
        pla
        pla
        pla
go_line:
        jsr     enter_line
        jmp     statement
missing:
        pla
        sta     here+1
        pla
        sta     here
        fail    "there is no such line"

run:    jsr     clear
        lda     #<PROGRAM
        sta     here
        lda     #>PROGRAM
        sta     here+1
        jsr     is_last
        bcs     end
        pla
        pla
        bra     go_line

end:    jmp     warm

stop:   fail    "stopped"

; A new frame -> X = its offset. Changes A.
push_frame:
        ldx     control_top
        cpx     #256-FRAME
        bcc     @room
        fail    "too many FOR and GOSUB"
@room:  txa
        clc
        adc     #FRAME
        sta     control_top
        lda     ip
        sta     control,x
        lda     ip+1
        sta     control+1,x
        lda     here
        sta     control+2,x
        lda     here+1
        sta     control+3,x
        rts

; Goes on where frame X says.
resume_frame:
        lda     control,x
        sta     ip
        lda     control+1,x
        sta     ip+1
        lda     control+2,x
        sta     here
        lda     control+3,x
        sta     here+1
        rts

gosub:  ldy     ip
        phy
        ldy     ip+1
        phy
        jsr     evaluate                ; so that `ip` is behind the number
        jsr     push_frame
        lda     #GOSUB_MARK
        sta     control+4,x
        pla
        sta     ip+1
        pla
        sta     ip
        jmp     goto

return: lda     control_top
        beq     @none
        sec
        sbc     #FRAME
        sta     control_top
        tax
        lda     control+4,x
        cmp     #GOSUB_MARK
        bne     return                  ; a FOR that was left
        bra     resume_frame
@none:  fail    "RETURN without GOSUB"

for:    jsr     letter
        bcs     @named
        jmp     syntax
@named: asl     a
        pha
        tax
        lda     #'='
        jsr     expect
        phx
        jsr     evaluate
        plx
        lda     value
        sta     variables,x
        lda     value+1
        sta     variables+1,x
        ldx     #<(to_word-statements)
        jsr     match
        bcs     @to
        jmp     syntax
@to:    jsr     evaluate
        lda     value
        pha
        lda     value+1
        pha
        lda     #1
        sta     value
        stz     value+1
        ldx     #<(step_word-statements)
        jsr     match
        bcc     @step
        jsr     evaluate
@step:  jsr     push_frame
        pla
        sta     control+6,x
        pla
        sta     control+5,x
        pla
        sta     control+4,x
        lda     value
        sta     control+7,x
        lda     value+1
        sta     control+8,x
        rts

next:   jsr     letter
        bcs     @named
        lda     #$7F                    ; any
@named: asl     a
        sta     other
@frame: lda     control_top
        beq     @none
        sec
        sbc     #FRAME
        tax
        lda     control+4,x
        cmp     #GOSUB_MARK
        beq     @none
        ldy     other
        bmi     @found
        cmp     other
        beq     @found
        stx     control_top             ; an inner FOR that was left
        bra     @frame
@none:  fail    "NEXT without FOR"
@found: tay
        clc
        lda     variables,y
        adc     control+7,x
        sta     variables,y
        sta     value
        lda     variables+1,y
        adc     control+8,x
        sta     variables+1,y
        sta     value+1
        bvs     @over                   ; past the largest number, so past the last value
        lda     control+5,x
        sta     other
        lda     control+6,x
        sta     other+1
        lda     control+8,x
        bmi     @falling
        jsr     is_less                 ; the last value below the variable's?
        bmi     @over
        bra     @again
@falling:
        lda     value
        cmp     other
        lda     value+1
        sbc     other+1
        bvc     @signed
        eor     #$80
@signed:
        bmi     @over
@again: jmp     resume_frame
@over:  stx     control_top
        rts

; INPUT ["text";] variable
input:  lda     here+1
        bne     @runs
        fail    "INPUT is for programs"
@runs:  jsr     char
        cmp     #'"'
        bne     @ask
        jsr     evaluate_text
        ldx     #0
@char:  cpx     text
        beq     @said
        lda     text+1,x
        jsr     chrout
        inx
        bra     @char
@said:  lda     #';'
        jsr     expect
@ask:   say     "? "
        jsr     getline
        bcc     @typed
        fail    "stopped"
@typed: jsr     is_text
        bcs     @text
        jsr     find_place
        lda     ip
        pha
        lda     ip+1
        pha
        lda     place
        pha
        lda     place+1
        pha
        lda     #<line
        sta     ip
        lda     #>line
        sta     ip+1
        jsr     evaluate
        jsr     char
        beq     @number
        jmp     syntax
@number:
        pla
        sta     place+1
        pla
        sta     place
        pla
        sta     ip+1
        pla
        sta     ip
        jmp     store_value
@text:  jsr     text_place
        ldx     #0
@copy:  lda     line,x
        beq     @end
        cpx     #STRING_SIZE-1
        beq     @end
        sta     text+1,x
        inx
        bra     @copy
@end:   stx     text
        jmp     store_text

dim:    jsr     letter
        bcs     @named
        jmp     syntax
@named: asl     a
        pha
        lda     #'('
        jsr     expect
        jsr     evaluate
        lda     #')'
        jsr     expect
        plx
        lda     value+1
        cmp     #$18                    ; more than all memory
        bcs     @full
        lda     arrays+1,x
        beq     @new
        fail    "the array is there already"
@new:   lda     value
        sta     array_sizes,x
        lda     value+1
        sta     array_sizes+1,x
        lda     heap
        sta     arrays,x
        sta     place
        lda     heap+1
        sta     arrays+1,x
        sta     place+1
        inc     value                   ; elements 0 to this one, of two bytes
        bne     @twice
        inc     value+1
@twice: asl     value
        rol     value+1
        clc
        lda     heap
        adc     value
        tay
        lda     heap+1
        adc     value+1
        cmp     #>FREE_END
        bcs     @full_again
        sty     heap
        sta     heap+1
@zero:  lda     #0
        sta     (place)
        inc     place
        bne     @same
        inc     place+1
@same:  lda     place
        cmp     heap
        bne     @zero
        lda     place+1
        cmp     heap+1
        bne     @zero
        rts
@full_again:
        stz     arrays+1,x
@full:  fail    "the memory is full"

poke:   jsr     evaluate
        lda     value
        pha
        lda     value+1
        pha
        lda     #','
        jsr     expect
        jsr     evaluate
        pla
        sta     place+1
        pla
        sta     place
        lda     value
        sta     (place)
        rts

; Calls a machine program.
sys:    jsr     evaluate
        jmp     (value)
