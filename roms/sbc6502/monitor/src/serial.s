; The serial port: received bytes go into a ring by interrupt, bytes are sent by polling.
; SPDX-License-Identifier: MIT
;
; When the ring gets full, RTS goes high and the sender pauses. In the 6551 this also turns the
; transmitter off, so two rules keep both directions alive:
;   - whoever sends a byte sets RTS low first;
;   - the receiver raises RTS only when the transmitter has been quiet for some character times. It
;     knows by counting receptions, for both directions run at the same rate.

        .include "defs.inc"

RING_STOP       = 160           ; bytes waiting that raise RTS; above is room for what a slow sender adds
RING_GO         = 64            ; bytes waiting that lower it again
TX_QUIET        = 4             ; character times: holding register, shift register, and a margin

        .segment "CODE"

serial_init:
        lda     #0
        sta     rx_head
        sta     rx_tail
        sta     rx_stopped
        sta     rx_lost
        sta     tx_age
        sta     interrupted
        sta     after_cr
        sta     ACIA_STATUS
        lda     #CONTROL_19200
        sta     ACIA_CONTROL
        lda     #COMMAND_GO
        sta     ACIA_COMMAND
.if PACES_SENDING
        lda     VIA_ACR
        and     #<~ACR_T2_COUNTS
        sta     VIA_ACR
        jsr     begin_pause
.endif
        lda     #<no_hook
        ldx     #>no_hook
; fall through

; A/X = the routine for interrupts that are not the serial port's.
set_irq:
        php
        sei                     ; an interrupt must not see half an address
        sta     irq_hook
        stx     irq_hook+1
        plp
no_hook:
        rts

; --- interrupt ----------------------------------------------------------------------------------

irq_entry:
        pha
        txa
        pha
        tsx
        lda     $0103,x         ; the P that was pushed tells BRK from IRQ
        and     #FLAG_B
        bne     is_brk
        lda     ACIA_STATUS
        jsr     receive
        bcs     irq_done
        jsr     call_hook
irq_done:
        pla
        tax
        pla
        rti
call_hook:
        cld                     ; the NMOS 6502 leaves D as the program had it
        jmp     (irq_hook)
is_brk:
        jmp     brk_entry

; A = STATUS, just read. If a byte was received, take it: C = 1. Interrupts are off. Uses A, X.
receive:
        tax
        and     #STATUS_RDRF
        clc
        beq     @none
        cld                     ; subtracts below, perhaps within a program's decimal arithmetic
        txa
        and     #STATUS_OVERRUN
        beq     @kept
        sta     rx_lost
@kept:  ldx     rx_head
        lda     ACIA_DATA
        cmp     #CTRL_C
        bne     @data
        sta     interrupted
@data:  sta     rx_ring,x
        inx
        cpx     rx_tail
        beq     @full
        stx     rx_head
        lda     tx_age
        beq     @level
        dec     tx_age
        bpl     @taken          ; always
@level: txa                     ; the transmitter is quiet: RTS may go high
        sec
        sbc     rx_tail
        cmp     #RING_STOP
        bcc     @taken
        lda     #COMMAND_STOP
        sta     ACIA_COMMAND
        sta     rx_stopped
@taken: sec
@none:  rts
@full:  lda     #1
        sta     rx_lost
        bne     @taken          ; always

; -> A = STATUS. Reading STATUS withdraws the interrupt request, so a byte that has just come must
; be taken here; that also serves programs which keep interrupts off. Uses X.
poll:
        php
        sei
        lda     ACIA_STATUS
        pha
        jsr     receive
        pla
        plp
        rts

; --- sending ------------------------------------------------------------------------------------

; Send A. Keeps A, X, Y.
chrout:
        pha
        txa
        pha
        lda     #TX_QUIET
        sta     tx_age          ; from here on RTS stays low
        lda     rx_stopped
        beq     @wait
        jsr     resume
@wait:  jsr     poll
        and     #STATUS_TDRE
        beq     @wait
.if PACES_SENDING
        lda     VIA_IFR
        and     #IFR_T2
        beq     @wait
.endif
        tsx
        lda     $0102,x         ; A as it came
        sta     ACIA_DATA
        sta     last_sent
.if PACES_SENDING
        jsr     begin_pause
.endif
        lda     #TX_QUIET
        sta     tx_age
        pla
        tax
        pla
        rts

.if PACES_SENDING
; Timer 2 tells when the byte has gone. Uses A.
begin_pause:
        lda     #<CHARACTER
        sta     VIA_T2CL
        lda     #>CHARACTER
        sta     VIA_T2CH        ; starts it
        rts
.endif

; RTS low: the sender may go on. Uses A.
resume:
        php
        sei                     ; flag and register change together
        lda     #0
        sta     rx_stopped
        lda     #COMMAND_GO
        sta     ACIA_COMMAND
        plp
        rts

; --- reading ------------------------------------------------------------------------------------

; Wait for a character -> A. Keeps X, Y.
chrin:
        jsr     chrget
        bcc     chrin
        rts

; A character if there is one: C = 1 and A, else C = 0. Keeps X, Y.
chrget:
        txa
        pha
        jsr     poll
        ldx     rx_tail
        cpx     rx_head
        beq     @empty
        lda     rx_ring,x
        inc     rx_tail
        tax
        cmp     #CTRL_C
        bne     @flow
        lda     #0
        sta     interrupted
@flow:  lda     rx_stopped
        beq     @done
        jsr     rx_pending
        cmp     #RING_GO
        bcs     @done
        jsr     resume
@done:  stx     saved_char
        pla
        tax
        lda     saved_char
        sec
        rts
@empty: pla
        tax
        clc
        rts

; -> A = how many characters wait. Keeps X, Y.
rx_pending:
        lda     rx_head
        sec
        sbc     rx_tail
        rts

; Forget what waits.
flush_input:
        jsr     chrget
        bcs     flush_input
        lda     #0
        sta     interrupted
        rts

; Wait for a character of a text -> A, with CR for any of the line ends CR, LF, CR LF. Keeps X, Y.
text_char:
        jsr     chrin
        cmp     #LF
        beq     @lf
        cmp     #CR
        beq     @cr
        pha
        lda     #0
        sta     after_cr
        pla
        rts
@cr:    sta     after_cr
        rts
@lf:    lda     after_cr
        php
        lda     #0
        sta     after_cr
        plp
        bne     text_char
        lda     #CR
        rts
