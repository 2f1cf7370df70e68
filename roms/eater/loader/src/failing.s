; Giving up.
; SPDX-License-Identifier: MIT

        .include "board.inc"

        .segment "CODE"

; Gives up with the zero-terminated message behind the JSR.
fail_inline:
        plx
        pla
        inx
        bne     @here
        inc     a
@here:  phx                             ; `failed` takes low in A, high in X
        tax
        pla
        jmp     failed
