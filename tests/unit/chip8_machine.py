"""What the tests of the CHIP-8 share: machines made through the machine's own description."""

from retrovm.core.machine import Machine
from retrovm.machines.chip8 import SPEC
from retrovm.media import Media, Segment

ROOM_FOR_ALL = 1000     # instructions a frame where a test does not want frames to matter


def machine(program=b"", *, seed=1, **options):
    """A machine with the program, given as bytes or in hexadecimal, not started."""
    data = bytes.fromhex(program) if isinstance(program, str) else bytes(program)
    media = Media("test.ch8", data, "ch8", (Segment(None, data),)) if data else None
    parsed = SPEC.parse_options({"tickrate": ROOM_FOR_ALL, **options})
    made = Machine(SPEC.clock_rate(parsed), frame_rate=SPEC.frame_rate(parsed), seed=seed)
    SPEC.wire(made, media, parsed)
    made.reset(True)
    return made


def after(program, steps=None, registers=None, **options):
    """The machine after so many instructions; when not given, after all of the program."""
    made = machine(program, **options)
    if registers:
        made.cpu.registers = registers
    for _ in range(len(bytes.fromhex(program)) // 2 if steps is None else steps):
        made.step()
    return made


def v(made, *numbers):
    """The values of these V registers: one number, or a list."""
    found = [made.cpu.registers[f"v{n:x}"] for n in numbers]
    return found[0] if len(found) == 1 else found


def memory(made, start, size):
    return made.cpu.bus.peek_bytes(start, size)


def lit(made):
    """The places (x, y) of the pixels that the screen shows lit."""
    return {(int(x), int(y)) for y, x in zip(*made.screen.indices.nonzero(), strict=True)}
