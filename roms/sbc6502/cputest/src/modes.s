; Every addressing mode of every instruction that has several, on the same numbers: all must agree.
; SPDX-License-Identifier: MIT

        .include "cputest.inc"

ROUNDS          = 16
X_INDEX         = $20
Y_INDEX         = $30
PLACE           = other + $F3           ; the operand; PLACE - X_INDEX,X is in one page
FAR             = other + $108          ; a copy; FAR - X_INDEX,X crosses into the next page

; --- what reads memory into A -------------------------------------------------------------------

; The instruction in all modes, each time with A, X, Y, P as before.
.macro  accumulator name
        jsr     before
        name    operand
        jsr     first_result
        jsr     before
        name    operand - X_INDEX,x
        jsr     same_result
        jsr     before
        name    PLACE
        jsr     same_result
        jsr     before
        name    PLACE - X_INDEX,x
        jsr     same_result
        jsr     before
        name    FAR - X_INDEX,x
        jsr     same_result
        jsr     before
        name    FAR - Y_INDEX,y
        jsr     same_result
        jsr     before
        name    (pointer - X_INDEX,x)
        jsr     same_result
        jsr     before
        name    (below),y
        jsr     same_result
.endmacro

; The immediate mode against the absolute one.
.macro  immediate name, value
        lda     #value
        sta     PLACE
        jsr     before
        name    #value
        jsr     first_result
        jsr     before
        name    PLACE
        jsr     same_result
.endmacro

; A shift of A against the same shift of memory.
.macro  shift   name
        jsr     before
        name    a
        jsr     first_result
        lda     left
        sta     PLACE
        jsr     before
        name    PLACE
        lda     PLACE
        jsr     same_result
.endmacro

; --- what changes memory ------------------------------------------------------------------------

.macro  memory  name
        jsr     before
        name    operand
        lda     operand
        jsr     first_result
        jsr     before
        name    operand2 - X_INDEX,x
        lda     operand2
        jsr     same_result
        jsr     before
        name    PLACE
        lda     PLACE
        jsr     same_result
        jsr     before
        name    FAR - X_INDEX,x
        lda     FAR
        jsr     same_result
.endmacro

        .segment "ZEROPAGE"

operand:        .res 1
operand2:       .res 1
left:           .res 1
flags_before:   .res 1
pointer:        .res 2                  ; PLACE
below:          .res 2                  ; FAR - Y_INDEX
result:         .res 4

        .segment "CODE"

modes:
        lda     #<PLACE
        sta     pointer
        lda     #>PLACE
        sta     pointer+1
        lda     #<(FAR - Y_INDEX)
        sta     below
        lda     #>(FAR - Y_INDEX)
        sta     below+1
        lda     #ROUNDS
        sta     cnt
round:  jsr     random
        sta     left
        jsr     random
        sta     flags_before
        jsr     random
        jsr     everywhere
        jsr     reading
        jsr     constants
        lda     operand                 ; one of the places was overwritten
        jsr     everywhere
        jsr     changing
        jsr     index_registers
        jsr     storing
        dec     cnt
        bne     round
        rts

; A to all operands.
everywhere:
        sta     operand
        sta     operand2
        sta     PLACE
        sta     FAR
        rts

reading:
        accumulator ora
        accumulator and
        accumulator eor
        accumulator adc
        accumulator sbc
        accumulator cmp
        accumulator lda
        rts

constants:
        immediate ora, $5A
        immediate and, $C3
        immediate eor, $FF
        immediate adc, $7F
        immediate sbc, $80
        immediate cmp, $40
        immediate lda, $00
        immediate ldx, $81
        immediate ldy, $3C
        immediate cpx, X_INDEX
        immediate cpy, Y_INDEX + 1
        shift   asl
        shift   lsr
        shift   rol
        shift   ror
        rts

changing:
        memory  asl
        memory  lsr
        memory  rol
        memory  ror
        memory  inc
        memory  dec
        rts

index_registers:
        jsr     before
        ldx     operand
        jsr     first_result
        jsr     before
        ldx     operand - Y_INDEX,y
        jsr     same_result
        jsr     before
        ldx     PLACE
        jsr     same_result
        jsr     before
        ldx     FAR - Y_INDEX,y
        jsr     same_result
        jsr     before
        ldy     operand
        jsr     first_result
        jsr     before
        ldy     operand - X_INDEX,x
        jsr     same_result
        jsr     before
        ldy     PLACE
        jsr     same_result
        jsr     before
        ldy     FAR - X_INDEX,x
        jsr     same_result
        jsr     before
        cpx     operand
        jsr     first_result
        jsr     before
        cpx     PLACE
        jsr     same_result
        jsr     before
        cpy     operand
        jsr     first_result
        jsr     before
        cpy     PLACE
        jsr     same_result
        jsr     before
        bit     operand
        jsr     first_result
        jsr     before
        bit     PLACE
        jmp     same_result

storing:
        jsr     before
        sta     operand
        eor     operand
        check_equal
        jsr     before
        sta     operand2 - X_INDEX,x
        eor     operand2
        check_equal
        jsr     before
        sta     PLACE
        cmp     PLACE
        check_equal
        sta     FAR - X_INDEX,x
        eor     FAR
        check_equal
        jsr     before
        eor     #$FF
        sta     FAR - Y_INDEX,y
        cmp     FAR
        check_equal
        jsr     before
        sta     (pointer - X_INDEX,x)
        eor     PLACE
        check_equal
        jsr     before
        sta     (below),y
        eor     FAR
        check_equal
        stx     operand
        cpx     operand
        check_equal
        stx     operand2 - Y_INDEX,y
        cpx     operand2
        check_equal
        stx     PLACE
        cpx     PLACE
        check_equal
        sty     operand
        cpy     operand
        check_equal
        sty     operand2 - X_INDEX,x
        cpy     operand2
        check_equal
        sty     PLACE
        cpy     PLACE
        check_equal
        nop
        rts

; --- comparing ----------------------------------------------------------------------------------

; The registers each instruction starts from; decimal mode off, interrupts masked.
before:
        ldx     #X_INDEX
        ldy     #Y_INDEX
        lda     flags_before
        and     #%11000011
        ora     #%00000100
        pha
        lda     left
        plp
        rts

; Keep A, X, Y and P.
first_result:
        php
        sta     result
        stx     result+1
        sty     result+2
        pla
        sta     result+3
        rts

; They are again what first_result has kept.
same_result:
        php
        cmp     result
        bne     @wrong
        cpx     result+1
        bne     @wrong
        cpy     result+2
        bne     @wrong
        pla
        cmp     result+3
        check_equal
        rts
@wrong: jmp     failure
