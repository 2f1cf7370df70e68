"""A small 6502 machine for tests: RAM everywhere, the medium at $0200, a reset vector that points there."""

from fractions import Fraction

from retrovm import spec
from retrovm.core.memory import Memory
from retrovm.core.ports import Buttons, Serial
from retrovm.core.screen import Screen
from retrovm.cpu.mos6502 import Mos6502

START = 0x0200


def wire(machine, media, options):
    bus = machine.add_bus()
    image = bytearray(0x10000)
    program = b"" if media is None else media.image(START, 0x400, 0xEA)
    image[START : START + len(program)] = program
    image[0xFFFC:0xFFFE] = START.to_bytes(2, "little")
    bus.map(0, 0x10000, machine.add(Memory("ram", contents=image)))
    machine.add(Screen("screen", 8, 4, [0x000000, 0xFF8000]))
    machine.add(Buttons("keys", ["left", "right", "fire"]))
    machine.add(Serial("serial"))
    machine.add(Mos6502(bus=bus, period=options["divider"]))


def judge(media):
    return spec.Judgement(0.9, "it was written for the tests")


def clock_rate(options):
    return options["clock_hz"]


def frame_rate(options):
    return Fraction(100)


SPEC = spec.MachineSpec(
    id="tiny",
    title="Tiny",
    summary="a machine for tests",
    family="6502",
    wire=wire,
    clock_rate=clock_rate,
    frame_rate=frame_rate,
    judge=judge,
    options=(
        spec.Option(name="clock_hz", help="ticks a second", default=Fraction(1_000_000), parse=spec.rate),
        spec.Option(name="divider", help="ticks a cycle", default=1, parse=spec.integer(1, 16)),
    ),
    ports=(spec.Port(name="keys", title="Keys", buttons=(spec.Button(name="left", label="Left"),)),),
    formats=("binary",),
)

# multiply: A = A * X by adding, with a local loop; then main counts $10 up for ever.
PROGRAM = bytes.fromhex(
    "E610"        # 0200 main:     INC $10
    "4C0002"      # 0202           JMP main
    "8520"        # 0205 multiply: STA $20
    "A900"        # 0207           LDA #0
    "E000"        # 0209 loop:     CPX #0
    "F007"        # 020B           BEQ done
    "18"          # 020D           CLC
    "6520"        # 020E           ADC $20
    "CA"          # 0210           DEX
    "4C0902"      # 0211           JMP loop
    "60"          # 0214 done:     RTS
    "4C1502"      # 0215 forever:  JMP forever
    "02"          # 0218 stop:     JAM
)
MULTIPLY, LOOP, FOREVER, STOP = 0x0205, 0x0209, 0x0215, 0x0218
