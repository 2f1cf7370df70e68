; Reset, the banner, and the command loop.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; The reset button keeps breakpoints, history and the program's registers, if they are there.
reset:
        cld
        sei
        ldx     #3
@check: lda     signature,x
        cmp     mark,x
        bne     cold
        dex
        bpl     @check
        ldx     #$FF            ; a program may have lost its stack
        txs
        stx     reg_s
        jsr     remove_breaks
        jmp     banner

cold:
        cld
        sei
        ldx     #$FF
        txs
        inx                     ; 0
        txa
@clear: sta     history,x
        inx
        cpx     #HISTORY_LINES * LINE_SIZE
        bne     @clear
        ldx     #<(reg_p - reg_pc)
@regs:  sta     reg_pc,x
        dex
        bpl     @regs
        sta     break_count
        sta     breaks_in
        lda     #>$0200
        sta     reg_pc+1
        sta     next+1
        lda     #<$0200
        sta     next
        dec     reg_s           ; $FF
        lda     #FLAG_UNUSED
        sta     reg_p
        ldx     #3
@mark:  lda     mark,x
        sta     signature,x
        dex
        bpl     @mark
; fall through

banner:
        jsr     serial_init
        jsr     newline
        print   {"MON65 1.1 for ", BOARD, CR, LF}
        print   "RAM 0200-"
        lda     #<(WORK_START - 1)
        ldx     #>(WORK_START - 1)
        jsr     print_word
        print   " free, ROM "
        lda     #<ROM_TEXT_START
        ldx     #>ROM_TEXT_START
        jsr     print_word
        print   {"-FFFF, ? for help", CR, LF}
; fall through

; A program's way back.
warm:
        cld
        jsr     remove_breaks
        lda     #COMMAND_GO     ; in case the program has changed it
        sta     ACIA_COMMAND
        lda     #0
        sta     step_then_run
        sta     rx_stopped
        sta     quiet
        jsr     nothing_again
; fall through

; The command loop. The monitor's own stack lies below the program's, so that what the program has
; pushed stays. Commands may end by RTS or from any depth by JMP main.
main:
        cld
        lda     #0
        sta     running
        ldx     reg_s
        cpx     #STACK_LOW
        bcs     @stack
        ldx     #$FF
        stx     reg_s
        txs
        print   {"? S was too low for the monitor and is now FF", CR, LF}
@stack: txs
        cli
        lda     rx_lost
        beq     @read
        lda     #0
        sta     rx_lost
        print   {"? input was lost: it came faster than it could be taken", CR, LF}
@read:  lda     #$FF
        sta     colon_ends
        lda     #'>'
        jsr     getline
        bcs     @given_up
        jsr     dispatch
@given_up:
        jmp     main

nothing_again:
        lda     #<@rts
        sta     again
        lda     #>@rts
        sta     again+1
@rts:   rts

        .segment "RODATA"

mark:           .byte "MN65"
