"""Virtual machines for the computers and consoles of old."""
