; Greets on the LCD.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .import lcd_start, lcd_print, lcd_instruction

        .segment "CODE"

reset:
        ldx     #$FF
        txs
        jsr     lcd_start
        ldx     #0
@next:  lda     message,x
        beq     done
        jsr     lcd_print
        inx
        bra     @next

done:
        stp                             ; all is said

        .segment "RODATA"

message:
        .asciiz "Hello, world!"

        .segment "VECTORS"

        .word   reset, reset, reset

        .export reset, done
