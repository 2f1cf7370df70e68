"""Instruction sets as tables, with the assemblers and disassemblers that read them."""
