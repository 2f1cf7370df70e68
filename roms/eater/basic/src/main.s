; The prompt, and the run of statements.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .importzp seed

        .segment "ZEROPAGE"

ip:             .res 2          ; the next character of the program
here:           .res 2          ; the line that runs; high byte 0: it was typed without number

        .segment "CODE"

cold:
        sei
        cld
        ldx     #$FF
        txs
        jsr     serial_init
        cli
        lda     #1
        sta     seed
        jsr     new_program
        say     {CR, LF, "BASIC 1.0 for eater", CR, LF, "11776 bytes free", CR, LF}
; fall through

warm:
        ldx     #$FF
        txs
        cld
        cli
        stz     here+1
        stz     interrupted
        say     {"Ready", CR, LF}
typed:
        jsr     getline
        bcs     typed
        jsr     capitals
        lda     #<line
        sta     ip
        lda     #>line
        sta     ip+1
        jsr     char
        beq     typed
        cmp     #'0'
        bcc     statement
        cmp     #'9'+1
        bcs     statement
        jsr     store_line
        bra     typed

; Does statements from `ip` on, to the program's end.
statement:
        lda     interrupted
        bne     @break
        jsr     char
        beq     @line
        cmp     #':'
        beq     @colon
        jsr     dispatch
        jsr     char
        beq     @line
        cmp     #':'
        bne     @wrong
@colon: jsr     next_char
        bra     statement
@wrong: jmp     syntax
@line:  lda     here+1
        beq     warm
        jsr     next_line
        jsr     is_last
        bcs     warm
        jsr     enter_line
        bra     statement
@break: jsr     discard_input
        fail    "stopped"

; `ip` = the text of line `here`.
enter_line:
        clc
        lda     here
        adc     #LINE_TEXT
        sta     ip
        lda     here+1
        adc     #0
        sta     ip+1
        rts

dispatch:
        ldx     #0
@next:  lda     statements,x
        beq     @assignment
        jsr     match
        bcc     @next
        jmp     (statements,x)
@assignment:
        jmp     assign

; A/X = what is wrong.
failed:
        phx
        pha
        say     "? "
        pla
        plx
        jsr     print
        lda     here+1
        beq     @typed
        say     " in line "
        ldy     #1
        lda     (here),y
        sta     number+1
        lda     (here)
        sta     number
        stz     number+2
        stz     number+3
        ldx     #0
        jsr     print_decimal
@typed: jsr     newline
        jmp     warm

stopped:
        fail    "the machine program met a BRK"

; Makes the letters of `line` capital outside quotes.
capitals:
        ldy     #0
@next:  lda     line,y
        beq     @done
        cmp     #'"'
        beq     @quoted
        cmp     #'a'
        bcc     @keep
        cmp     #'z'+1
        bcs     @keep
        and     #%11011111
        sta     line,y
@keep:  iny
        bra     @next
@quoted:
        iny
        lda     line,y
        beq     @done
        cmp     #'"'
        bne     @quoted
        bra     @keep
@done:  rts

        .import assign
        .export enter_line, capitals
