; Registers, starting a program, and the ways back from it.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; g [ADDRESS]
cmd_g:
        jsr     skip_spaces
        beq     go_on
        jsr     parse_number
        jsr     expect_end
        jsr     number_to_pc
; fall through

; A breakpoint at the start would stop us at once: step over it first.
go_on:
        lda     reg_pc
        sta     number
        lda     reg_pc+1
        sta     number+1
        jsr     find_break
        bcc     run
        lda     #1
        sta     step_then_run
        jmp     step_over

; Run from `reg_pc`, with breakpoints.
run:
        jsr     insert_breaks
        lda     reg_pc
        ldx     reg_pc+1
; fall through

; Give the program its registers and jump to A/X.
launch:
        sta     launch_pc
        stx     launch_pc+1
        sei                     ; until RTI, no interrupt may see the program's stack half built
        ldx     reg_s
        txs
        lda     launch_pc+1
        pha
        lda     launch_pc
        pha
        lda     reg_p
        ora     #FLAG_UNUSED
        and     #<~FLAG_B
        pha
        lda     #1
        sta     running
        lda     reg_a
        ldx     reg_x
        ldy     reg_y
        rti

; call ADDRESS
cmd_call:
        jsr     parse_number
        jsr     expect_end
        lda     reg_pc
        sta     call_pc
        lda     reg_pc+1
        sta     call_pc+1
        jsr     number_to_pc
        ldx     reg_s
        txs
        lda     #>(call_return - 1)
        pha
        lda     #<(call_return - 1)
        pha
        tsx
        stx     reg_s
        jmp     go_on

number_to_pc:
        lda     number
        sta     reg_pc
        lda     number+1
        sta     reg_pc+1
        rts

; --- the ways back ------------------------------------------------------------------------------

; RTS of a called subroutine.
call_return:
        jsr     save_registers
        lda     call_pc
        sta     reg_pc
        lda     call_pc+1
        sta     reg_pc+1
        jsr     fresh_line
        print   {"returned", CR, LF}
        jmp     show_stop

; A and P as the program left them are still there; the return address is the only thing on the
; stack that is not the program's.
save_registers:
        php
        cld
        sta     reg_a
        stx     reg_x
        sty     reg_y
        pla
        and     #<~FLAG_B       ; PHP and BRK set it on the stack, P itself has none
        sta     reg_p
        tsx
        inx                     ; over our return address
        inx
        stx     reg_s
        lda     #0
        sta     running
        rts

; BRK, from the interrupt entry: X, A, P, PC are on the stack.
brk_entry:
        cld
        jsr     unstack
        sec                     ; BRK pushes its address + 2
        lda     reg_pc
        sbc     #2
        sta     number
        lda     reg_pc+1
        sbc     #0
        sta     number+1
        jsr     find_break
        bcc     @own
        jsr     number_to_pc    ; ours: the instruction there is still to be done
        jsr     fresh_line
        print   {"breakpoint", CR, LF}
        jmp     show_stop
@own:   jsr     fresh_line
        print   {"BRK", CR, LF}
        jmp     show_stop

; The break button. In the monitor it gives up the command, in a program it stops it.
nmi_entry:
        pha
        txa
        pha
        lda     running
        beq     @monitor
        tsx
        lda     $0103,x
        and     #FLAG_B         ; the NMOS 6502 loses a BRK that an NMI falls into
        bne     brk_entry
        cld
        jsr     unstack
        jsr     fresh_line
        print   {"NMI", CR, LF}
        jmp     show_stop
@monitor:
        cld
        jsr     fresh_line
        print   {"NMI", CR, LF}
        jmp     main

; Take registers from the stack: return address, X, A, P, PC.
unstack:
        sty     reg_y
        pla
        sta     temp
        pla
        sta     temp+1
        pla
        sta     reg_x
        pla
        sta     reg_a
        pla
        and     #<~FLAG_B
        sta     reg_p
        pla
        sta     reg_pc
        pla
        sta     reg_pc+1
        tsx
        stx     reg_s
        lda     #0
        sta     running
        lda     temp+1
        pha
        lda     temp
        pha
        rts

; The reason was printed: registers, and back to the command loop.
show_stop:
        jsr     remove_breaks
        lda     #0
        sta     interrupted     ; a ^C the program has not read is not for us
        sta     step_then_run
        jsr     show_registers
        jmp     main

; --- registers ----------------------------------------------------------------------------------

; r [NAME=VALUE ...]
cmd_r:
        jsr     skip_spaces
        bne     @next
        jmp     show_registers
@next:  jsr     skip_spaces
        beq     @done
        jsr     find_register
        bcc     @unknown
        stx     temp
        jsr     current
        cmp     #'='
        bne     @equals
        inc     pos
        ldx     temp
        beq     @pc
        jsr     parse_byte
        ldx     temp
        sta     reg_a-1,x
        jmp     @next
@pc:    jsr     parse_number
        jsr     number_to_pc
        jmp     @next
@done:  rts
@unknown:
        expect  "A, X, Y, S, P or PC"
@equals:
        expect  "= and a value"

; The register named at `pos` -> C = 1 and X = 0 for PC, else 1 to 5; `pos` is after the name.
find_register:
        cmp     #'P'
        bne     @single
        ldx     pos
        inc     pos
        jsr     current
        cmp     #'C'
        bne     @p
        inc     pos
        ldx     #0
        sec
        rts
@p:     ldx     #NAMES - 1
        sec
        rts
@single:
        ldx     #NAMES - 1
@find:  cmp     names,x
        beq     @found
        dex
        bne     @find
        clc
        rts
@found: inc     pos
        sec
        rts

show_registers:
        print   "PC "
        lda     reg_pc
        ldx     reg_pc+1
        jsr     print_word
        ldy     #1
@next:  print   "  "
        lda     names,y
        jsr     chrout
        jsr     space
        lda     reg_a-1,y
        jsr     print_hex
        iny
        cpy     #NAMES
        bne     @next
        print   "  "
        lda     reg_p
        ldy     #0
@flag:  asl     a
        pha
        lda     flags,y
        bcs     @set
        lda     #'-'
@set:   jsr     chrout
        pla
        iny
        cpy     #8
        bne     @flag
        jsr     newline
        lda     reg_pc
        sta     ptr
        lda     reg_pc+1
        sta     ptr+1
        jmp     disassemble

        .segment "RODATA"

names:          .byte " AXYSP"  ; in the order of reg_a and on; the first place is PC's
NAMES           = * - names
flags:          .byte "NV1BDIZC"
