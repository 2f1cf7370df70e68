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

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.machines.machine_file.opening import machine_file
from retrovm.media.eater_lcd import is_wired_for_4_bits

if TYPE_CHECKING:
    from retrovm.media import Media
    from retrovm.spec import Judgement

BOARD = machine_file(Path(__file__).with_suffix(".toml"))


def judge(media: Media) -> Judgement | None:
    """How like a program for this computer a medium looks, and which of the two usual wirings of the LCD it is for."""
    likeness = BOARD.judge(media) if BOARD.judge is not None else None
    if likeness is None or not is_wired_for_4_bits(media):
        return likeness
    return replace(likeness, reason=f"{likeness.reason}; it drives PB4 to PB6 and never PA5 to PA7, so the LCD is wired for 4 bits",
                   options={**likeness.options, "lcd": "4-bit"})


SPEC = replace(BOARD, judge=judge)
