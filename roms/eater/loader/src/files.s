; Directories and files: names, listing, loading.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "fat.inc"

        .segment "ZEROPAGE"

directory:      .res 4          ; first cluster of the current one; 0: the root
size:           .res 4          ; bytes of the file still to load
entry:          .res 2
place:          .res 2          ; where the next byte of the file goes
attribute:      .res 1

        .segment "WORK"

name:           .res 11         ; as a directory has it
entry_start:    .res 2          ; address of the loaded file

        .segment "CODE"

; Lists the directory that the path in `line` from `position` on names. Changes all.
list_directory:
        jsr     walk
        jsr     stream_open
@sector:
        jsr     first_entry
        bcs     @done
@entry: ldy     #0
        lda     (entry),y
        beq     @done
        jsr     is_shown
        bcc     @next
        jsr     print_entry
@next:  lda     interrupted
        bne     @stop
        jsr     next_entry
        bne     @entry
        bra     @sector
@stop:  jmp     discard_input
@done:  rts

; Goes to the directory that the path in `line` from `position` on names. Changes all.
change_directory:
        jsr     walk
        ldx     #3
@copy:  lda     cluster,x
        sta     directory,x
        dex
        bpl     @copy
        rts

; Loads the file of this path as it is, to `pointer`. -> `pointer` = behind it. Changes all.
load_raw:
        lda     pointer
        sta     place
        sta     entry_start
        lda     pointer+1
        sta     place+1
        sta     entry_start+1
        jsr     open_path
        jsr     check_room
        jsr     stream_open
        stz     entry                   ; offset of the first byte to take
        jmp     load_sectors

; Loads the file of this path to the address that its first two bytes tell. -> `entry_start`, `pointer` = behind it.
load_headed:
        jsr     open_path
        lda     size+3
        ora     size+2
        ora     size+1
        bne     @long
        lda     size
        cmp     #3
        bcs     @long
        fail    "the file is too short to tell its address"
@long:  jsr     stream_open
        jsr     stream_read
        bcs     too_short
        lda     sector
        sta     place
        sta     entry_start
        lda     sector+1
        sta     place+1
        sta     entry_start+1
        sec
        lda     size
        sbc     #2
        sta     size
        lda     size+1
        sbc     #0
        sta     size+1
        lda     size+2
        sbc     #0
        sta     size+2
        lda     size+3
        sbc     #0
        sta     size+3
        jsr     check_room
        lda     #2
        sta     entry
        bra     copy_sector

too_short:
        fail    "the file ends before its size says"

load_sectors:
        lda     size
        ora     size+1
        beq     loaded
        jsr     stream_read
        bcs     too_short
copy_sector:
        ldx     entry                   ; of the first sector of a file with a header, the bytes behind that
        stz     entry
        ldy     #0
@first: lda     sector,x
        jsr     keep
        beq     loaded
        inx
        bne     @first
@second:
        lda     sector+256,x
        jsr     keep
        beq     loaded
        inx
        bne     @second
        bra     load_sectors
loaded: lda     place
        sta     pointer
        lda     place+1
        sta     pointer+1
        rts

; Puts A to its place; Z = 1: it was the last one.
keep:
        sta     (place),y
        inc     place
        bne     @count
        inc     place+1
@count: lda     size
        bne     @low
        dec     size+1
@low:   dec     size
        lda     size
        ora     size+1
        rts

; Do `size` bytes from `place` on lie in the memory of programs?
check_room:
        lda     place+1
        cmp     #>FREE_START
        bcc     @wrong
        lda     size+2
        ora     size+3
        bne     @wrong
        clc
        lda     place
        adc     size
        tax
        lda     place+1
        adc     size+1
        bcs     @wrong
        cpx     #<(FREE_END+1)
        sbc     #>(FREE_END+1)
        bcs     @wrong
        rts
@wrong: fail    "the file does not fit into $0800-$3FFF"

; Finds the file that the path in `line` from `position` on names -> `cluster` and `size`. Changes all.
open_path:
        jsr     walk_to_last
        lda     name
        cmp     #' '
        beq     @unnamed
        jsr     find_entry
        bcs     @missing
        lda     attribute
        and     #IS_DIRECTORY
        bne     @directory
        ldy     #ENTRY_BYTES+3
        ldx     #3
@size:  lda     (entry),y
        sta     size,x
        dey
        dex
        bpl     @size
        rts
@unnamed:
        fail    "which file?"
@missing:
        jmp     missing
@directory:
        fail    "that is a directory"

; -> `cluster` = the directory that the path names.
walk:
        jsr     walk_to_last
        lda     name
        cmp     #' '
        beq     @here
        jmp     enter
@here:  rts

; Walks to the directory that holds the path's last name -> `cluster` = that directory, `name`: blank if there is none.
walk_to_last:
        ldx     #3
@copy:  lda     directory,x
        sta     cluster,x
        dex
        bpl     @copy
        ldx     position
        lda     line,x
        cmp     #'/'
        bne     @part
        inc     position
        stz     cluster
        stz     cluster+1
        stz     cluster+2
        stz     cluster+3
@part:  jsr     parse_name
        ldx     position
        lda     line,x
        cmp     #'/'
        bne     @last
        inc     position
        jsr     enter
        bra     @part
@last:  rts

; `cluster` = the directory `name` in it.
enter:
        jsr     find_entry
        bcc     @found
        lda     name                    ; the root has no entry of its own
        cmp     #'.'
        bne     missing
        lda     name+1
        cmp     #' '
        beq     @done
        bne     missing
@found: lda     attribute
        and     #IS_DIRECTORY
        bne     @done
        fail    "that is not a directory"
@done:  rts

missing:
        fail    "there is no such file"

; The name at `position` of `line` -> `name`: eight characters and three, in capitals.
parse_name:
        ldx     #10
        lda     #' '
@blank: sta     name,x
        dex
        bpl     @blank
        ldy     position
        ldx     #0
        lda     line,y
        cmp     #'.'
        bne     @next
@dots:  sta     name,x                  ; . and ..
        inx
        iny
        lda     line,y
        cmp     #'.'
        bne     @end
        cpx     #2
        bcc     @dots
        bcs     @wrong
@next:  lda     line,y
        cmp     #'.'
        beq     @dot
        jsr     is_end
        bcs     @end
        cpx     #8
        beq     @wrong
        cpx     #11
        beq     @wrong
        jsr     capital
        sta     name,x
        inx
        iny
        bra     @next
@dot:   cpx     #9
        bcs     @wrong
        ldx     #8
        iny
        lda     line,y
@type:  jsr     is_end
        bcs     @end
        cpx     #11
        beq     @wrong
        jsr     capital
        sta     name,x
        inx
        iny
        lda     line,y
        cmp     #'.'
        bne     @type
@wrong: fail    "a name has 8 characters, a dot, and 3"
@end:   sty     position
        rts

; Does A end a name? -> C. Keeps A.
is_end:
        cmp     #'/'
        beq     @yes
        cmp     #'"'
        beq     @yes
        cmp     #' '+1
        bcc     @yes
        clc
        rts
@yes:   sec
        rts

capital:
        cmp     #'a'
        bcc     @done
        cmp     #'z'+1
        bcs     @done
        and     #%11011111
@done:  rts

; Looks for `name` in the directory `cluster` -> C = 0, `entry`, `attribute`, `cluster` = the found one's; C = 1: none.
find_entry:
        jsr     stream_open
@sector:
        jsr     first_entry
        bcs     @none
@entry: ldy     #0
        lda     (entry),y
        beq     @none
        ldy     #ENTRY_ATTRIBUTE
        lda     (entry),y
        sta     attribute
        and     #IS_VOLUME
        bne     @next
        dey
@compare:
        lda     (entry),y
        cmp     name,y
        bne     @next
        dey
        bpl     @compare
        ldy     #ENTRY_CLUSTER
        lda     (entry),y
        sta     cluster
        iny
        lda     (entry),y
        sta     cluster+1
        stz     cluster+2
        stz     cluster+3
        lda     is_fat32
        beq     @found
        ldy     #ENTRY_CLUSTER_H
        lda     (entry),y
        sta     cluster+2
        iny
        lda     (entry),y
        sta     cluster+3
@found: clc
        rts
@next:  jsr     next_entry
        bne     @entry
        bra     @sector
@none:  sec
        rts

; Reads the directory's next sector; C = 1: there is none.
first_entry:
        jsr     stream_read
        lda     #<sector
        sta     entry
        lda     #>sector
        sta     entry+1
        rts

; Z = 1: the sector's entries are at their end. Keeps Y.
next_entry:
        clc
        lda     entry
        adc     #ENTRY_SIZE
        sta     entry
        bne     @done
        inc     entry+1
        lda     entry+1
        cmp     #>sector+2
@done:  rts

; Is it a file or a directory? -> C, `attribute`
is_shown:
        ldy     #ENTRY_ATTRIBUTE
        lda     (entry),y
        sta     attribute
        and     #IS_VOLUME
        bne     @no
        ldy     #0
        lda     (entry),y
        cmp     #$E5                    ; deleted
        beq     @no
        sec
        rts
@no:    clc
        rts

print_entry:
        ldy     #0
@name:  lda     (entry),y
        cmp     #' '
        beq     @named
        jsr     chrout
        iny
        cpy     #8
        bne     @name
@named: sty     pointer
        ldy     #8
        lda     (entry),y
        cmp     #' '
        beq     @padded
        lda     #'.'
        inc     pointer
@type:  jsr     chrout
        lda     (entry),y
        inc     pointer
        iny
        cpy     #12
        bcs     @over
        cmp     #' '
        bne     @type
@over:  dec     pointer
@padded:
        lda     #14
        sec
        sbc     pointer
        tax
        jsr     spaces
        lda     attribute
        and     #IS_DIRECTORY
        bne     @directory
        ldy     #ENTRY_BYTES+3
        ldx     #3
@size:  lda     (entry),y
        sta     number,x
        dey
        dex
        bpl     @size
        ldx     #10
        jsr     print_decimal
        jmp     newline
@directory:
        say     " directory"
        jmp     newline
