"""Machines, one file each."""
