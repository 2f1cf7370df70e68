"""A folder of tests that end in every way there is, for tests of what is reported about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

# CHIP-8: draws the digit 0 at the top left, and stays at $0206.
DIGIT = bytes.fromhex("60 00 F0 29 D0 05 12 06")

# 6502: counts X down to zero, and stays at $0406.
COUNT = bytes.fromhex("A2 05 CA D0 FD E8 4C 06 04")

# 6502: sends what stands behind the program through the ACIA of sbc6502, and stays at $0423.
HELLO = bytes.fromhex("A9 0B 8D 02 80 A9 1F 8D 03 80 A2 00 BD 26 04 F0 12 48 AD 01 80 29 10 F0 F9 68 8D 00 80"
                      "E8 D0 EC EA EA EA 4C 23 04") + b"HI <b>\x01\x00"

SBC = 'machine = "sbc6502"\n'
FLAT = SBC + 'options = { org = 0x0400, ram = "$0000-$FFFF", acia = "none" }\n'

TESTS = {
    "a digit is drawn": 'rom = "digit.ch8"\nmachine = "chip8"\nlimit = { frames = 9 }\njudge = "screen"\n'
                        'sha1 = "6ba63cc1a3a5fe9b1fdcd1a46f95d4a6b6a9e1a6"\n',
    "the picture is the golden one": 'rom = "digit.ch8"\nmachine = "chip8"\nlimit = { frames = 9 }\njudge = "screen"\n'
                                     'golden = "blank.png"\n',
    "it traps where it should": f'rom = "count.bin"\n{FLAT}judge = "trap"\nstart = 0x0400\nsuccess = 0x0500\n'
                                'limit = { cycles = 200_000 }\n',
    "memory <& \\\"more\\\"": f'rom = "count.bin"\n{FLAT}judge = "memory"\nat = 0x0400\nbytes = "A2 06"\n'
                            'limit = { cycles = 100 }\n',
    "it says goodbye": f'rom = "hello.bin"\n{SBC}options = {{ org = 0x0400 }}\njudge = "serial"\ntext = "BYE"\n'
                       'limit = { cycles = 100_000 }\n',
    "memory is as it was": f'rom = "count.bin"\n{FLAT}judge = "memory"\nat = 0x0400\nbytes = "A2 05"\n'
                           'limit = { cycles = 100 }\n',
    "it is not done yet": f'rom = "count.bin"\n{FLAT}judge = "memory"\nat = 0x0400\nbytes = "00"\n'
                          'limit = { cycles = 100 }\nknown_failure = "nobody has written it # TODO"\n',
    "data of others": f'rom = "$RETROVM_TESTDATA/there/is/none.bin"\n{FLAT}judge = "memory"\nat = 0\nbytes = "00"\n'
                      'limit = { cycles = 100 }\n',
}
FAILED = 5
"""How many of them fail; of the others one passes, one is known to fail, and one is skipped."""


def write(folder: Path) -> Path:
    """Writes the folder and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digit.ch8").write_bytes(DIGIT)
    (folder / "count.bin").write_bytes(COUNT)
    (folder / "hello.bin").write_bytes(HELLO)
    Image.fromarray(np.zeros((32, 64, 3), np.uint8)).save(folder / "blank.png")
    tests = "".join(f'[[test]]\nname = "{name}"\n{keys}\n' for name, keys in TESTS.items())
    (folder / "suite.toml").write_text(f'[suite]\ntitle = "every outcome"\n\n{tests}')
    return folder
