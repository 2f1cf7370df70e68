; The monitor's zero page: $D0-$FF. Programs have $00-$CF.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "ZEROPAGE"

str:            .res 2          ; the string being printed
ptr:            .res 2          ; walks through tables and memory
first:          .res 2          ; first and last address of a range
last:           .res 2
dest:           .res 2          ; where bytes go
number:         .res 2          ; the number just parsed
digits:         .res 1          ; how many digits it had
pos:            .res 1          ; parser: index of the next character of `line`
token:          .res 1          ; parser: where the current number began
count:          .res 2          ; what a command counts
length:         .res 1          ; editor: characters in `line`
cursor:         .res 1          ; editor: the cursor's index in `line`
saved_char:     .res 1          ; serial port: the character just fetched
last_sent:      .res 1          ; serial port: the character sent last
check:          .res 2          ; XMODEM: the checksum or CRC of a block, high byte first

; Serial port. `rx_head` is written by the receiver, `rx_tail` by the reader.
rx_head:        .res 1          ; where the next received byte goes in `rx_ring`
rx_tail:        .res 1          ; where the next byte is read; equal to rx_head: the ring is empty
rx_stopped:     .res 1          ; not 0: RTS is high
rx_lost:        .res 1          ; not 0: a byte came and found no room
tx_age:         .res 1          ; receptions until the transmitter is certainly quiet
interrupted:    .res 1          ; not 0: a ^C was received and not read yet
