; The line editor.
; SPDX-License-Identifier: MIT
;
; Enter ends the line; Backspace or DEL erase; left, right, Home, End (or ^A, ^E) move; Del erases at
; the cursor; up and down recall earlier lines; ^U erases the line; ^C gives it up.
; It needs no more of a terminal than that BS moves the cursor left.
;
; A line that begins when many characters wait already is part of a paste. It is read without prompt
; and echo, for sending them would take longer than the sender needs for the next line.

        .include "defs.inc"

PASTE           = 96            ; characters waiting that make a line quiet
HISTORY_SIZE    = HISTORY_LINES * LINE_SIZE

        .segment "CODE"

; For programs: A = prompt or 0 -> C = 0, A/X = the line, Y = its length; C = 1: given up.
user_getline:
        ldx     #0
        stx     colon_ends
        jsr     getline
        lda     #<line
        ldx     #>line
        ldy     length
        rts

; A = prompt or 0 -> `line`, zero-terminated, and `length`; C = 1: given up.
getline:
        sta     prompt_char
        jsr     rx_pending
        ldx     #0
        stx     length
        stx     cursor
        stx     line
        stx     too_long
        stx     recalled
        cmp     #PASTE
        bcc     @echo
        inx
@echo:  stx     quiet
        lda     prompt_char
        beq     edit
        jsr     echo
        lda     #' '
        jsr     echo
; fall through

edit:
        jsr     text_char
        ldx     #KEYS - 1
@find:  cmp     keys,x
        beq     key
        dex
        bpl     @find
        cmp     #' '
        bcc     ring
        cmp     #DEL
        bcs     ring
        jsr     insert
        cmp     #':'
        bne     edit
        ldx     length
        dex
        bne     edit
        lda     colon_ends
        beq     edit
        jsr     echo_newline    ; an Intel HEX record: the rest is read as fast as it comes
        clc
        rts

key:
        lda     handlers_high,x
        pha
        lda     handlers_low,x
        pha
        rts                     ; to the handler; it ends with `jmp edit` or returns from getline

ring:
        lda     #BELL
        jsr     echo
        jmp     edit

; --- keys ---------------------------------------------------------------------------------------

key_enter:
        jsr     echo_newline
        lda     too_long
        bne     @long
        jsr     remember
        clc
        rts
@long:  print   {"? longer than 78 characters, ignored", CR, LF}
        sec
        rts

key_cancel:
        print   {"^C", CR, LF}
        sec
        rts

key_tab:
        lda     #' '
        jsr     insert
        jmp     edit

key_backspace:
        lda     cursor
        beq     @done
        jsr     left
        jsr     remove
@done:  jmp     edit

key_erase:
        jsr     erase
        jmp     edit

key_home:
        lda     cursor
        beq     @done
        jsr     left
        jmp     key_home
@done:  jmp     edit

key_end:
        jsr     to_end
        jmp     edit

; ESC [ letter, ESC O letter, ESC [ number ~
key_escape:
        jsr     text_char
        cmp     #'O'
        beq     @final
        cmp     #'['
        bne     @done
        lda     #0
        sta     number          ; the last digit seen
@final: jsr     text_char
        cmp     #'@'
        bcs     @code
        sta     number
        bcc     @final          ; always
@code:  cmp     #'A'
        beq     key_up
        cmp     #'B'
        beq     key_down
        cmp     #'C'
        beq     key_right
        cmp     #'D'
        beq     key_left
        cmp     #'H'
        beq     key_home
        cmp     #'F'
        beq     key_end
        cmp     #'~'
        bne     @done
        lda     number
        cmp     #'1'
        beq     key_home
        cmp     #'4'
        beq     key_end
        cmp     #'3'
        bne     @done
        lda     cursor
        cmp     length
        beq     @done
        jsr     remove
@done:  jmp     edit

key_left:
        lda     cursor
        beq     @done
        jsr     left
@done:  jmp     edit

key_right:
        ldx     cursor
        cpx     length
        beq     @done
        lda     line,x
        jsr     echo
        inc     cursor
@done:  jmp     edit

key_up:
        ldx     recalled
        cpx     #HISTORY_LINES
        beq     @none
        jsr     history_slot
        ldy     #0
        lda     (ptr),y
        beq     @none
        inc     recalled
        jmp     recall
@none:  jmp     edit

key_down:
        ldx     recalled
        beq     @none
        dec     recalled
        dex
        beq     @empty
        dex
        jsr     history_slot
        jmp     recall
@empty: jsr     erase
@none:  jmp     edit

; Put the line at (ptr) in place of the one being edited.
recall:
        jsr     erase
        ldy     #0
@next:  lda     (ptr),y
        beq     @done
        jsr     insert
        iny
        bne     @next           ; always
@done:  jmp     edit

; --- parts --------------------------------------------------------------------------------------

; Send A unless the line is quiet. Keeps A, X, Y.
echo:
        pha
        lda     quiet
        bne     @quiet
        pla
        jmp     chrout
@quiet: pla
        rts

echo_newline:
        lda     #CR
        jsr     echo
        lda     #LF
        jmp     echo

; The cursor one to the left; it is not at the start.
left:
        dec     cursor
        lda     #BS
        jmp     echo

to_end:
        ldx     cursor
@next:  lda     line,x
        beq     @done
        jsr     echo
        inx
        bne     @next           ; always
@done:  stx     cursor
        rts

erase:
        jsr     to_end
@next:  lda     cursor
        beq     @done
        jsr     left
        jsr     remove
        jmp     @next
@done:  rts

; Insert A at the cursor. Keeps A, Y.
insert:
        ldx     length
        cpx     #LINE_MAX
        bcs     @full
        pha
@shift: lda     line,x          ; the zero moves too
        sta     line+1,x
        cpx     cursor
        beq     @room
        dex
        bpl     @shift          ; always
@room:  pla
        sta     line,x
        inc     length
        pha
        jsr     echo
        inc     cursor
        jsr     redraw
        pla
        rts
@full:  pha
        lda     #BELL
        sta     too_long
        jsr     echo
        pla
        rts

; Remove the character at the cursor.
remove:
        ldx     cursor
@shift: lda     line+1,x
        sta     line,x
        inx
        cpx     length
        bcc     @shift
        dec     length
        lda     #0              ; room again
        sta     too_long
        jsr     show_tail
        lda     #' '            ; over the last character
        jsr     echo
        lda     #BS
        jsr     echo
        jmp     back

; Show the line from the cursor on, and put the terminal's cursor back.
redraw:
        jsr     show_tail
back:   cpx     cursor
        beq     @done
        lda     #BS
        jsr     echo
        dex
        bpl     back            ; always
@done:  rts

; -> X = length.
show_tail:
        ldx     cursor
@next:  lda     line,x
        beq     @done
        jsr     echo
        inx
        bne     @next           ; always
@done:  rts

; Keep the line as the newest of the history, unless it is empty or there already.
remember:
        ldx     #0
        lda     line
        beq     @done
@same:  lda     line,x
        cmp     history,x
        bne     @new
        inx
        cmp     #0
        bne     @same
@done:  rts
@new:   ldx     #HISTORY_SIZE - LINE_SIZE
@older: lda     history-1,x
        sta     history-1+LINE_SIZE,x
        dex
        bne     @older
@copy:  lda     line,x
        sta     history,x
        inx
        cpx     #LINE_SIZE
        bne     @copy
        rts

; X = 0, the newest, or more -> ptr.
history_slot:
        lda     slots_low,x
        sta     ptr
        lda     slots_high,x
        sta     ptr+1
        rts

        .segment "RODATA"

keys:           .byte CR, BS, DEL, CTRL_C, CTRL_U, CTRL_A, CTRL_E, TAB, ESC
KEYS            = * - keys

.define HANDLERS key_enter-1, key_backspace-1, key_backspace-1, key_cancel-1, key_erase-1, key_home-1, key_end-1, key_tab-1, key_escape-1

handlers_low:   .lobytes HANDLERS
handlers_high:  .hibytes HANDLERS

.define SLOTS   history, history+LINE_SIZE, history+2*LINE_SIZE

slots_low:      .lobytes SLOTS
slots_high:     .hibytes SLOTS
        .assert HISTORY_LINES = 3, error, "SLOTS lists three lines of history"
