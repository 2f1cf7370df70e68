; What tests/unit/test_coverage.py and test_profile.py run: a main program, routines, and handlers of interrupts.
; Built by: ca65 -g guest.s -o guest.o && ld65 -C guest.cfg guest.o -o guest.bin --dbgfile guest.dbg

        .segment "CODE"

        .macro bump address
        inc address
        inc address
        .endmacro

        .proc reset
        ldx #$FF
        txs
        ldx #3
loop:   jsr outer
        dex
        bne loop
        beq stop
        nop                             ; never reached
stop:   jmp stop
        .endproc

        .proc outer
        jsr inner
        lda #4
        jsr recurse
        rts
        .endproc

        .proc inner
        bump $20
        rts
        .endproc

        .proc recurse
        sec
        sbc #1
        beq done
        jsr recurse
done:   rts
        .endproc

        .proc never
        lda table,x
        bne :+
        rts
:       rts
        .endproc

        .proc irq
        inc $21
        rti
        .endproc

        .proc nmi
        inc $22
        rti
        .endproc

table:  .byte 1, 2, 3
        .res 4
        .asciiz "text"
        .addr never

        .segment "VECTORS"
        .addr nmi, reset, irq
