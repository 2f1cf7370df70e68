"""A player that is killed while it writes: what was there before still is, or what was to come is there whole.

RETROVM_PROFILE_LONG=1 kills a thousand times.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import tomllib

import retrovm
from retrovm import bundled
from retrovm.slots import Slots

TIMES = 1000 if os.environ.get("RETROVM_PROFILE_LONG") else 25

# Writes a slot, the settings and the memory, over and over, and says so when it has begun.
WRITER = """
import sys
from pathlib import Path
import retrovm
from retrovm import bundled
from retrovm.player.memory import Memory
from retrovm.player.settings import Settings
from retrovm.slots import Slots

home = Path(sys.argv[1])
vm = retrovm.load(bundled.find("ember").file)
slots, settings, memory = Slots(vm, home), Settings(home / "config.toml"), Memory(home)
print("begun", flush=True)
number = 0
while True:
    number += 1
    vm.tick()
    slots.save(0)
    settings.change("volume", number % 101)
    memory.played(f"/games/{number}.ch8", "chip8")
    memory.save()
"""


def test_a_kill_at_any_time_leaves_a_slot_settings_and_a_memory_that_are_whole(tmp_path):
    random.seed(1)
    (tmp_path / "config.toml").write_text("# mine\n[video]\nscale = 3\n")
    vm = retrovm.load(bundled.find("ember").file)
    frames = []
    for _ in range(TIMES):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"begun\n"
        time.sleep(random.uniform(0.002, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        text = (tmp_path / "config.toml").read_text()
        assert text.startswith("# mine\n[video]\nscale = 3\n")
        assert tomllib.loads(text)["video"] == {"scale": 3}
        if (tmp_path / "memory.json").exists():
            assert json.loads((tmp_path / "memory.json").read_text())["recent"]
        if Slots(vm, tmp_path).path(0).exists():
            Slots(vm, tmp_path).load(0)
            frames.append(vm.frame)
    assert len(frames) > TIMES // 2
    assert len(set(frames)) > 1
