; Which command a line is, and the help text.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; Do what `line` says. An empty line continues the last command, if that can be continued.
dispatch:
        lda     #0
        sta     pos
        jsr     skip_spaces
        bne     @some
        jmp     (again)
@some:  jsr     nothing_again
        lda     #<commands
        sta     ptr
        lda     #>commands
        sta     ptr+1
        lda     pos
        sta     token

; A command's name counts only as a whole word: `d` is a command, `d0` an address.
@entry: ldy     #0
        lda     token
        sta     pos
@match: lda     (ptr),y
        beq     @whole
        jsr     current
        cmp     (ptr),y
        bne     @next
        iny
        inc     pos
        bne     @match          ; always
@whole: cpy     #0
        beq     @none
        jsr     current
        jsr     is_word
        bcs     @next
        iny
        lda     (ptr),y
        sta     dest
        iny
        lda     (ptr),y
        sta     dest+1
        jmp     (dest)

@next:  lda     (ptr),y         ; to the entry's end: the zero and the address
        beq     @skip
        iny
        bne     @next           ; always
@skip:  tya
        clc
        adc     #3
        adc     ptr
        sta     ptr
        bcc     @entry
        inc     ptr+1
        bne     @entry          ; always

; Not a command: an address to examine or to deposit at.
@none:  lda     token
        sta     pos
        jsr     current
        cmp     #'$'
        beq     @range
        jsr     hex_value
        bcs     @unknown
@range: jsr     parse_range
        php
        jsr     skip_spaces
        cmp     #':'
        beq     @colon
        plp
        jmp     examine
@colon: plp
        jmp     deposit
@unknown:
        expect  "a command or a hex address (? for help)"

; A = upper-case character -> C = 1 if it can be part of a word or number. Keeps A, X, Y.
is_word:
        cmp     #'0'
        bcc     @no
        cmp     #'9'+1
        bcc     @yes
        cmp     #'A'
        bcc     @no
        cmp     #'Z'+1
        bcs     @no
@yes:   sec
        rts
@no:    clc
        rts

cmd_help:
        lda     #<help_text
        ldx     #>help_text
        jmp     print_string

        .segment "RODATA"

.macro  command name, handler
        .asciiz name
        .addr   handler
.endmacro

commands:
        command "M", cmd_m
        command "D", cmd_d
        command "FILL", cmd_fill
        command "COPY", cmd_copy
        command "CMP", cmd_cmp
        command "FIND", cmd_find
        command "R", cmd_r
        command "G", cmd_g
        command "CALL", cmd_call
        command "S", cmd_s
        command "B", cmd_b
        command "LOAD", cmd_load
        command "SAVE", cmd_save
        command "XLOAD", cmd_xload
        command "XSAVE", cmd_xsave
        command ":", cmd_colon
        command "?", cmd_help
        command "HELP", cmd_help
        .byte   0

help_text:
        .byte   "Numbers are hex. RANGE: 1000, 1000.10FF or 1000+100. BYTES: A9 01 ", $22, "text", $22, CR, LF
        .byte   "  [m] RANGE           examine; Enter goes on      m 1000.10FF", CR, LF
        .byte   "  ADDRESS: BYTES      deposit                     1000: A9 01 60", CR, LF
        .byte   "  d [RANGE]           disassemble; Enter goes on  d 1000", CR, LF
        .byte   "  fill RANGE BYTES    repeat bytes over a range   fill 1000.1FFF EA", CR, LF
        .byte   "  copy RANGE ADDRESS  copy, overlaps allowed      copy 1000.10FF 1010", CR, LF
        .byte   "  cmp RANGE ADDRESS   show what differs           cmp 1000+100 2000", CR, LF
        .byte   "  find RANGE BYTES    search                      find C000.FFFF 20 06 FF", CR, LF
        .byte   "  r [NAME=VALUE ...]  registers                   r a=12 pc=1000", CR, LF
        .byte   "  g [ADDRESS]         go, or go on                g 1000", CR, LF
        .byte   "  call ADDRESS        run a subroutine            call 1000", CR, LF
        .byte   "  s [COUNT]           step; Enter steps again     s 10", CR, LF
        .byte   "  b [ADDRESS]         set or list breakpoints     b 1005", CR, LF
        .byte   "  b -[ADDRESS]        clear one, or all           b -1005", CR, LF
        .byte   "  load                Intel HEX: send the file; a line that starts with : will do", CR, LF
        .byte   "  save RANGE          print as Intel HEX          save 1000.10FF", CR, LF
        .byte   "  xload ADDRESS       receive a file by XMODEM    xload 1000", CR, LF
        .byte   "  xsave RANGE         send by XMODEM              xsave 1000.10FF", CR, LF
        .byte   "^C stops a command, NMI a program.", CR, LF
        .byte   0
