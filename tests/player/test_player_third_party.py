"""A machine of another package: window, sound, keys, menu, slots and rewinding are there without a line in the player."""

import os
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
import pytest
from player_bench import SteadyClock, Tape, Wall, down, up

import retrovm
from retrovm import registry
from retrovm.player.app import Player, deck_of
from retrovm.player.pacing import Pacer
from retrovm.player.sdl import sdl2
from retrovm.player.settings import Settings

# A handheld with two buttons: a pixel moves while "go" is held, and a tone sounds while "horn" is.
MACHINE = '''
from fractions import Fraction

from retrovm.core.audio import Audio
from retrovm.core.memory import Memory
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen
from retrovm.cpu import Chip8
from retrovm.spec import Button, Judgement, MachineSpec, Port

PADS = (Port(name="pad", title="Pad", buttons=tuple(
    Button(name=f"{number:x}", label={5: "go", 6: "horn"}.get(number, "-"), keys={5: ("KeyG",), 6: ("KeyH",)}.get(number, ()))
    for number in range(16))),)


def wire(machine, media, options):
    bus = machine.add_bus(0x1000, 0x100)
    contents = bytearray(0x200) + (media.segments[0].data if media is not None else b"")
    bus.map(0, 0x1000, machine.add(Memory("ram", contents=bytes(contents), size=0x1000)))
    pad = machine.add(Buttons("pad", [button.name for button in PADS[0].buttons]))
    other = machine.add(Buttons("other", [f"x{number}" for number in range(16)]))
    audio = machine.add(Audio("audio", machine.clock))
    screen = Screen("screen", 64, 32, (0x102030, 0xFFEEDD), aspect=Fraction(4, 3), planes=1)
    machine.add(Chip8("cpu", bus, pad, screen, audio, keypad2=other, profile="chip8", start=0x200, seed=1, period=1))
    machine.add(screen)


SPEC = MachineSpec(
    id="handheld", title="Handheld", summary="two buttons", family="handheld", wire=wire, ports=PADS, formats=("binary",),
    clock_rate=lambda options: Fraction(1200), frame_rate=lambda options: Fraction(60),
    judge=lambda media: Judgement(0.9, "it is a .hand file") if media.name.endswith(".hand") else None)
'''
PROGRAM = bytes.fromhex(
    "6205 6306 6000 6100"        # V2 and V3 the buttons, V0 and V1 the place
    "A21E"                       # I: the pixel
    "00E0 D011"                  # $20A: clear, draw
    "E2A1 7001"                  # while "go" is held: one to the right
    "E3A1 1218 120A"             # while "horn" is held: $218
    "6408 F418 120A"             # $218: sound
    "8000")


@pytest.fixture
def handheld(tmp_path, monkeypatch, sdl):
    """The package, installed; the machine with its program."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "handheld_machine.py").write_text(MACHINE)
    info = site / "handheld_machine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: handheld-machine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[retrovm.machines]\nhandheld = handheld_machine:SPEC\n")
    monkeypatch.syspath_prepend(str(site))
    registry.forget()
    assert any(Path(str(each._path)).parent == site for each in distributions())
    program = tmp_path / "walk.hand"
    program.write_bytes(PROGRAM)
    yield retrovm.load(str(program))
    registry.forget()
    sys.modules.pop("handheld_machine", None)


@pytest.fixture
def player(handheld, tmp_path):
    settings = Settings(None, None, tmp_path)
    player = Player(deck_of(handheld, settings), Wall(), Tape(), settings=settings)
    player.folder = tmp_path
    player.deck.pacer = Pacer(handheld.frame_rate, SteadyClock())
    yield player
    player.close()


def place(vm):
    """The column of the pixel."""
    return int(np.flatnonzero(vm.screen.indices.any(axis=0))[0])


def test_it_is_found_by_its_program(handheld):
    assert handheld.spec.id == "handheld"


def test_its_keys_move_what_is_in_the_window_and_make_its_sound(player, handheld):
    places = []
    player.display.script = {
        5: lambda: (places.append(place(handheld)), down("KeyG")),
        20: lambda: (up("KeyG"), places.append(place(handheld))),
        25: lambda: down("KeyH"), 35: lambda: up("KeyH"),
    }
    player.run(frames=45)
    assert places[0] == 0
    assert places[1] != 0
    assert any(player.sound.samples)
    assert player.display.titles[0] == "walk.hand - Handheld"


def test_it_is_saved_loaded_and_rewound(player, handheld):
    seen = {}
    player.display.script = {
        5: lambda: (seen.update(first=handheld.frame), down("F5", sdl2.SDLK_F5)),
        20: lambda: down("F8", sdl2.SDLK_F8),
        22: lambda: seen.update(loaded=handheld.frame),
        30: lambda: (seen.update(before=handheld.frame), down("Backspace", sdl2.SDLK_BACKSPACE)),
        36: lambda: (seen.update(after=handheld.frame), up("Backspace", sdl2.SDLK_BACKSPACE)),
    }
    player.run(frames=40)
    assert seen["loaded"] < seen["first"] + 5
    assert seen["after"] < seen["before"]


def test_the_menu_has_its_buttons_and_its_slots(player):
    titles = [entry.text for entry in player.pages.buttons().entries()]
    assert titles[0] == "Pad"
    assert "go" in titles
    assert "horn" in titles
    player.menu.open(player.pages.slots(saving=True))
    assert len(player.menu.page.entries()) == 10
    assert player.pages.help().pixels.any()


def test_the_command_plays_it_in_a_window_that_nobody_sees(handheld, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
    done = subprocess.run([sys.executable, "-m", "retrovm", "play", "walk.hand", "--frames", "30", "--stats"], cwd=tmp_path,
                          env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "machine" in done.stderr
