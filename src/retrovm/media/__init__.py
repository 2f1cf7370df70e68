"""From bytes to media: what a file is, and what is in it. No emulation here."""
