"""Ben Eater's 6502 breadboard computer.

| address     | what                                                                 | option |
|-------------|----------------------------------------------------------------------|--------|
| $0000-$3FFF | RAM: one half of a 62256                                             | `ram`  |
| $4000-$4FFF | nobody: a read gives what was last on the bus                        |        |
| $5000-$5FFF | ACIA 6551, its four registers again and again; programs use $5000    | `acia` |
| $6000-$7FFF | VIA W65C22, its sixteen registers again and again; programs use $6000 | `via`  |
| $8000-$FFFF | ROM 28C256                                                           | `rom`  |

The computer is the machine file `eater.toml` beside this module; docs/machines/eater.md tells its options.

Sources: eater-6502.
"""

from pathlib import Path

from retrovm.machines.machine_file.opening import machine_file

SPEC = machine_file(Path(__file__).with_suffix(".toml"))
