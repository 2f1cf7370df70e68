"""What the player costs the host: the time to its first picture, its share of a core, its memory, and whether its sound runs out.

    python benchmarks/player.py                60 s of play, and 60 s on a busy host
    python benchmarks/player.py --seconds 600  the memory of ten minutes

EMBER is played in a window of SDL's dummy driver at three times its size, drawn by SDL's software renderer, with a sound card of
SDL's that plays into nothing at the pace of a real one. The share is that of everything but the emulation itself: pacing, going
back in time, sound, drawing, events.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DRIVERS = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "SDL_RENDER_DRIVER": "software"}
os.environ.update(DRIVERS)

from retrovm import bundled, load  # noqa: E402
from retrovm.player import sdl  # noqa: E402
from retrovm.player.app import Player  # noqa: E402
from retrovm.player.deck import Deck  # noqa: E402
from retrovm.player.pacing import SECOND, HostClock  # noqa: E402
from retrovm.player.settings import Settings  # noqa: E402
from retrovm.player.video import Window  # noqa: E402

TRIES = 5
SCALE = 3

# The command, which says when the picture of its first frame was shown; the window is drawn once before it.
FIRST = """
import sys, time
from retrovm.player.video import Window

draw, drawn = Window.draw, 0

def told(self, *given):
    global drawn
    draw(self, *given)
    drawn += 1
    if drawn == 2:
        print(time.time_ns(), flush=True)

Window.draw = told
from retrovm.cli import main
sys.exit(main(["play", "ember", "--frames", "1"]))
"""


def first_picture() -> float:
    """Seconds from the command to the picture of its first frame, the best of some tries."""
    times = []
    for _ in range(TRIES):
        start = time.time_ns()
        done = subprocess.run([sys.executable, "-c", FIRST], check=True, stdout=subprocess.PIPE)
        times.append((int(done.stdout) - start) / SECOND)
    return min(times)


def resident() -> int:
    """Bytes of memory that this process has, now; the most that it ever had where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Played:
    """What was measured while a player ran for so many seconds."""

    def __init__(self, seconds: int) -> None:
        vm = load(bundled.find("ember").file)
        sdl.start()
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(None, {"saves": folder})
            deck = Deck(vm, saves=Path(folder))
            window = Window(deck.picture, scale=SCALE)
            player = Player(deck, window, settings=settings)
            rate = int(vm.frame_rate)
            player.run(rate)                     # what is made once is made now
            memory, past = resident(), deck.past.size
            cpu, emulated, start, frame = time.process_time_ns(), deck.emulated, HostClock.now(), vm.frame
            player.run(rate * seconds)
            elapsed = HostClock.now() - start
            self.emulation = (deck.emulated - emulated) / elapsed
            self.share = (time.process_time_ns() - cpu) / elapsed - self.emulation
            self.drift = ((vm.frame - frame - 1) * SECOND / vm.frame_rate / elapsed - 1) * 1e6
            self.grown, self.past = resident() - memory, deck.past.size - past
            self.gaps, self.least = player.sound.figures.gaps, player.sound.figures.least
            player.close()
            window.close()
        sdl.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the player.")
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args().seconds
    print(f"first picture, from the command on   {first_picture():6.2f} s, best of {TRIES}")
    played = Played(seconds)
    print(f"share of a core without emulation    {played.share:6.1%} over {seconds} s; emulation {played.emulation:.1%}")
    print(f"time of the machine                  {float(played.drift):+6.0f} ppm")
    print(f"memory                               {played.grown / 1e6:+6.1f} MB, of which the past has {played.past / 1e6:.1f} MB")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        played = Played(seconds)
    finally:
        for process in busy:
            process.kill()
    print(f"sound with {len(busy)} busy processes          {played.gaps:6} gaps over {seconds} s, least {played.least:.0f} ms")


if __name__ == "__main__":
    main()
