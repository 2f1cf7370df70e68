; The jump table at $FF00 (see mon65.inc) and the CPU's vectors.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "JUMPS"

        jmp     cold            ; $FF00
        jmp     warm            ; $FF03
        jmp     chrout          ; $FF06
        jmp     chrin           ; $FF09
        jmp     chrget          ; $FF0C
        jmp     print_string    ; $FF0F
        jmp     print_inline    ; $FF12
        jmp     print_hex       ; $FF15
        jmp     print_word      ; $FF18
        jmp     print_decimal   ; $FF1B
        jmp     newline         ; $FF1E
        jmp     user_getline    ; $FF21
        jmp     set_irq         ; $FF24

        .segment "VECTORS"

        .addr   nmi_entry, reset, irq_entry
