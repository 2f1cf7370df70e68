"""Draws the pictures of the documentation with retrovm itself.

    python docs/pictures.py            writes docs/pictures/*.png
    python docs/pictures.py --check    exits with 1 when a picture is not what the machines draw
"""

import argparse
import sys
from pathlib import Path

from player_pictures import PICTURES as OF_THE_PLAYER

import retrovm
from retrovm import bundled

FOLDER = Path(__file__).parent / "pictures"
SCALE = 4


def picture(program: str, frames: int, keys: tuple[tuple[int, str, int], ...] = (), scale: int = SCALE,
            **options: str) -> bytes:
    """A bundled program after so many frames; keys are (frame, key, for how many frames), in order."""
    vm = retrovm.load(bundled.find(program).file, machine=bundled.find(program).machine, **options)
    for frame, key, held in keys:
        vm.tick(frame - vm.frame, render=False)
        vm.button(key, held)
    vm.tick(frames - vm.frame - 1, render=False)
    vm.tick()
    return bytes(vm.screen.png(scale))


PICTURES = {
    "ember-title.png": lambda: picture("ember", 120),
    "ember.png": lambda: picture("ember", 420, ((130, "6", 5), (300, "5", 4), (330, "9", 4))),
    "horizon.png": lambda: picture("horizon", 600),
    "grotto.png": lambda: picture("grotto", 420, ((210, "6", 6),)),
    "ascent-title.png": lambda: picture("ascent", 150),
    "ascent.png": lambda: picture("ascent", 1500, ((160, "6", 6),)),
    "eater.png": lambda: picture("eater/hello", 60, scale=2),
    "vista.png": lambda: picture("vista", 900, scale=2, variant="megachip8"),
    **OF_THE_PLAYER,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Draws the pictures of the documentation.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale = []
    for name, draw in PICTURES.items():
        path, drawn = FOLDER / name, draw()
        if check and (not path.is_file() or path.read_bytes() != drawn):
            stale.append(name)
        elif not check:
            FOLDER.mkdir(exist_ok=True)
            path.write_bytes(drawn)
    if stale:
        print(f"not what the machines draw: {', '.join(stale)}; run python docs/pictures.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
