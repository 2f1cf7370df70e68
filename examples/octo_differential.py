"""Compares a CHIP-8 of retrovm with another emulator, frame by frame.

    python examples/octo_differential.py game.ch8 --tickrate 20 --frames 600 > mine.txt
    python examples/octo_differential.py game.ch8 --events events.json --expect theirs.txt

The machine is Octo's superset of the family under conventions that leave nothing open, so that any two emulators that
follow them agree in every number:

- 64 KiB of memory, zeroed; the digits at 0, those of 10 rows at $0050, the program at $0200; 12 return addresses; 64 x 32
  pixels, plane 1 selected; registers, timers and flag registers 0; no pattern of sound.
- A frame: the events of keys in their order, at most `tickrate` instructions, then DT and ST count down if they are not 0.
  FX0A ends the instructions of its frame, and those of every frame until a key is let go. With `vblank` the first DXYN ends
  them too. An instruction that halts counts, and PC is behind it.
- CXNN draws once: state = (state * 1103515245 + 12345) mod 2**31, beginning with the seed, 1; the number is its bits 16 to 23.
- The picture is a byte a pixel, plane 1 + 2 * plane 2, row by row, 64 x 32 or 128 x 64 by the mode. Its SHA-1 is compared.

A line a frame: its number, the SHA-1, the instructions and random numbers so far, PC, I, DT, ST, the depth of the stack and
V0 to VF. Events are a JSON list of [frame, "d" or "u", key]: key 0 to 15 goes down or up before that frame, counted from 1.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import retrovm

FLAGS = ("shift", "load_store", "vf_order", "clip", "jump", "logic", "vblank")

Event = tuple[int, str, int]


def machine(rom, tickrate: int = 20, font: str = "octo", seed: int = 1, **flags: bool) -> retrovm.VM:
    """The machine of the conventions: `rom` is a path or bytes, `flags` are those of FLAGS that are on."""
    return retrovm.create("chip8", rom=rom, name=None if isinstance(rom, str | Path) else "program.ch8", variant="octo",
                          tickrate=tickrate, font=font, seed=seed, **dict.fromkeys(FLAGS, False) | flags)


def lines(vm: retrovm.VM, frames: int, events: Iterable[Event] = ()) -> Iterator[str]:
    """What the machine is after each frame, as a line of text."""
    waiting = sorted(events, key=lambda event: event[0])           # stable: the order within a frame stays
    for frame in range(1, frames + 1):
        while waiting and waiting[0][0] <= frame:
            _, what, key = waiting.pop(0)
            (vm.button_press if what == "d" else vm.button_release)(f"{key:x}")
        vm.tick()
        found = vm.cpu.registers
        digest = hashlib.sha1(vm.screen.indices.tobytes(), usedforsecurity=False).hexdigest()
        registers = "".join(f"{found[f'v{n:x}']:02x}" for n in range(16))
        yield (f"{frame} {digest} {vm.cpu.instructions} {vm.cpu.draws} pc={found['pc']:04x} i={found['i']:04x} "
               f"dt={found['dt']} st={found['st']} sp={found['sp']} v={registers}")


def main(arguments: list[str] | None = None) -> int:
    """Prints the lines, or compares them with those of a file: 0 equal, 1 not."""
    parser = argparse.ArgumentParser(description="Compare a CHIP-8 with another emulator, frame by frame.")
    parser.add_argument("rom", type=Path)
    parser.add_argument("--tickrate", type=int, default=20, help="instructions a frame")
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--font", default="octo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=Path, help="JSON list of [frame, \"d\" or \"u\", key]")
    parser.add_argument("--expect", type=Path, help="lines of another run, to compare with")
    for flag in FLAGS:
        parser.add_argument(f"--{flag.replace('_', '-')}", action="store_true")
    given = parser.parse_args(arguments)
    vm = machine(given.rom, given.tickrate, given.font, given.seed, **{flag: getattr(given, flag) for flag in FLAGS})
    events = json.loads(given.events.read_text(encoding="utf-8")) if given.events else []
    mine = lines(vm, given.frames, events)
    if given.expect is None:
        for line in mine:
            print(line)
        return 0
    for line, theirs in zip(mine, given.expect.read_text(encoding="utf-8").splitlines(), strict=False):
        if line != theirs:
            print(f"mine    {line}\ntheirs  {theirs}")
            return 1
    print("equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
