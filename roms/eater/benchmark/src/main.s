; Runs every workload, and prints how many cycles it took and whether its result is right; then how fast the clock is.
; SPDX-License-Identifier: MIT

        .include "board.inc"

DOTS            = 64            ; sent to measure the clock

        .segment "ZEROPAGE"

entry:          .res 2          ; of the table of workloads
result:         .res 4          ; of a workload
total:          .res 4
wrong:          .res 1
dots:           .res 1

        .segment "CODE"

reset:
        ldx     #$FF
        txs
        cld
        jsr     serial_init
        say     {CR, LF, "BENCHMARK 1.0 for eater", CR, LF}
        set32   total, 0
        lda     #<workload_table
        sta     entry
        lda     #>workload_table
        sta     entry+1

; An entry: the routine, the result that it has to have, the name up to a zero; behind the last one, a routine of 0.
next_workload:
        ldy     #1
        lda     (entry),y
        beq     report_total
        tax
        lda     (entry)
        jsr     measure
        ldx     #0
        stz     wrong
        ldy     #2                      ; in the entry
        clc
@compare:
        lda     (entry),y
        eor     result,x
        tsb     wrong
        lda     total,x
        adc     elapsed,x
        sta     total,x
        inx
        iny
        tya
        eor     #6                      ; keeps C
        bne     @compare
        lda     #6
        jsr     step_entry
        lda     entry
        ldx     entry+1
        jsr     print
        jsr     print_elapsed
        lda     wrong
        bne     @wrong
        say     {" cycles, right", CR, LF}
        bra     @skip
@wrong: say     {" cycles, WRONG", CR, LF}
@skip:  lda     (entry)                 ; over the name
        pha
        lda     #1
        jsr     step_entry
        pla
        bne     @skip
        bra     next_workload

report_total:
        say     "in all    "
        ldx     #3
@total: lda     total,x
        sta     elapsed,x
        dex
        bpl     @total
        jsr     print_elapsed
        say     {" cycles", CR, LF}

; The ACIA has a crystal of its own: its bits tell how long a cycle is.
measure_clock:
        jsr     finish_sending
        lda     #'.'
        sta     ACIA_DATA
        ldx     #2
        jsr     send_back_to_back       ; so that one is being sent when another one has to wait
        lda     #'.'
        sta     ACIA_DATA
        lda     ACIA_STATUS
        and     #STATUS_TDRE
        bne     no_flag
        lda     #1
        jsr     measure_dots            ; what began before this one, too
        ldx     #3
@keep:  lda     elapsed,x
        sta     total,x
        dex
        bpl     @keep
        lda     #1 + DOTS
        jsr     measure_dots
        jsr     subtract_total
        jsr     double                  ; 64 dots of 10 bits at 19,200 baud are sent 30 times a second: 32 times less 2 times
        ldx     #3
@twice: lda     elapsed,x
        sta     total,x
        dex
        bpl     @twice
        ldx     #4
@more:  jsr     double
        dex
        bne     @more
        jsr     subtract_total
        say     {CR, LF, "clock     "}
        jsr     print_elapsed
        say     {" Hz, by the baud rate", CR, LF}
        bra     finished
no_flag:
        say     {CR, LF, "clock: not measured, for this ACIA does not tell when it has sent (W65C51N)", CR, LF}
finished:
        say     {"finished", CR, LF}
        jsr     finish_sending
        stp

; elapsed = the cycles that A dots take. Changes all.
measure_dots:
        sta     dots
        ldx     #3                      ; so that the ACIA has just begun to send one
        jsr     send_back_to_back
        lda     #<send_dots
        ldx     #>send_dots
        jmp     measure

send_dots:
        ldx     dots
        jmp     send_back_to_back

; elapsed = elapsed - total
subtract_total:
        sec
        ldx     #0
        ldy     #4
@less:  lda     elapsed,x
        sbc     total,x
        sta     elapsed,x
        inx
        dey
        bne     @less
        rts

double: asl     elapsed
        rol     elapsed+1
        rol     elapsed+2
        rol     elapsed+3
        rts

; entry = entry + A
step_entry:
        clc
        adc     entry
        sta     entry
        bcc     @done
        inc     entry+1
@done:  rts

print_elapsed:
        ldx     #3
@copy:  lda     elapsed,x
        sta     number,x
        dex
        bpl     @copy
        ldx     #10
        jmp     print_decimal

        .segment "VECTORS"

        .word   reset, reset, irq

        .export reset, next_workload, finished
