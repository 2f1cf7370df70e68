; Changing memory, with a look whether it may be changed and was.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "CODE"

; `dest`.`last` is going to be written. C = 1: part of it is the monitor's.
is_ours:
        ldx     #AREAS - 1
@area:  lda     last            ; overlap: last >= start and dest <= end
        cmp     start_low,x
        lda     last+1
        sbc     start_high,x
        bcc     @next
        lda     end_low,x
        cpx     #STACK_AREA
        bne     @end
        lda     reg_s           ; above it is the program's
@end:   cmp     dest
        lda     end_high,x
        sbc     dest+1
        bcs     @ours
@next:  dex
        bpl     @area
        clc
@ours:  rts

; The same, and it ends the command.
claim:
        jsr     is_ours
        bcc     @free
        print   "? "
        lda     start_low,x
        pha
        lda     start_high,x
        tax
        pla
        jsr     print_word
        print   {" and on is the monitor's, nothing changed", CR, LF}
        jmp     main
@free:  rts

; A to `dest`, which moves on; ends the command if memory does not keep it.
store:
        jsr     try_store
        bcs     @failed
        rts
@failed:
        print   "? "
        lda     dest
        ldx     dest+1
        jsr     print_word
        print   {" does not keep what is written", CR, LF}
        jmp     main

; A to `dest`; C = 0: done and `dest` moved on; C = 1: the memory there did not keep it. Keeps X.
try_store:
        ldy     #0
        sta     (dest),y
        cmp     (dest),y
        bne     @failed
        inc     dest
        bne     @done
        inc     dest+1
@done:  clc
        rts
@failed:
        sec
        rts

        .segment "RODATA"

; Zero page, stack, workspace, and the serial chip, without which nobody could talk to us any more.
.define STARTS  $00D0, $0100, WORK_START, ACIA
.define ENDS    $00FF, $01FF, WORK_END, ACIA_END
AREAS           = 4
STACK_AREA      = 1             ; its end is S, not $01FF

start_low:      .lobytes STARTS
start_high:     .hibytes STARTS
end_low:        .lobytes ENDS
end_high:       .hibytes ENDS
