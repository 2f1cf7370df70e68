; The words: first statements, then functions, then those within expressions and statements.
; SPDX-License-Identifier: MIT

        .include "board.inc"
        .include "basic.inc"

        .import print_statement, if_statement, goto, gosub, return, for, next, input, remark, end, stop, run, dim, poke, sys
        .import load, assign, peek, absolute, length, code, random

.macro  word    name, routine
        .byte   name, 0
        .word   routine
.endmacro

        .segment "RODATA"

statements:
        word    "PRINT", print_statement
        word    "LET", assign
        word    "IF", if_statement
        word    "GOTO", goto
        word    "GOSUB", gosub
        word    "RETURN", return
        word    "FOR", for
        word    "NEXT", next
        word    "INPUT", input
        word    "REM", remark
        word    "END", end
        word    "STOP", stop
        word    "RUN", run
        word    "LIST", list
        word    "NEW", new_statement
        word    "LOAD", load
        word    "DIM", dim
        word    "POKE", poke
        word    "SYS", sys
        .byte   0
functions:
        word    "PEEK", peek
        word    "ABS", absolute
        word    "LEN", length
        word    "ASC", code
        word    "RND", random
        .byte   0
and_word:
        word    "AND", 0
or_word:
        word    "OR", 0
then_word:
        word    "THEN", 0
to_word:
        word    "TO", 0
step_word:
        word    "STEP", 0
chr_word:
        word    "CHR$", 0

        .assert * - statements < 256, error, "the words fill more than an index reaches"

        .export then_word, to_word, step_word, chr_word

        .segment "CODE"

new_statement:
        jsr     new_program
        jmp     warm
