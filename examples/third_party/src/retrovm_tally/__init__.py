"""The Tally: a machine, a processor, two chips and a file format that retrovm finds by entry points."""
