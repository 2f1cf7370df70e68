; Blocks of memory.
.include "zeropage.inc"
.export memcpy, memset

.code

; memcpy: copies count bytes from src to dst, which may overlap if dst lies below src.
;   changes: A, X, Y, src, dst
.proc memcpy
    ldy #0
    ldx count+1
    beq rest
page:
    lda (src),y
    sta (dst),y
    iny
    bne page
    inc src+1
    inc dst+1
    dex
    bne page
rest:
    cpy count
    beq done
    lda (src),y
    sta (dst),y
    iny
    bne rest
done:
    rts
.endproc

; memset: fills count bytes from dst on with A.
;   changes: X, Y, dst
.proc memset
    ldy #0
    ldx count+1
    beq rest
page:
    sta (dst),y
    iny
    bne page
    inc dst+1
    dex
    bne page
rest:
    cpy count
    beq done
    sta (dst),y
    iny
    bne rest
done:
    rts
.endproc
