; The disassembler.
; SPDX-License-Identifier: MIT

        .include "defs.inc"
        .include "modes.inc"

LINES           = 16            ; instructions shown for a single address
.if HAS_65C02
OPCODE_JAM      = $DB           ; STP
.else
OPCODE_JAM      = $02           ; one of them; all have the same name
.endif

        .segment "CODE"

; d [RANGE]
cmd_d:
        lda     #LINES
        sta     count
        jsr     skip_spaces
        beq     disassemble_on
        jsr     parse_range
        bcc     @address
        lda     #0              ; as many as the range holds
        sta     count
@address:
        jsr     expect_end
        lda     first
        sta     ptr
        lda     first+1
        sta     ptr+1
; fall through

disassemble_lines:
        jsr     stop_if_interrupted
        lda     ptr+1
        pha
        jsr     disassemble
        pla
        tax
        lda     count
        bne     @by_count
        cpx     #$FF            ; from page $FF into page 0: memory ends here
        bne     @range
        lda     ptr+1
        beq     @done
@range: lda     last
        cmp     ptr
        lda     last+1
        sbc     ptr+1
        bcs     disassemble_lines
        bcc     @done           ; always
@by_count:
        dec     count
        bne     disassemble_lines
@done:  lda     ptr
        sta     next
        lda     ptr+1
        sta     next+1
        lda     #<disassemble_on
        sta     again
        lda     #>disassemble_on
        sta     again+1
        rts

disassemble_on:
        lda     #LINES
        sta     count
        lda     next
        sta     ptr
        lda     next+1
        sta     ptr+1
        jmp     disassemble_lines

; A = opcode -> A = 1 to 3. Uses X.
instruction_length:
        tax
        lda     opcode_mode,x
        tax
        lda     lengths,x
        rts

; A = opcode -> C = 1 if it is a JAM. Keeps A. Uses X.
is_jam:
        pha
        tax
        lda     opcode_name,x
        cmp     opcode_name+OPCODE_JAM
        beq     @yes
        clc
@yes:   pla
        rts

; Show the instruction at `ptr` and move `ptr` behind it.
disassemble:
        lda     ptr
        ldx     ptr+1
        jsr     print_word
        jsr     space
        ldy     #0
        lda     (ptr),y
        sta     row
        jsr     instruction_length
        sta     row_size
@bytes: jsr     space
        lda     (ptr),y
        sta     row,y
        jsr     print_hex
        iny
        cpy     row_size
        bcc     @bytes
@pad:   cpy     #4              ; so that the names stand in a column
        beq     @name
        ldx     #3
        jsr     spaces
        iny
        bne     @pad            ; always

@name:  ldx     row
        lda     opcode_name,x
        sta     temp
        asl     a               ; no more than 85 names, so three times the number is a byte
        adc     temp
        tay
        ldx     #3
@char:  lda     mnemonics,y
        jsr     chrout
        iny
        dex
        bne     @char
.if HAS_65C02
        lda     row             ; BBR, BBS, RMB, SMB name a bit
        and     #%00000111
        cmp     #%00000111
        bne     @mode
        lda     row
        lsr     a
        lsr     a
        lsr     a
        lsr     a
        and     #%00000111
        ora     #'0'
        jsr     chrout
@mode:
.endif
        ldx     row
        ldy     opcode_mode,x
        cpy     #IMP
        beq     @end
        jsr     space
        lda     prefixes_low,y
        ldx     prefixes_high,y
        jsr     print_string
        cpy     #ACC
        beq     @end
        cpy     #REL
        beq     @branch
        cpy     #ZPR
        beq     @bit
        cpy     #ABS
        lda     row+1
        bcc     @byte
        ldx     row+2
        jsr     print_word
        jmp     @suffix
@byte:  jsr     print_hex
@suffix:
        lda     suffixes_low,y
        ldx     suffixes_high,y
        jsr     print_string
        jmp     @end

@bit:   lda     row+1
        jsr     print_hex
        lda     #<comma
        ldx     #>comma
        jsr     print_string
        lda     row+2
        jmp     @target
@branch:
        lda     row+1
@target:
        ldx     #0              ; sign of the offset
        cmp     #0
        bpl     @plus
        dex
@plus:  clc
        adc     row_size
        bcc     @add
        inx
@add:   clc
        adc     ptr
        pha
        txa
        adc     ptr+1
        tax
        pla
        jsr     print_word

@end:   lda     row_size
        clc
        adc     ptr
        sta     ptr
        bcc     @line
        inc     ptr+1
@line:  jmp     newline

        .segment "RODATA"

; By addressing mode: IMP ACC IMM ZPG ZPX ZPY IZX IZY IZP REL ZPR ABS ABX ABY IND IAX

lengths:        .byte 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3

.define PREFIXES none, a_reg, hash, dollar, dollar, dollar, paren, paren, paren, dollar, dollar, dollar, dollar, dollar, paren, paren
.define SUFFIXES none, none, none, none, x_reg, y_reg, x_close, close_y, close, none, none, none, x_reg, y_reg, close, x_close

prefixes_low:   .lobytes PREFIXES
prefixes_high:  .hibytes PREFIXES
suffixes_low:   .lobytes SUFFIXES
suffixes_high:  .hibytes SUFFIXES

none:           .asciiz ""
a_reg:          .asciiz "A"
hash:           .asciiz "#$"
dollar:         .asciiz "$"
paren:          .asciiz "($"
x_reg:          .asciiz ",X"
y_reg:          .asciiz ",Y"
x_close:        .asciiz ",X)"
close_y:        .asciiz "),Y"
close:          .asciiz ")"
comma:          .asciiz ",$"
