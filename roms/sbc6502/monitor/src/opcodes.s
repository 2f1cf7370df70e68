; The 256 opcodes of the NMOS 6502: name and addressing mode. Row: high digit, column: low digit.
; SPDX-License-Identifier: MIT
;
; The undocumented ones are named as is usual for the NMOS chip; JAM locks the CPU up.

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
        mnemonic ALR
        mnemonic ANC
        mnemonic AND
        mnemonic ANE
        mnemonic ARR
        mnemonic ASL
        mnemonic BCC
        mnemonic BCS
        mnemonic BEQ
        mnemonic BIT
        mnemonic BMI
        mnemonic BNE
        mnemonic BPL
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
        mnemonic DCP
        mnemonic DEC
        mnemonic DEX
        mnemonic DEY
        mnemonic EOR
        mnemonic INC
        mnemonic INX
        mnemonic INY
        mnemonic ISC
        mnemonic JAM
        mnemonic JMP
        mnemonic JSR
        mnemonic LAS
        mnemonic LAX
        mnemonic LDA
        mnemonic LDX
        mnemonic LDY
        mnemonic LSR
        mnemonic LXA
        mnemonic NOP
        mnemonic ORA
        mnemonic PHA
        mnemonic PHP
        mnemonic PLA
        mnemonic PLP
        mnemonic RLA
        mnemonic ROL
        mnemonic ROR
        mnemonic RRA
        mnemonic RTI
        mnemonic RTS
        mnemonic SAX
        mnemonic SBC
        mnemonic SBX
        mnemonic SEC
        mnemonic SED
        mnemonic SEI
        mnemonic SHA
        mnemonic SHX
        mnemonic SHY
        mnemonic SLO
        mnemonic SRE
        mnemonic STA
        mnemonic STX
        mnemonic STY
        mnemonic TAS
        mnemonic TAX
        mnemonic TAY
        mnemonic TSX
        mnemonic TXA
        mnemonic TXS
        mnemonic TYA

opcode_name:
        .byte   _BRK, _ORA, _JAM, _SLO, _NOP, _ORA, _ASL, _SLO, _PHP, _ORA, _ASL, _ANC, _NOP, _ORA, _ASL, _SLO  ; 0x
        .byte   _BPL, _ORA, _JAM, _SLO, _NOP, _ORA, _ASL, _SLO, _CLC, _ORA, _NOP, _SLO, _NOP, _ORA, _ASL, _SLO  ; 1x
        .byte   _JSR, _AND, _JAM, _RLA, _BIT, _AND, _ROL, _RLA, _PLP, _AND, _ROL, _ANC, _BIT, _AND, _ROL, _RLA  ; 2x
        .byte   _BMI, _AND, _JAM, _RLA, _NOP, _AND, _ROL, _RLA, _SEC, _AND, _NOP, _RLA, _NOP, _AND, _ROL, _RLA  ; 3x
        .byte   _RTI, _EOR, _JAM, _SRE, _NOP, _EOR, _LSR, _SRE, _PHA, _EOR, _LSR, _ALR, _JMP, _EOR, _LSR, _SRE  ; 4x
        .byte   _BVC, _EOR, _JAM, _SRE, _NOP, _EOR, _LSR, _SRE, _CLI, _EOR, _NOP, _SRE, _NOP, _EOR, _LSR, _SRE  ; 5x
        .byte   _RTS, _ADC, _JAM, _RRA, _NOP, _ADC, _ROR, _RRA, _PLA, _ADC, _ROR, _ARR, _JMP, _ADC, _ROR, _RRA  ; 6x
        .byte   _BVS, _ADC, _JAM, _RRA, _NOP, _ADC, _ROR, _RRA, _SEI, _ADC, _NOP, _RRA, _NOP, _ADC, _ROR, _RRA  ; 7x
        .byte   _NOP, _STA, _NOP, _SAX, _STY, _STA, _STX, _SAX, _DEY, _NOP, _TXA, _ANE, _STY, _STA, _STX, _SAX  ; 8x
        .byte   _BCC, _STA, _JAM, _SHA, _STY, _STA, _STX, _SAX, _TYA, _STA, _TXS, _TAS, _SHY, _STA, _SHX, _SHA  ; 9x
        .byte   _LDY, _LDA, _LDX, _LAX, _LDY, _LDA, _LDX, _LAX, _TAY, _LDA, _TAX, _LXA, _LDY, _LDA, _LDX, _LAX  ; Ax
        .byte   _BCS, _LDA, _JAM, _LAX, _LDY, _LDA, _LDX, _LAX, _CLV, _LDA, _TSX, _LAS, _LDY, _LDA, _LDX, _LAX  ; Bx
        .byte   _CPY, _CMP, _NOP, _DCP, _CPY, _CMP, _DEC, _DCP, _INY, _CMP, _DEX, _SBX, _CPY, _CMP, _DEC, _DCP  ; Cx
        .byte   _BNE, _CMP, _JAM, _DCP, _NOP, _CMP, _DEC, _DCP, _CLD, _CMP, _NOP, _DCP, _NOP, _CMP, _DEC, _DCP  ; Dx
        .byte   _CPX, _SBC, _NOP, _ISC, _CPX, _SBC, _INC, _ISC, _INX, _SBC, _NOP, _SBC, _CPX, _SBC, _INC, _ISC  ; Ex
        .byte   _BEQ, _SBC, _JAM, _ISC, _NOP, _SBC, _INC, _ISC, _SED, _SBC, _NOP, _ISC, _NOP, _SBC, _INC, _ISC  ; Fx

opcode_mode:
        .byte   IMP, IZX, IMP, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMM, ABS, ABS, ABS, ABS  ; 0x
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPX, ZPX, IMP, ABY, IMP, ABY, ABX, ABX, ABX, ABX  ; 1x
        .byte   ABS, IZX, IMP, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMM, ABS, ABS, ABS, ABS  ; 2x
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPX, ZPX, IMP, ABY, IMP, ABY, ABX, ABX, ABX, ABX  ; 3x
        .byte   IMP, IZX, IMP, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMM, ABS, ABS, ABS, ABS  ; 4x
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPX, ZPX, IMP, ABY, IMP, ABY, ABX, ABX, ABX, ABX  ; 5x
        .byte   IMP, IZX, IMP, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, ACC, IMM, IND, ABS, ABS, ABS  ; 6x
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPX, ZPX, IMP, ABY, IMP, ABY, ABX, ABX, ABX, ABX  ; 7x
        .byte   IMM, IZX, IMM, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMM, ABS, ABS, ABS, ABS  ; 8x
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPY, ZPY, IMP, ABY, IMP, ABY, ABX, ABX, ABY, ABY  ; 9x
        .byte   IMM, IZX, IMM, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMM, ABS, ABS, ABS, ABS  ; Ax
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPY, ZPY, IMP, ABY, IMP, ABY, ABX, ABX, ABY, ABY  ; Bx
        .byte   IMM, IZX, IMM, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMM, ABS, ABS, ABS, ABS  ; Cx
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPX, ZPX, IMP, ABY, IMP, ABY, ABX, ABX, ABX, ABX  ; Dx
        .byte   IMM, IZX, IMM, IZX, ZPG, ZPG, ZPG, ZPG, IMP, IMM, IMP, IMM, ABS, ABS, ABS, ABS  ; Ex
        .byte   REL, IZY, IMP, IZY, ZPX, ZPX, ZPX, ZPX, IMP, ABY, IMP, ABY, ABX, ABX, ABX, ABX  ; Fx
