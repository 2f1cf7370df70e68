"""A minimal 6502 computer: a processor, memory, and a MOS 6551 as its only way out.

| address     | size   | what                                           | option |
|-------------|--------|------------------------------------------------|--------|
| $0000-$7FFF | 32 KiB | RAM                                            | `ram`  |
| $8000-$80FF | 4, x64 | MOS 6551 ACIA: DATA, STATUS, COMMAND, CONTROL  | `acia` |
| $8100-$BFFF |        | nobody: a read gives what was last on the bus  |        |
| $C000-$FFFF | 16 KiB | ROM; a raw image makes it as large as itself   | `rom`  |

/IRQ of the ACIA is /IRQ of the processor. The ACIA has a crystal of its own; its CTS, DSR and DCD are ready.

What goes where:

    raw bytes       a ROM that ends at $FFFF with its vectors; `rom` puts it elsewhere, `org` puts it into RAM
    HEX, S-records  go where they say, into RAM or ROM, and start where they say
    nothing given   the bundled monitor

Where a program begins by `start`, `org` or its file instead of by its own reset vector, the vector holds
that address at power-on. Without memory up there, six bytes of RAM at $FFFA hold the vectors.

The computer is the machine file `sbc6502.toml` beside this module.
"""

from pathlib import Path

from retrovm.machines.machine_file.opening import machine_file

SPEC = machine_file(Path(__file__).with_suffix(".toml"))
