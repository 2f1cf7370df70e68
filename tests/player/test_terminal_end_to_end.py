"""A computer without a screen in a real window: what stands in its terminal is read off the display, letter by letter."""

import subprocess
import sys

import numpy as np
import pytest
from x_display import SIZE, require_tools, until, x_display

from retrovm.player import font
from retrovm.player.font import HEIGHT, WIDTH
from retrovm.player.terminal_view import COLUMNS, LINES

INK = 0xE5E5E5
SCALE = 2                                # on the whole display
LETTERS = {font.text_mask(chr(code)).tobytes(): chr(code) for code in range(0x20, 0x7F)}


@pytest.fixture(scope="module")
def display(tmp_path_factory):
    require_tools()
    with x_display(tmp_path_factory.mktemp("framebuffer")) as display:
        yield display


@pytest.fixture
def monitor(display, tmp_path):
    """The monitor of sbc6502 in its window."""
    command = [sys.executable, "-m", "retrovm", "play", "sbc6502/monitor", "--home", str(tmp_path), "--fullscreen"]
    process = subprocess.Popen(command, env=display.environment, cwd=tmp_path, stderr=subprocess.PIPE)
    until(lambda: "monitor" in display.active_title or process.poll() is not None, "the window opens", 60)
    assert process.poll() is None, process.stderr.read()
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=20)


def lines(display):
    """What stands in the terminal; "?" for what is no letter, such as the cursor or a letter under something else."""
    width, height = SCALE * COLUMNS * WIDTH, SCALE * LINES * HEIGHT
    left, top = (SIZE[0] - width) // 2, (SIZE[1] - height) // 2
    pixels = display.pixels()[top:top + height:SCALE, left:left + width:SCALE] == INK
    cells = pixels.astype(np.uint8).reshape(LINES, HEIGHT, COLUMNS, WIDTH).swapaxes(1, 2)
    return ["".join(LETTERS.get(cell.tobytes(), "?") for cell in line).rstrip() for line in cells]


def shows(display, start):
    return lambda: any(line.startswith(start) for line in lines(display))


def test_one_talks_with_a_computer_in_its_window(monitor, display):
    until(shows(display, "MON65"), "the monitor greets", 30)
    display.xdotool("type", "--delay", "60", "0200: 4d 45 0d")
    display.type("Return")
    display.xdotool("type", "--delay", "60", "200.202")
    display.type("Return")
    until(shows(display, "0200 4D 45 0D"), "the monitor shows what was put into memory")
    display.type("ctrl+shift+q")
    assert monitor.wait(20) == 0
