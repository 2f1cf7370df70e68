"""An X server without a monitor: a window manager, keys that are pressed from outside, and pixels to look at.

Xvfb keeps its picture in a file of the format XWD (X11/XWDFile.h), so nothing else is needed to read it.
"""

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}
SIZE = (1280, 1024)

# By their keycodes: where the keyboard's description has function keys on several levels, xdotool would hold Alt for them.
KEYCODES = {"F11": "95", "F12": "96"}


def require_tools() -> None:
    """Skips the test where there is no X server; fails it with CI=true in the environment: there it must run."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        message = f"these tests need a window: apt-get install {' '.join(missing)}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


def until(condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Waits for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not so: {what}")
        time.sleep(0.05)


class XDisplay:
    def __init__(self, name: str, framebuffer: Path) -> None:
        self.name = name
        self.framebuffer = framebuffer

    @property
    def environment(self) -> dict[str, str]:
        """For programs that shall open their windows here."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SDL_", "WAYLAND_"))}
        return {**kept, "DISPLAY": self.name, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"}

    def xdotool(self, *arguments: str) -> str | None:
        """What xdotool prints; None where it fails."""
        done = subprocess.run(["xdotool", *arguments], env=self.environment, capture_output=True, timeout=20)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def type(self, key: str) -> None:
        """Presses a key or a combination, "ctrl+q", for as long as a finger does."""
        key = KEYCODES.get(key, key)
        self.xdotool("keydown", key)
        time.sleep(0.15)
        self.xdotool("keyup", key)

    @property
    def active_title(self) -> str:
        """The title of the window that has the keyboard; empty if none has."""
        return self.xdotool("getactivewindow", "getwindowname") or ""

    def pixels(self) -> npt.NDArray[np.uint32]:
        """What is on the display now: 0xRRGGBB, shape (height, width)."""
        data = self.framebuffer.read_bytes()
        header = struct.unpack(">25I", data[:100])
        start = header[0] + 12 * header[19]                       # behind the header and the colour map
        width, height, row = header[4], header[5], header[12]
        flat = np.frombuffer(data, np.uint32, row // 4 * height, start)
        return flat.reshape(height, row // 4)[:, :width] & 0xFFFFFF


@contextmanager
def x_display(folder: Path) -> Iterator[XDisplay]:
    """A display of its own, with nothing on it and the mouse out of the way."""
    read, write = os.pipe()
    # Without -noreset it begins anew when a client is gone and no other is there yet, and whoever is just coming is turned away.
    server = subprocess.Popen(["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24",
                               "-fbdir", str(folder), "-nolisten", "tcp"], pass_fds=[write],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as stream:
            number = stream.readline().strip()
        assert number, "Xvfb did not start"
        display = XDisplay(f":{number}", folder / "Xvfb_screen0")
        manager = subprocess.Popen(["openbox"], env=display.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            # On a new host it reads every font before its first window.
            until(lambda: display.xdotool("get_desktop") or manager.poll() is not None, "the window manager runs", 90)
            assert manager.poll() is None, f"the window manager ended with status {manager.returncode}"
            display.xdotool("mousemove", str(SIZE[0]), str(SIZE[1]))
            yield display
        finally:
            manager.terminate()
            manager.wait(20)
    finally:
        server.terminate()
        server.wait(20)
