; Reading what a chain of clusters holds, sector by sector, or the root directory of FAT16.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "fat.inc"

        .import last_cluster

        .segment "ZEROPAGE"

cluster:        .res 4          ; that is being read; 0: the root directory
cluster_size:   .res 1          ; in sectors
left:           .res 2          ; sectors still to read, of this cluster or of FAT16's root
is_fat32:       .res 1
is_chain:       .res 1          ; 0: FAT16's root is being read

        .segment "WORK"

table_start:    .res 4
root_start:     .res 4          ; FAT16's
root_sectors:   .res 2
root_cluster:   .res 4          ; FAT32's
data_start:     .res 4          ; where cluster 2 begins
fat_lba:        .res 4          ; which sector of the table is in `fat_sector`
next_lba:       .res 4

        .segment "CODE"

; Begins with the chain whose first cluster is in `cluster`; 0: the root directory. Changes A, X.
stream_open:
        lda     #1
        sta     is_chain
        lda     cluster
        ora     cluster+1
        ora     cluster+2
        ora     cluster+3
        bne     find_cluster
        lda     is_fat32
        bne     @root32
        stz     is_chain
        ldx     #3
@copy:  lda     root_start,x
        sta     next_lba,x
        dex
        bpl     @copy
        lda     root_sectors
        sta     left
        lda     root_sectors+1
        sta     left+1
        rts
@root32:
        ldx     #3
@wide:  lda     root_cluster,x
        sta     cluster,x
        dex
        bpl     @wide
; fall through

; `next_lba` = the first sector of `cluster`.
find_cluster:
        lda     cluster_size
        sta     left
        stz     left+1
        lda     cluster+3
        ora     cluster+2
        ora     cluster+1
        bne     @above
        lda     cluster
        cmp     #2
        bcc     broken
@above: lda     last_cluster
        cmp     cluster
        lda     last_cluster+1
        sbc     cluster+1
        lda     last_cluster+2
        sbc     cluster+2
        lda     last_cluster+3
        sbc     cluster+3
        bcc     broken
        sec
        lda     cluster
        sbc     #2
        sta     next_lba
        lda     cluster+1
        sbc     #0
        sta     next_lba+1
        lda     cluster+2
        sbc     #0
        sta     next_lba+2
        lda     cluster+3
        sbc     #0
        sta     next_lba+3
        lda     cluster_size
@twice: lsr     a
        bcs     @add
        asl     next_lba
        rol     next_lba+1
        rol     next_lba+2
        rol     next_lba+3
        bra     @twice
@add:   ldx     #0
        clc
@byte:  lda     next_lba,x
        adc     data_start,x
        sta     next_lba,x
        inx
        txa
        eor     #4
        bne     @byte
        rts

broken: fail    "the file's chain of clusters is broken"

; Reads the next sector into `sector`; C = 1: there is none. Changes all.
stream_read:
        lda     left
        ora     left+1
        bne     @read
        lda     is_chain
        beq     @end
        jsr     follow
        bcs     @end
@read:  ldx     #3
@copy:  lda     next_lba,x
        sta     lba,x
        dex
        bpl     @copy
        lda     left
        bne     @low
        dec     left+1
@low:   dec     left
        inc     next_lba
        bne     @next
        inc     next_lba+1
        bne     @next
        inc     next_lba+2
        bne     @next
        inc     next_lba+3
@next:  lda     #<sector
        sta     target
        lda     #>sector
        sta     target+1
        jsr     card_read
        clc
        rts
@end:   sec
        rts

; Goes to the next cluster of the chain; C = 1: there is none.
follow:
        ldx     #3                      ; the number of its table's entry ...
@copy:  lda     cluster,x
        sta     lba,x
        dex
        bpl     @copy
        lda     #0
        asl     lba                     ; ... of two bytes or four ...
        rol     a
        ldx     is_fat32
        beq     @small
        asl     lba
        rol     a
@small: sta     offset_high           ; bits 8 and more of the offset come from cluster+1 too
        lda     lba
        sta     offset
        lda     cluster+1
        sta     lba
        lda     cluster+2
        sta     lba+1
        lda     cluster+3
        sta     lba+2
        stz     lba+3
        lda     is_fat32
        beq     @sixteen
        lda     offset_high           ; FAT32: 128 entries a sector
        lsr     a                       ; bit 9 of the offset: the sector; bit 8: which half
        php
        lsr     a
        rol     lba
        rol     lba+1
        rol     lba+2
        rol     lba+3
        plp
        bra     @half
@sixteen:
        lda     offset_high           ; FAT16: 256 entries a sector; bit 8 of the offset is which half
        lsr     a
@half:  lda     #0
        rol     a
        sta     half
        ldx     #0
        clc
@add:   lda     lba,x
        adc     table_start,x
        sta     lba,x
        inx
        txa
        eor     #4
        bne     @add
        ldx     #3
@held:  lda     lba,x
        cmp     fat_lba,x
        bne     @fetch
        dex
        bpl     @held
        bra     @there
@fetch: ldx     #3
@mark:  lda     lba,x
        sta     fat_lba,x
        dex
        bpl     @mark
        lda     #<fat_sector
        sta     target
        lda     #>fat_sector
        sta     target+1
        jsr     card_read
@there: lda     #<fat_sector
        sta     target
        lda     half
        clc
        adc     #>fat_sector
        sta     target+1
        ldy     offset
        lda     (target),y
        sta     cluster
        iny
        lda     (target),y
        sta     cluster+1
        ldx     is_fat32
        beq     @end16
        iny
        lda     (target),y
        sta     cluster+2
        iny
        lda     (target),y
        and     #$0F                    ; an entry has 28 bits
        sta     cluster+3
        cmp     #$0F
        bne     @goes
        lda     cluster+2
        cmp     #$FF
        bne     @goes
@end16: lda     cluster+1
        cmp     #$FF
        bne     @goes
        lda     cluster
        cmp     #$F8                    ; $FFF8 and on: the end
        bcs     @done
@goes:  jsr     find_cluster
        clc
@done:  rts

        .segment "WORK"

offset:         .res 1
offset_high:  .res 1
half:           .res 1
