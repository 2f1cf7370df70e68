; The command loop.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .segment "CODE"

cold:
        sei
        cld
        ldx     #$FF
        txs
        jsr     serial_init
        cli
        say     {CR, LF, "LOADER 1.0 for eater", CR, LF, "RAM 0800-3FFF free, ? for help", CR, LF}
        jsr     mount                   ; a failure is told, and then there is the prompt all the same
; fall through

warm:
        ldx     #$FF
        txs
        cld
        cli
        say     "> "
        jsr     getline
        bcs     warm
        jsr     skip_spaces
        beq     warm
        ldx     #0
@command:
        ldy     position
@letter:
        lda     commands,x
        beq     @matched
        cmp     #$FF
        beq     unknown
        lda     line,y
        ora     #%00100000
        cmp     commands,x
        bne     @differs
        inx
        iny
        bra     @letter
@differs:
        inx
        lda     commands,x
        bne     @differs
        inx
        inx
        inx
        bra     @command
@matched:
        lda     line,y
        cmp     #' '+1
        bcs     @differs_here
        sty     position
        jsr     skip_spaces
        jsr     @go
        bra     warm
@differs_here:
        inx
        inx
        inx
        bra     @command
@go:    jmp     (commands+1,x)

unknown:
        fail    "no such command; ? for help"

commands:
        .byte   "dir", 0
        .word   list_directory
        .byte   "cd", 0
        .word   change_directory
        .byte   "load", 0
        .word   do_load
        .byte   "run", 0
        .word   do_run
        .byte   "mount", 0
        .word   mount
        .byte   "?", 0
        .word   help
        .byte   $FF

; A/X = what went wrong.
failed:
        phx
        pha
        say     "? "
        pla
        plx
        jsr     print
        jsr     newline
        jmp     warm

stopped:
        ldx     #$FF
        txs
        cli
        fail    "the program met a BRK"

help:
        say     {"dir [PATH], cd PATH, load PATH [ADDRESS], run PATH [ADDRESS], mount", CR, LF}
        say     {"without ADDRESS the file's first two bytes tell it", CR, LF}
        rts

do_run:
        jsr     do_load
        jmp     (entry_start)

; Loads by header, or to the address behind the path.
do_load:
        ldy     position
        phy
@path:  lda     line,y
        beq     @headed
        cmp     #' '
        beq     @address
        iny
        bra     @path
@address:
        sty     position
        jsr     skip_spaces
        beq     @headed
        jsr     parse_hex
        jsr     skip_spaces
        bne     bad_address
        ply
        sty     position
        jsr     load_raw
        bra     @tell
@headed:
        ply
        sty     position
        jsr     load_headed
@tell:  lda     pointer
        pha
        lda     pointer+1
        pha
        lda     entry_start
        ldx     entry_start+1
        jsr     print_word
        lda     #'-'
        jsr     chrout
        plx
        pla
        bne     @low
        dex
@low:   dec     a
        jsr     print_word
        say     " loaded"
        jmp     newline

bad_address:
        fail    "an address has up to 4 hex digits"

; The hex number at `position` -> `pointer`.
parse_hex:
        stz     pointer
        stz     pointer+1
        ldy     position
        lda     line,y
        cmp     #'$'
        bne     @first
        iny
@first: ldx     #0
@digit: lda     line,y
        cmp     #'0'
        bcc     @end
        cmp     #'9'+1
        bcc     @value
        ora     #%00100000
        cmp     #'a'
        bcc     @end
        cmp     #'f'+1
        bcs     @end
        sbc     #'a'-10-1               ; C = 0
@value: and     #$0F
        inx
        cpx     #5
        bcs     bad_address
        phx
        ldx     #4
@shift: asl     pointer
        rol     pointer+1
        dex
        bne     @shift
        plx
        ora     pointer
        sta     pointer
        iny
        bra     @digit
@end:   txa
        beq     bad_address
        sty     position
        rts

; Goes over spaces in `line`; Z = 1: the line ends there. Changes A, Y.
skip_spaces:
        ldy     position
@next:  lda     line,y
        cmp     #' '
        bne     @done
        iny
        bra     @next
@done:  sty     position
        lda     line,y
        rts
