"""One table per instruction set. Execution, assembler, disassembler and documentation come from it."""
