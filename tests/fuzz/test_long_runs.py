"""Programs of random instructions, for 10,000 frames on each member of the CHIP-8 family."""

import random

import hostile
import pytest

import retrovm
from retrovm.cpu import chip8

FRAMES = 10_000
PROGRAMS = 10                     # each
LEG = 250                         # frames between two changes of the keys, and a new start of a program that has halted
ORIGIN = 0x200
SYSTEM = "00E0 00EE 00B3 00C5 00D4 00FB 00FC 00FD 00FE 00FF 0111 0112 0300 0400 0580 0600 0700 0801 0804 0900".split()
KEYS = (0x9E, 0xA1, 0xF2, 0xF5, 0xF6)
EXTRAS = (0x00, 0x01, 0x02, 0x07, 0x0A, 0x15, 0x18, 0x1B, 0x1E, 0x29, 0x30, 0x33, 0x3A, 0x4F, 0x55, 0x65, 0x75, 0x85, 0xE3,
          0xE7, 0xF8)


def instruction(noise, words):
    """A word that most members take for an instruction, with jumps into a program of so many words."""
    group = noise.choice(range(16))
    x = noise.randrange(16) << 8
    target = noise.randrange(ORIGIN, ORIGIN + 2 * words, 2) & 0xFFF
    if group == 0:
        return int(noise.choice(SYSTEM), 16)
    if group in (1, 2, 0xB):
        return group << 12 | target
    if group in (5, 9):
        return group << 12 | x | noise.randrange(256) & 0xF3
    if group == 0xE:
        return 0xE000 | x | noise.choice(KEYS)
    if group == 0xF:
        return 0xF000 | x | noise.choice(EXTRAS)
    return group << 12 | noise.randrange(4096)


def program(noise):
    """Mostly such instructions; now and then any bytes, as many as fit into the smallest memory."""
    if noise.random() < 0.25:
        return noise.randbytes(noise.randrange(1, 3000))
    words = noise.randrange(8, 1600)
    return b"".join(instruction(noise, words).to_bytes(2, "big") for _ in range(words))


def run(variant, seed):
    """The state and the reasons of halts after so many frames of a random program, driven at random."""
    noise = random.Random(seed)
    vm = retrovm.create("chip8", program(noise), name="program.ch8", format="ch8", variant=variant, seed=seed,
                        tickrate=noise.choice((7, 100, 1000)))
    reasons = set()
    for _ in range(FRAMES // LEG):
        for key in range(16):
            (vm.button_press if noise.random() < 0.2 else vm.button_release)(f"{key:x}")
        with hostile.no_hang():
            vm.tick(LEG)
        assert 0 <= vm.cpu.pc <= vm.cpu.bus.size - 2
        if vm.cpu.halted:
            reasons.add(vm.cpu.halted.split()[-1])
            vm.cpu.pc = noise.randrange(ORIGIN, 0x600, 2)
    assert vm.frame == FRAMES
    assert vm.screen.ndarray.shape[:2] == vm.screen.size[::-1]
    return vm, reasons


@pytest.mark.parametrize("variant", chip8.VARIANTS)
def test_random_programs_run_10_000_frames_and_do_so_again(variant):
    halted = set()
    for seed in range(PROGRAMS):
        vm, reasons = run(variant, seed)
        halted |= reasons
    assert halted, "no program met an instruction that it cannot have"
    assert run(variant, seed)[0].state_hash() == vm.state_hash()
