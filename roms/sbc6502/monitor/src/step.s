; One instruction at a time, in ROM too.
; SPDX-License-Identifier: MIT
;
; The instruction is copied to RAM and run there, followed by a jump back:
;
;       step_code   opcode, operand or NOP, operand or NOP
;                   JMP step_done
;                   JMP step_taken          a branch's offset is made to lead here
;
; Instructions that use the program counter (JMP, JSR, RTS, RTI, BRK) would go wrong in a copy, so
; what they do is done here.

        .include "defs.inc"

NOP_OPCODE      = $EA
JMP_OPCODE      = $4C
BRA_OPCODE      = $80

        .segment "CODE"

; s [COUNT]
cmd_s:
        jsr     skip_spaces
        beq     step_once
        jsr     parse_byte
        jsr     expect_end
        lda     number
        bne     walk
        expect  "the end of the line or a count from 1"
step_once:
        lda     #1
walk:   sta     step_count
        lda     #<step_once
        sta     again
        lda     #>step_once
        sta     again+1
        lda     #0
        sta     step_then_run
; fall through

; Do the instruction at reg_pc. Continues at `stepped`, not at the caller.
step_over:
        ldx     reg_s           ; this stack is going to be the program's
        txs
        lda     reg_pc
        sta     ptr
        lda     reg_pc+1
        sta     ptr+1
        ldy     #2
@copy:  lda     (ptr),y
        sta     step_code,y
        dey
        bpl     @copy
        lda     step_code
        ldx     #SPECIALS - 1
@find:  cmp     specials,x
        beq     @special
        dex
        bpl     @find
        jsr     is_jam
        bcs     @jam
        jsr     instruction_length
        sta     count
        tax
        lda     #NOP_OPCODE
@pad:   cpx     #3
        bcs     @exits
        sta     step_code,x
        inx
        bne     @pad            ; always
@exits: ldx     #5
@jumps: lda     exits,x
        sta     step_code+3,x
        dex
        bpl     @jumps
        lda     step_code
.if HAS_65C02
        cmp     #BRA_OPCODE
        beq     @branch
        and     #%00001111
        cmp     #%00001111      ; BBR, BBS: the offset comes behind an address
        bne     @bit
        ldx     step_code+2
        lda     #step_taken_jump - exits
        sta     step_code+2
        bne     @offset         ; always
@bit:   lda     step_code
.endif
        and     #%00011111
        cmp     #%00010000      ; a branch
        bne     @launch
@branch:
        ldx     step_code+1
        lda     #step_taken_jump - exits + 3 - 2
        sta     step_code+1
@offset:
        stx     temp
@launch:
        lda     #<step_code
        ldx     #>step_code
        jmp     launch
@special:
        lda     handlers_high,x
        pha
        lda     handlers_low,x
        pha
        rts
.if HAS_65C02
@jam:   fail    "STP: it would stop the CPU"
.else
@jam:   fail    "JAM: it would lock the CPU up"
.endif

; --- ways back from the copy --------------------------------------------------------------------

step_taken:
        jsr     save_registers
        ldx     #0              ; sign of the offset
        lda     temp
        bpl     @plus
        dex
@plus:  clc
        adc     count           ; it counts from the next instruction
        bcc     @add
        inx
@add:   clc
        adc     reg_pc
        sta     reg_pc
        txa
        adc     reg_pc+1
        sta     reg_pc+1
        jmp     stepped

step_done:
        jsr     save_registers
        lda     count
; fall through

; PC + A.
advance_pc:
        clc
        adc     reg_pc
        sta     reg_pc
        bcc     stepped
        inc     reg_pc+1
; fall through

stepped:
        lda     step_then_run
        beq     @show
        lda     #0
        sta     step_then_run
        jmp     run
@show:  dec     step_count
        beq     @last
        jsr     stop_if_interrupted
        lda     reg_pc          ; a breakpoint ends a walk
        sta     number
        lda     reg_pc+1
        sta     number+1
        jsr     find_break
        bcs     @at
        jmp     step_over
@at:    print   {"breakpoint", CR, LF}
@last:  jmp     show_stop

; --- instructions that use PC -------------------------------------------------------------------

do_jsr:
        clc
        lda     reg_pc
        adc     #2
        tax
        lda     reg_pc+1
        adc     #0
        pha
        txa
        pha
        tsx
        stx     reg_s
do_jmp:
        lda     step_code+1
        ldx     step_code+2
        jmp     set_pc

.if HAS_65C02
do_jmp_indexed:
        clc
        lda     step_code+1
        adc     reg_x
        sta     step_code+1
        bcc     do_jmp_indirect
        inc     step_code+2
.endif
do_jmp_indirect:
        lda     step_code+1
        sta     ptr
        lda     step_code+2
        sta     ptr+1
        ldy     #0
        lda     (ptr),y
        pha
        inc     ptr
.if HAS_65C02
        bne     @high
        inc     ptr+1           ; the NMOS 6502 stays in the page
@high:
.endif
        lda     (ptr),y
        tax
        pla
        jmp     set_pc

do_rti:
        pla
        and     #<~FLAG_B
        sta     reg_p
        pla
        sta     reg_pc
        pla
        sta     reg_pc+1
        tsx
        stx     reg_s
        jmp     stepped

do_rts:
        pla
        sta     reg_pc
        pla
        sta     reg_pc+1
        tsx
        stx     reg_s
        lda     #1
        jmp     advance_pc

; What a program's own BRK does here: it comes into the monitor, with PC two on.
do_brk:
        lda     #2
        jmp     advance_pc

set_pc:
        sta     reg_pc
        stx     reg_pc+1
        jmp     stepped

        .segment "RODATA"

specials:       .byte $00, $20, $40, $4C, $60, $6C
.if HAS_65C02
                .byte $7C
.define SPECIAL_HANDLERS do_brk-1, do_jsr-1, do_rti-1, do_jmp-1, do_rts-1, do_jmp_indirect-1, do_jmp_indexed-1
.else
.define SPECIAL_HANDLERS do_brk-1, do_jsr-1, do_rti-1, do_jmp-1, do_rts-1, do_jmp_indirect-1
.endif
SPECIALS        = * - specials

handlers_low:   .lobytes SPECIAL_HANDLERS
handlers_high:  .hibytes SPECIAL_HANDLERS

exits:          .byte JMP_OPCODE
                .addr step_done
step_taken_jump:
                .byte JMP_OPCODE
                .addr step_taken
