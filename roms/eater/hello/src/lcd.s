; The LCD by its interface of 8 bits: data on port B, E, R/W and RS on PA7, PA6 and PA5. Nothing of it waits by counting:
; the display says by its busy flag when it is ready.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .export lcd_start, lcd_print, lcd_instruction, lcd_wait, lcd_strobed

        .segment "CODE"

; Two lines of 5 x 8 dots, cleared, with a cursor that moves to the right. Changes A.
lcd_start:
        lda     #LCD_E | LCD_RW | LCD_RS
        tsb     DDRA                    ; the other lines of port A are not the display's
        lda     #%00111000              ; function set: 8 bits, 2 lines
        jsr     lcd_instruction
        lda     #%00001110              ; display on, cursor on
        jsr     lcd_instruction
        lda     #%00000110              ; entry mode: to the right
        jsr     lcd_instruction
        lda     #%00000001              ; clear display
        ; fall through

; Gives the instruction in A. Keeps A.
lcd_instruction:
        jsr     lcd_wait
        pha
        sta     PORTB
        lda     #LCD_RS
        trb     PORTA
        bra     strobe

; Writes the character in A. Keeps A.
lcd_print:
        jsr     lcd_wait
        pha
        sta     PORTB
        lda     #LCD_RS
        tsb     PORTA
strobe:
        lda     #LCD_E
        tsb     PORTA
        trb     PORTA
lcd_strobed:
        pla
        rts

; Waits until the display is ready; port B is an output and R/W low afterwards. Keeps A.
lcd_wait:
        pha
        stz     DDRB
        lda     #LCD_RS
        trb     PORTA
        lda     #LCD_RW
        tsb     PORTA
@busy:  lda     #LCD_E
        tsb     PORTA
        bit     PORTB                     ; N is the busy flag
        php
        trb     PORTA
        plp
        bmi     @busy
        lda     #LCD_RW
        trb     PORTA
        lda     #$FF
        sta     DDRB
        pla
        rts
