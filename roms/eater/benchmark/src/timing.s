; Counts the cycles of a routine by timer 1 of the VIA, exactly.
; SPDX-License-Identifier: MIT

        .include "board.inc"

ROUND           = $FFFF + 2     ; cycles of timer 1 from one time-out to the next
HANDLER         = 7 + 4 + 5 + 6 ; cycles of an interrupt: its sequence, and the three instructions of `irq`
LATER           = 4+2+2+2+3 + 2+5*240-1 + 5+3   ; cycles of one more round of the loop at `@look`

        .segment "ZEROPAGE"

ticks:          .res 1          ; time-outs
laters:         .res 1
elapsed:        .res 4          ; the result

        .segment "CODE"

; elapsed = the cycles of the routine at A/X, low in A, from behind its JSR to its RTS, both without. At most 250 rounds of
; the timer. The routine may change all registers.
measure:
        sta     routine
        stx     routine+1
        jsr     time
        ldx     #3
@keep:  lda     elapsed,x
        sta     whole,x
        dex
        bpl     @keep
        lda     #<nothing
        sta     routine
        lda     #>nothing
        sta     routine+1
        jsr     time                    ; what measuring itself takes, with an RTS that the routine has, too
        sec
        ldy     #0
        ldx     #4
@less:  lda     whole,y
        sbc     elapsed,y
        sta     elapsed,y
        iny
        dex
        bne     @less
nothing:
        rts

; elapsed = the cycles from the start of the timer to a look at it behind the routine, less a constant.
time:
        stz     ticks
        stz     laters
        lda     #ACR_T1_FREE_RUN
        sta     VIA_ACR
        lda     #IER_SET | IER_T1
        sta     VIA_IER
        lda     #$FF
        sta     VIA_T1CL
        sta     VIA_T1CH                ; starts it
        cli
        jsr     call
@look:  lda     VIA_T1CH
        inc     a
        inc     a
        cmp     #4                      ; near a time-out it is not clear which round this is: a little later it is
        bcc     @later
        ldx     VIA_T1CH
        lda     VIA_T1CL
        sei
        ldy     #IER_T1
        sty     VIA_IER
        cmp     #$100 - 4               ; the high byte was read 4 cycles earlier
        bcc     @same
        dex
@same:  sta     elapsed                 ; 0 - counter
        lda     #0
        sec
        sbc     elapsed
        sta     elapsed
        stx     elapsed+1
        lda     #0
        sbc     elapsed+1
        sta     elapsed+1
        lda     #0
        sbc     #0
        sta     elapsed+2
        sta     elapsed+3
        ldx     ticks
        beq     @laters
@round: lda     #<(ROUND - HANDLER)
        jsr     @add
        dex
        bne     @round
@laters:
        ldx     laters
        beq     @done
@less:  sec
        lda     elapsed
        sbc     #<LATER
        sta     elapsed
        lda     elapsed+1
        sbc     #>LATER
        sta     elapsed+1
        lda     elapsed+2
        sbc     #0
        sta     elapsed+2
        lda     elapsed+3
        sbc     #0
        sta     elapsed+3
        dex
        bne     @less
@done:  rts

        .assert ROUND - HANDLER < $10000, error, "more than 16 bits"
@add:   clc
        adc     elapsed
        sta     elapsed
        lda     #>(ROUND - HANDLER)
        adc     elapsed+1
        sta     elapsed+1
        bcc     @added
        inc     elapsed+2
        bne     @added
        inc     elapsed+3
@added: rts

@later: ldy     #240                    ; longer than two pages of the counter, over the time-out and away from it
@wait:  dey
        bne     @wait
        .assert >@wait = >*, lderror, "the branch crosses a page: it takes a cycle more"
        inc     laters
        jmp     @look

call:   jmp     (routine)

irq:
        bit     VIA_T1CL                ; lets the interrupt go
        inc     ticks
        rti

        .segment "WORK"

routine:        .res 2
whole:          .res 4
