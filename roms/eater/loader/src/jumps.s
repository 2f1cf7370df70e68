; What programs may call, at the addresses and with the meanings of MON65; and the vectors.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .segment "JUMPS"

        jmp     cold                    ; $FF00
        jmp     warm                    ; $FF03
        jmp     chrout                  ; $FF06
        jmp     chrin                   ; $FF09
        jmp     chrget                  ; $FF0C
        jmp     print                   ; $FF0F
        jmp     print_inline            ; $FF12

        .segment "VECTORS"

        .word   warm, cold, irq
