; An SD card, SDSC or SDHC, in SPI mode 0 on port A: CS PA4, SCLK PA3, MOSI PA2, MISO PA1. The other lines of the port keep
; what they are.
; SPDX-License-Identifier: MIT

        .include "board.inc"

CS              = %00010000
SCLK            = %00001000
MOSI            = %00000100
MISO            = %00000010

GO_IDLE         = $40 | 0       ; commands, as they are sent
SEND_IF_COND    = $40 | 8
SET_BLOCKLEN    = $40 | 16
READ_BLOCK      = $40 | 17
OP_COND         = $40 | 41
APP_COMMAND     = $40 | 55
READ_OCR        = $40 | 58

R1_IDLE         = %00000001
R1_ILLEGAL      = %00000100
START_TOKEN     = $FE
OCR_CCS         = %01000000     ; in its first byte: the card counts blocks, not bytes

        .segment "ZEROPAGE"

lba:            .res 4          ; the sector to read
target:         .res 2          ; where to
argument:       .res 4          ; of a command, its low byte first
clock_low:      .res 1          ; port A with MOSI high and the clock low
clock_high:     .res 1          ; with the clock high
shifted:        .res 1
crc:            .res 1
tries:          .res 2
counts_blocks:  .res 1          ; not 0: SDHC

        .segment "CODE"

; Finds and starts the card. Changes all.
card_start:
        lda     #CS | SCLK | MOSI
        tsb     VIA_DDRA
        lda     #MISO
        trb     VIA_DDRA
        stz     tries
        stz     counts_blocks
        jsr     deselect
        ldy     #10                     ; 74 clocks or more with CS high
@wake:  jsr     get
        dey
        bne     @wake
@reset: lda     #GO_IDLE
        ldx     #$95
        jsr     plain
        cmp     #R1_IDLE
        beq     @idle
        dec     tries
        bne     @reset
        fail    "no card answers"
@idle:  jsr     no_argument
        lda     #$AA
        sta     argument
        lda     #1                      ; 2.7 to 3.6 V
        sta     argument+1
        lda     #SEND_IF_COND
        ldx     #$87
        jsr     command
        and     #R1_ILLEGAL
        bne     @old
        jsr     get
        jsr     get
        jsr     get
        jsr     get
        cmp     #$AA
        beq     @new
        fail    "the card does not work at 3.3 V"
@new:   lda     #$40                    ; this host knows SDHC
        .byte   $2C                     ; BIT: hops over the next instruction
@old:   lda     #0
        pha
        jsr     deselect
        stz     tries
        stz     tries+1
@start: lda     #APP_COMMAND
        jsr     plain
        jsr     no_argument
        pla
        pha
        sta     argument+3
        lda     #OP_COND
        jsr     command
        jsr     deselect
        cmp     #0
        beq     @ready
        inc     tries
        bne     @start
        inc     tries+1
        lda     tries+1
        cmp     #8                      ; 2048 tries of some 5 ms; a card has 1 s
        bne     @start
        fail    "the card does not start"
@ready: pla
        beq     @bytes
        jsr     no_argument
        lda     #READ_OCR
        jsr     command
        jsr     get
        and     #OCR_CCS
        sta     counts_blocks
        jsr     get
        jsr     get
        jsr     get
        jsr     deselect
        lda     counts_blocks
        bne     @done
@bytes: jsr     no_argument
        lda     #2                      ; 512
        sta     argument+1
        lda     #SET_BLOCKLEN
        jsr     command
        jmp     deselect
@done:  rts

; Reads the 512 bytes of sector `lba` to `target`, which is two pages further then. Changes all.
card_read:
        ldx     #3
@copy:  lda     lba,x
        sta     argument,x
        dex
        bpl     @copy
        lda     counts_blocks
        bne     @send
        ldx     argument+2              ; times 512
        stx     argument+3
        ldx     argument+1
        stx     argument+2
        ldx     argument
        stx     argument+1
        stz     argument
        asl     argument+1
        rol     argument+2
        rol     argument+3
@send:  lda     #READ_BLOCK
        jsr     command
        cmp     #0
        bne     @wrong
        stz     tries
        ldy     #8                      ; 2048 tries, above 0.4 s; a card has 0.1 s
@token: jsr     get
        cmp     #$FF
        bne     @come
        inc     tries
        bne     @token
        dey
        bne     @token
@wrong: jsr     deselect
        fail    "the card cannot read a sector"
@come:  cmp     #START_TOKEN
        bne     @wrong
        jsr     page
        jsr     page
        jsr     get                     ; its CRC
        jsr     get
        ; fall through

; CS high; eight clocks, for the card lets go of its line only then. Keeps A, Y.
deselect:
        pha
        lda     VIA_PORTA
        ora     #CS | MOSI
        and     #<~SCLK
        jsr     levels
        jsr     get
        pla
        rts

page:
        ldy     #0
@next:  jsr     get
        sta     (target),y
        iny
        bne     @next
        inc     target+1
        rts

levels:
        sta     clock_low
        sta     VIA_PORTA
        ora     #SCLK
        sta     clock_high
        rts

no_argument:
        stz     argument
        stz     argument+1
        stz     argument+2
        stz     argument+3
        rts

; A command of no argument -> A = its R1; CS is high again. A = the command, X = its CRC. Changes X.
plain:
        jsr     no_argument
        jsr     command
        jmp     deselect

; Sends the command A with `argument` and the CRC X, which counts in the first two only -> A = its R1, or $FF: no answer.
; CS stays low. Changes X, Y.
command:
        pha
        stx     crc
        lda     VIA_PORTA
        ora     #MOSI
        and     #<~(CS | SCLK)
        jsr     levels
        jsr     get
        pla
        jsr     put
        ldy     #3
@next:  lda     argument,y
        jsr     put
        dey
        bpl     @next
        lda     crc
        ora     #1
        jsr     put
        ldy     #10                     ; R1 comes after 8 bytes at most
@wait:  jsr     get
        bpl     @done
        dey
        bne     @wait
@done:  cmp     #0
        rts

; A byte from the card -> A, and N by it. Changes X.
get:
        .repeat 8
        lda     clock_high
        sta     VIA_PORTA
        lda     VIA_PORTA
        lsr     a                       ; PA1 is read, into C
        lsr     a
        rol     shifted
        lda     clock_low
        sta     VIA_PORTA
        .endrepeat
        lda     shifted
        rts

; Sends A. Changes A, X.
put:
        sta     shifted
        ldx     #8
@bit:   lda     clock_low
        asl     shifted
        bcs     @one
        and     #<~MOSI
@one:   sta     VIA_PORTA
        ora     #SCLK
        sta     VIA_PORTA
        dex
        bne     @bit
        lda     clock_low
        sta     VIA_PORTA
        rts
