; The 256 opcodes of the W65C02S: name and addressing mode. Row: high digit, column: low digit.
; SPDX-License-Identifier: MIT
;
; The bit that BBR, BBS, RMB and SMB name is the row's, modulo 8: the disassembler shows it.

        .include "defs.inc"
        .include "modes.inc"

; A name's number is its place in `mnemonics`.
.macro  mnemonic name
        .ident (.concat ("_", .string (name))) = (* - mnemonics) / 3
        .byte   .string (name)
.endmacro

        .segment "RODATA"

mnemonics:
        mnemonic ADC
        mnemonic AND
        mnemonic ASL
        mnemonic BBR
        mnemonic BBS
        mnemonic BCC
        mnemonic BCS
        mnemonic BEQ
        mnemonic BIT
        mnemonic BMI
        mnemonic BNE
        mnemonic BPL
        mnemonic BRA
        mnemonic BRK
        mnemonic BVC
        mnemonic BVS
        mnemonic CLC
        mnemonic CLD
        mnemonic CLI
        mnemonic CLV
        mnemonic CMP
        mnemonic CPX
        mnemonic CPY
        mnemonic DEC
        mnemonic DEX
        mnemonic DEY
        mnemonic EOR
        mnemonic INC
        mnemonic INX
        mnemonic INY
        mnemonic JMP
        mnemonic JSR
        mnemonic LDA
        mnemonic LDX
        mnemonic LDY
        mnemonic LSR
        mnemonic NOP
        mnemonic ORA
        mnemonic PHA
        mnemonic PHP
        mnemonic PHX
        mnemonic PHY
        mnemonic PLA
        mnemonic PLP
        mnemonic PLX
        mnemonic PLY
        mnemonic RMB
        mnemonic ROL
        mnemonic ROR
        mnemonic RTI
        mnemonic RTS
        mnemonic SBC
        mnemonic SEC
        mnemonic SED
        mnemonic SEI
        mnemonic SMB
        mnemonic STA
        mnemonic STP
        mnemonic STX
        mnemonic STY
        mnemonic STZ
        mnemonic TAX
        mnemonic TAY
        mnemonic TRB
        mnemonic TSB
        mnemonic TSX
        mnemonic TXA
        mnemonic TXS
        mnemonic TYA
        mnemonic WAI

opcode_name:
        .byte   _BRK, _ORA, _NOP, _NOP, _TSB, _ORA, _ASL, _RMB, _PHP, _ORA, _ASL, _NOP, _TSB, _ORA, _ASL, _BBR  ; 0x
        .byte   _BPL, _ORA, _ORA, _NOP, _TRB, _ORA, _ASL, _RMB, _CLC, _ORA, _INC, _NOP, _TRB, _ORA, _ASL, _BBR  ; 1x
        .byte   _JSR, _AND, _NOP, _NOP, _BIT, _AND, _ROL, _RMB, _PLP, _AND, _ROL, _NOP, _BIT, _AND, _ROL, _BBR  ; 2x
        .byte   _BMI, _AND, _AND, _NOP, _BIT, _AND, _ROL, _RMB, _SEC, _AND, _DEC, _NOP, _BIT, _AND, _ROL, _BBR  ; 3x
        .byte   _RTI, _EOR, _NOP, _NOP, _NOP, _EOR, _LSR, _RMB, _PHA, _EOR, _LSR, _NOP, _JMP, _EOR, _LSR, _BBR  ; 4x
        .byte   _BVC, _EOR, _EOR, _NOP, _NOP, _EOR, _LSR, _RMB, _CLI, _EOR, _PHY, _NOP, _NOP, _EOR, _LSR, _BBR  ; 5x
        .byte   _RTS, _ADC, _NOP, _NOP, _STZ, _ADC, _ROR, _RMB, _PLA, _ADC, _ROR, _NOP, _JMP, _ADC, _ROR, _BBR  ; 6x
        .byte   _BVS, _ADC, _ADC, _NOP, _STZ, _ADC, _ROR, _RMB, _SEI, _ADC, _PLY, _NOP, _JMP, _ADC, _ROR, _BBR  ; 7x
        .byte   _BRA, _STA, _NOP, _NOP, _STY, _STA, _STX, _SMB, _DEY, _BIT, _TXA, _NOP, _STY, _STA, _STX, _BBS  ; 8x
        .byte   _BCC, _STA, _STA, _NOP, _STY, _STA, _STX, _SMB, _TYA, _STA, _TXS, _NOP, _STZ, _STA, _STZ, _BBS  ; 9x
        .byte   _LDY, _LDA, _LDX, _NOP, _LDY, _LDA, _LDX, _SMB, _TAY, _LDA, _TAX, _NOP, _LDY, _LDA, _LDX, _BBS  ; Ax
        .byte   _BCS, _LDA, _LDA, _NOP, _LDY, _LDA, _LDX, _SMB, _CLV, _LDA, _TSX, _NOP, _LDY, _LDA, _LDX, _BBS  ; Bx
        .byte   _CPY, _CMP, _NOP, _NOP, _CPY, _CMP, _DEC, _SMB, _INY, _CMP, _DEX, _WAI, _CPY, _CMP, _DEC, _BBS  ; Cx
        .byte   _BNE, _CMP, _CMP, _NOP, _NOP, _CMP, _DEC, _SMB, _CLD, _CMP, _PHX, _STP, _NOP, _CMP, _DEC, _BBS  ; Dx
        .byte   _CPX, _SBC, _NOP, _NOP, _CPX, _SBC, _INC, _SMB, _INX, _SBC, _NOP, _NOP, _CPX, _SBC, _INC, _BBS  ; Ex
        .byte   _BEQ, _SBC, _SBC, _NOP, _NOP, _SBC, _INC, _SMB, _SED, _SBC, _PLX, _NOP, _NOP, _SBC, _INC, _BBS  ; Fx

opcode_mode:
        .byte   IMP, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMP, ABS, ABS, ABS, ZPR  ; 0x
        .byte   REL, IZY, IZP, IMP, ZPG, ZPX, ZPX, ZPG, IMP, ABY, ACC, IMP, ABS, ABX, ABX, ZPR  ; 1x
        .byte   ABS, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMP, ABS, ABS, ABS, ZPR  ; 2x
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPX, ZPG, IMP, ABY, ACC, IMP, ABX, ABX, ABX, ZPR  ; 3x
        .byte   IMP, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMP, ABS, ABS, ABS, ZPR  ; 4x
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPX, ZPG, IMP, ABY, IMP, IMP, ABS, ABX, ABX, ZPR  ; 5x
        .byte   IMP, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMP, IND, ABS, ABS, ZPR  ; 6x
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPX, ZPG, IMP, ABY, IMP, IMP, IAX, ABX, ABX, ZPR  ; 7x
        .byte   REL, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMP, ABS, ABS, ABS, ZPR  ; 8x
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPY, ZPG, IMP, ABY, IMP, IMP, ABS, ABX, ABX, ZPR  ; 9x
        .byte   IMM, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMP, ABS, ABS, ABS, ZPR  ; Ax
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPY, ZPG, IMP, ABY, IMP, IMP, ABX, ABX, ABY, ZPR  ; Bx
        .byte   IMM, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMP, ABS, ABS, ABS, ZPR  ; Cx
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPX, ZPG, IMP, ABY, IMP, IMP, ABS, ABX, ABX, ZPR  ; Dx
        .byte   IMM, IZX, IMM, IMP, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMP, ABS, ABS, ABS, ZPR  ; Ex
        .byte   REL, IZY, IZP, IMP, ZPX, ZPX, ZPX, ZPG, IMP, ABY, IMP, IMP, ABS, ABX, ABX, ZPR  ; Fx
