; Sprites that move over the screen.
.include "zeropage.inc"
.export move_sprite, player

WIDTH = 320

.code

; move_sprite: moves the player to the right by its speed, and back to the left end behind the right one.
;   changes: A, X
.proc move_sprite
    clc
    lda player + Sprite::xpos
    adc player + Sprite::speed
    sta player + Sprite::xpos
    bcc within
    inc player + Sprite::xpos + 1
within:
    lda player + Sprite::xpos
    cmp #<WIDTH
    lda player + Sprite::xpos + 1
    sbc #>WIDTH
    bcc done
    tax
    lda player + Sprite::xpos
    sbc #<WIDTH                 ; the carry is set by the comparison
    sta player + Sprite::xpos
    stx player + Sprite::xpos + 1
done:
    rts
.endproc

.bss
player: .tag Sprite
