"""Processors, one module per instruction-set family."""
