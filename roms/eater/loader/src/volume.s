; The volume of a card: where the tables and the clusters of FAT16 or FAT32 are. Source: fatgen103 ("Boot sector and BPB",
; "FAT type determination").
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "fat.inc"

PARTITIONS      = $1BE          ; in the master boot record
PARTITION_SIZE  = 16

BPB_BYTES       = 11            ; in the boot sector: bytes of a sector
BPB_CLUSTER     = 13            ; sectors of a cluster
BPB_RESERVED    = 14
BPB_TABLES      = 16
BPB_ROOT        = 17            ; entries of the root directory, 0: FAT32
BPB_SECTORS_16  = 19
BPB_TABLE_16    = 22            ; sectors of a table, 0: FAT32
BPB_SECTORS_32  = 32
BPB_TABLE_32    = 36
BPB_ROOT_32     = 44            ; first cluster of the root directory

        .segment "WORK"

volume_start:   .res 4
volume_end:     .res 4
last_cluster:   .res 4          ; the highest number

        .segment "SECTORS"

sector:         .res 512
fat_sector:     .res 512

        .segment "CODE"

; Starts the card, finds its volume and goes to its root. Changes all.
mount:
        jsr     card_start
        ldx     #3
@zero:  stz     lba,x
        stz     directory,x
        dex
        bpl     @zero
        jsr     read_boot
        jsr     is_boot
        bcs     @found
        ldx     #0
@entry: lda     sector+PARTITIONS+4,x   ; its type
        ldy     #types_end-types-1
@type:  cmp     types,y
        beq     @partition
        dey
        bpl     @type
        txa
        clc
        adc     #PARTITION_SIZE
        tax
        cpx     #4*PARTITION_SIZE
        bne     @entry
@none:  fail    "no FAT volume on the card"
@partition:
        ldy     #0
@start: lda     sector+PARTITIONS+8,x
        sta     lba,y
        inx
        iny
        cpy     #4
        bne     @start
        jsr     read_boot
        jsr     is_boot
        bcc     @none
@found: ldx     #3
@keep:  lda     lba,x
        sta     volume_start,x
        dex
        bpl     @keep
        jmp     measure

types:  .byte   $04, $06, $0E, $0B, $0C, $EF
types_end:

read_boot:
        lda     #<sector
        sta     target
        lda     #>sector
        sta     target+1
        lda     #$FF
        sta     fat_lba+3               ; no sector of the table is held
        jsr     card_read
        lda     sector+510
        cmp     #$55
        bne     @none
        lda     sector+511
        cmp     #$AA
        bne     @none
        rts
@none:  fail    "the card is not formatted"

; Is this the boot sector of a FAT volume? -> C
is_boot:
        lda     sector
        cmp     #$EB                    ; it begins with a jump
        beq     @jump
        cmp     #$E9
        bne     @no
@jump:  lda     sector+BPB_BYTES
        bne     @no
        lda     sector+BPB_BYTES+1
        cmp     #2
        bne     @no
        lda     sector+BPB_TABLES
        beq     @no
        lda     sector+BPB_RESERVED
        ora     sector+BPB_RESERVED+1
        beq     @no
        lda     sector+BPB_CLUSTER
        beq     @no
        dec     a
        and     sector+BPB_CLUSTER
        beq     @yes                    ; a power of two
@no:    clc
        rts
@yes:   sec
        rts

; From the boot sector of the volume at `volume_start`: where all is.
measure:
        lda     sector+BPB_CLUSTER
        sta     cluster_size
        clc
        lda     volume_start
        adc     sector+BPB_RESERVED
        sta     table_start
        sta     root_start
        lda     volume_start+1
        adc     sector+BPB_RESERVED+1
        sta     table_start+1
        sta     root_start+1
        lda     volume_start+2
        adc     #0
        sta     table_start+2
        sta     root_start+2
        lda     volume_start+3
        adc     #0
        sta     table_start+3
        sta     root_start+3
        stz     is_fat32
        lda     sector+BPB_TABLE_16
        ora     sector+BPB_TABLE_16+1
        bne     @fat16
        inc     is_fat32
        ldx     #3
@wide:  lda     sector+BPB_TABLE_32,x
        sta     number,x
        lda     sector+BPB_ROOT_32,x
        sta     root_cluster,x
        dex
        bpl     @wide
        bra     @tables
@fat16: lda     sector+BPB_TABLE_16
        sta     number
        lda     sector+BPB_TABLE_16+1
        sta     number+1
        stz     number+2
        stz     number+3
@tables:
        ldy     sector+BPB_TABLES
@table: ldx     #0
        clc
@add:   lda     root_start,x
        adc     number,x
        sta     root_start,x
        inx
        txa
        eor     #4                      ; CPX would change C
        bne     @add
        dey
        bne     @table
        lda     sector+BPB_ROOT         ; sixteen entries a sector, rounded up
        clc
        adc     #15
        sta     root_sectors
        lda     sector+BPB_ROOT+1
        adc     #0
        ldx     #4
@shift: lsr     a
        ror     root_sectors
        dex
        bne     @shift
        sta     root_sectors+1
        clc
        lda     root_start
        adc     root_sectors
        sta     data_start
        lda     root_start+1
        adc     root_sectors+1
        sta     data_start+1
        lda     root_start+2
        adc     #0
        sta     data_start+2
        lda     root_start+3
        adc     #0
        sta     data_start+3
; fall through

; How many clusters there are, which also tells FAT12 from FAT16.
count_clusters:
        lda     sector+BPB_SECTORS_16
        sta     number
        lda     sector+BPB_SECTORS_16+1
        sta     number+1
        stz     number+2
        stz     number+3
        ora     number
        bne     @sum
        ldx     #3
@wide:  lda     sector+BPB_SECTORS_32,x
        sta     number,x
        dex
        bpl     @wide
@sum:   ldx     #0                      ; the volume's end
        clc
@add:   lda     number,x
        adc     volume_start,x
        sta     volume_end,x
        inx
        txa
        eor     #4
        bne     @add
        ldx     #0                      ; less the start of the clusters
        sec
@less:  lda     volume_end,x
        sbc     data_start,x
        sta     last_cluster,x
        inx
        txa
        eor     #4
        bne     @less
        bcc     @wrong
        lda     cluster_size
@halve: lsr     a
        bcs     @counted
        lsr     last_cluster+3
        ror     last_cluster+2
        ror     last_cluster+1
        ror     last_cluster
        bra     @halve
@wrong: fail    "the volume's sizes contradict each other"
@counted:
        lda     is_fat32
        bne     @known
        lda     last_cluster
        cmp     #<4085
        lda     last_cluster+1
        sbc     #>4085
        lda     last_cluster+2
        sbc     #0
        bcs     @known
        fail    "the card has FAT12, not FAT16 or FAT32"
@known: inc     last_cluster            ; the first one has number 2
        bne     @done
        inc     last_cluster+1
        bne     @done
        inc     last_cluster+2
@done:  rts
        .export last_cluster
