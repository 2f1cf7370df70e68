; Printing, as the loader does it.
; SPDX-License-Identifier: MIT

        .include "../../loader/src/print.s"
