; Sending on the serial line, paced by timer 2 where the ACIA does not tell when it can take a byte.
; SPDX-License-Identifier: MIT

        .include "board.inc"

CONTROL_19200   = %00011111     ; 8 data bits, 1 stop bit, the receiver at the same rate
COMMAND_GO      = %00001011     ; RTS low, no interrupts, DTR low

CHARACTER       = 584           ; cycles from one byte to the next, for the W65C51N's TDRE is always 1: 10 bits of 19,200
                                ; baud at 1 MHz, and an eighth more

        .segment "CODE"

serial_init:
        lda     #%01111111
        sta     VIA_IER
        sta     ACIA_STATUS             ; any value resets the chip
        lda     #CONTROL_19200
        sta     ACIA_CONTROL
        lda     #COMMAND_GO
        sta     ACIA_COMMAND
        stz     VIA_ACR
; fall through

; Timer 2 tells when the byte has gone. Changes A.
begin_pause:
        lda     #<CHARACTER
        sta     VIA_T2CL
        lda     #>CHARACTER
        sta     VIA_T2CH                ; starts it
        rts

; Sends A. Keeps A, X, Y.
chrout:
        pha
        jsr     finish_sending
        pla
        sta     ACIA_DATA
        pha
        jsr     begin_pause
        pla
        rts

; Waits until the last byte has gone. Changes A.
finish_sending:
        lda     VIA_IFR
        and     #IFR_T2
        beq     finish_sending
@take:  lda     ACIA_STATUS
        and     #STATUS_TDRE
        beq     @take
        rts

; Sends X dots as fast as the ACIA takes them. Returns when it has taken the last one. Changes A, X.
send_back_to_back:
        lda     #'.'
        sta     ACIA_DATA
@take:  lda     ACIA_STATUS
        and     #STATUS_TDRE
        beq     @take
        dex
        bne     send_back_to_back
        rts
