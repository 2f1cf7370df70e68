; The serial line: received bytes go into a ring by interrupt; sent bytes are paced by timer 2.
; SPDX-License-Identifier: MIT
;
; The 6551 turns its transmitter off while RTS is high. So RTS goes high only when nothing is being sent, which timer 2
; tells, and whoever sends sets it low first.

        .include "board.inc"

CONTROL_19200   = %00011111     ; 8 data bits, 1 stop bit, the receiver at the same rate
COMMAND_GO      = %00001001     ; RTS low, interrupts by the receiver only, DTR low
COMMAND_STOP    = %00000001     ; the same with RTS high
STATUS_RDRF     = %00001000
STATUS_TDRE     = %00010000
FLAG_B          = %00010000

CHARACTER       = 584           ; cycles from one byte to the next, for the W65C51N's TDRE is always 1: 10 bits of 19,200
                                ; baud at 1 MHz, and an eighth more
RING_STOP       = 192           ; bytes waiting that raise RTS
RING_GO         = 64            ; bytes waiting that lower it again

        .segment "ZEROPAGE"

rx_head:        .res 1          ; where the next byte goes
rx_tail:        .res 1          ; where the next one comes from; equal: none
rx_stopped:     .res 1          ; not 0: RTS is high
interrupted:    .res 1          ; not 0: a Ctrl-C has come

        .segment "RING"

rx_ring:        .res 256

        .segment "CODE"

serial_init:
        stz     rx_head
        stz     rx_tail
        stz     rx_stopped
        stz     interrupted
        lda     #%01111111
        sta     VIA_IER                 ; nobody serves the VIA's interrupts here
        sta     ACIA_STATUS             ; any value resets the chip
        lda     #CONTROL_19200
        sta     ACIA_CONTROL
        lda     #COMMAND_GO
        sta     ACIA_COMMAND
        lda     #ACR_T2_COUNTS
        trb     VIA_ACR
; fall through

; Timer 2 tells when the byte has gone. Changes A.
begin_pause:
        lda     #<CHARACTER
        sta     VIA_T2CL
        lda     #>CHARACTER
        sta     VIA_T2CH                ; starts it
        rts

irq:
        pha
        phx
        tsx
        lda     $0103,x                 ; the P that was pushed tells BRK from IRQ
        and     #FLAG_B
        bne     @brk
        jsr     receive
        plx
        pla
        rti
@brk:   jmp     stopped

; Takes a byte if there is one. -> A = STATUS; it withdraws the interrupt request, so only this reads it. Interrupts are
; off. Changes X.
receive:
        cld
        lda     ACIA_STATUS
        pha
        and     #STATUS_RDRF
        beq     @done
        ldx     rx_head
        lda     ACIA_DATA
        cmp     #CTRL_C
        bne     @store
        sta     interrupted
@store: sta     rx_ring,x
        inx
        cpx     rx_tail
        beq     @done                   ; full: the sender did not heed RTS
        stx     rx_head
        jsr     rx_pending
        cmp     #RING_STOP
        bcc     @done
        lda     VIA_IFR
        and     #IFR_T2
        beq     @done                   ; a byte is being sent: at the next one, then
        lda     #COMMAND_STOP
        sta     ACIA_COMMAND
        sta     rx_stopped
@done:  pla
        rts

; -> A = how many bytes wait. Keeps X, Y.
rx_pending:
        lda     rx_head
        sec
        sbc     rx_tail
        rts

; Sends A. Keeps A, X, Y.
chrout:
        pha
        phx
        php
@wait:  sei
        jsr     receive
        and     #STATUS_TDRE
        beq     @again
        lda     VIA_IFR
        and     #IFR_T2
        bne     @send
@again: plp
        php
        bra     @wait
@send:  lda     rx_stopped
        beq     @low
        jsr     resume
@low:   tsx
        lda     $0103,x                 ; A as it came
        sta     ACIA_DATA
        jsr     begin_pause
        plp
        plx
        pla
        rts

; RTS low: the sender may go on. Interrupts are off. Changes A.
resume:
        stz     rx_stopped
        lda     #COMMAND_GO
        sta     ACIA_COMMAND
        rts

; Waits for a byte -> A. Keeps X, Y.
chrin:
        jsr     chrget
        bcc     chrin
        rts

; A byte if there is one: C = 1 and A, else C = 0. Keeps X, Y.
chrget:
        phx
        php
        sei
        jsr     receive
        plp
        ldx     rx_tail
        cpx     rx_head
        clc
        beq     @none
        lda     rx_ring,x
        inc     rx_tail
        pha
        lda     rx_stopped
        beq     @taken
        jsr     rx_pending
        cmp     #RING_GO
        bcs     @taken
        php
        sei
        jsr     resume
        plp
@taken: pla
        sec
@none:  plx
        rts

; Forgets what waits. Changes A.
discard_input:
        jsr     chrget
        bcs     discard_input
        stz     interrupted
        rts
