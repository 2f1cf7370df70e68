; The monitor's RAM, 1 KiB: WORK_START to WORK_END.
; SPDX-License-Identifier: MIT

        .include "defs.inc"

        .segment "WORK"

list:           .res 256        ; bytes of a list, of an Intel HEX record
line:           .res LINE_SIZE
history:        .res HISTORY_LINES * LINE_SIZE          ; newest first, zero-terminated

signature:      .res 4          ; "MN65" when the rest survived a reset

; The program's registers while the monitor runs.
reg_pc:         .res 2
reg_a:          .res 1
reg_x:          .res 1
reg_y:          .res 1
reg_s:          .res 1
reg_p:          .res 1
running:        .res 1          ; not 0: the program has the CPU
launch_pc:      .res 2          ; where it starts
call_pc:        .res 2          ; PC to show again when a called subroutine has returned
irq_hook:       .res 2          ; routine for interrupts of others than the serial port

; Command loop and editor.
again:          .res 2          ; what an empty line does
next:           .res 2          ; where it goes on
prompt_char:    .res 1
quiet:          .res 1          ; not 0: this line is pasted faster than it could be echoed
after_cr:       .res 1          ; not 0: an LF now belongs to the CR before
recalled:       .res 1          ; which line of the history is shown; 0: none
colon_ends:     .res 1          ; not 0: a colon at the start is a whole line
too_long:       .res 1          ; not 0: characters of this line did not fit

; Breakpoints and steps.
break_count:    .res 1
break_low:      .res BREAKPOINTS
break_high:     .res BREAKPOINTS
break_opcode:   .res BREAKPOINTS                        ; what BRK stands for while `breaks_in`
breaks_in:      .res 1
step_code:      .res 9          ; a copy of one instruction, and the ways out of it
step_then_run:  .res 1          ; not 0: this step only passes a breakpoint
step_count:     .res 1

; Commands.
row:            .res 16         ; the bytes of a line of memory
row_size:       .res 1
list_length:    .res 1
temp:           .res 2

; Intel HEX.
load_line:      .res 2          ; line number, from 1
load_column:    .res 1
load_bytes:     .res 2          ; bytes stored
load_low:       .res 2          ; lowest and highest address stored
load_high:      .res 2
load_count:     .res 1          ; this record's length, type, sum
load_type:      .res 1
load_sum:       .res 1
load_char:      .res 1          ; the last character read
load_first:     .res 1          ; not 0: the colon was read by the line editor
error_count:    .res 2
error_line_low: .res LOAD_ERRORS
error_line_high:.res LOAD_ERRORS
error_column:   .res LOAD_ERRORS
error_code:     .res LOAD_ERRORS
error_a:        .res LOAD_ERRORS                        ; two numbers for the message
error_b:        .res LOAD_ERRORS

; XMODEM.
x_block:        .res 1          ; the number of the block
x_ask:          .res 1          ; what asks for a block: C wants a CRC, NAK a checksum
x_tries:        .res 1          ; how often yet
x_timer:        .res 3          ; until patience ends

        .segment "RING"

rx_ring:        .res 256
