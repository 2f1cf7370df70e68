"""Chips, one module per part number."""
