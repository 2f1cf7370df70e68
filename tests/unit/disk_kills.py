"""Ends writing processes by kill -9 at random moments, and looks at what they leave.

    python disk_kills.py MODE COUNT [SEED]

    guest     a 6502 program writes through its VIA and the SD card
    image     sectors are written to the image as fast as they can be
    overlay   the same with an overlay file

Each process writes the numbers 1, 2, ... in turn to all bytes of 16 sectors, from the first to the last. So a sector
whose bytes differ was torn, and the sectors must be those of one moment: some of one number, the rest of the one before.
A process that had not yet written anything, on a host with much to do, is none that was killed while it wrote.
Prints {"kills": ..., "torn": ..., "out of order": ..., "within a round": ...} as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import sd_machine

from retrovm.session import VM
from retrovm.storage import open_disk

SECTORS = 16


def guest(image, changes):
    VM(sd_machine.SPEC, None, {"disk": str(image)}).run()


def host(choice):
    disk = open_disk("disk", choice)
    number = 0
    while True:
        number = (number + 1) & 0xFF
        data = bytes([number]) * 512
        for sector in range(SECTORS):
            disk.write_sectors(sector, data)


def direct(image, changes):
    host(image)


def overlay(image, changes):
    host(f"{image}:overlay={changes}")


WRITERS = {"guest": guest, "image": direct, "overlay": overlay}


def kill(writer, image, changes, seconds):
    """Lets a process write for so long."""
    child = os.fork()
    if child == 0:
        try:
            writer(image, changes)
        finally:
            os._exit(1)                     # a writer does not end by itself
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        sys.exit(f"the writer ended by itself, with status {os.waitstatus_to_exitcode(status)}")


def main(mode, count, seed):
    chance = random.Random(seed)
    found = {"kills": 0, "torn": 0, "out of order": 0, "within a round": 0}
    with TemporaryDirectory() as folder:
        image, changes = Path(folder, "card.img"), Path(folder, "changes")
        while found["kills"] < count:
            image.write_bytes(bytes(512 * 2048))
            changes.unlink(missing_ok=True)
            kill(WRITERS[mode], image, changes, chance.uniform(0.005, 0.05))
            if mode == "overlay":
                disk = open_disk("disk", f"{image}:overlay={changes}")
            else:
                disk = open_disk("disk", f"{image}:readonly")
            content = disk.read_sectors(0, disk.sectors)
            disk.close()
            sectors = [set(content[at:at + 512]) for at in range(0, 512 * SECTORS, 512)]
            found["kills"] += any(content)
            if any(len(sector) != 1 for sector in sectors) or any(content[512 * SECTORS:]):
                found["torn"] += 1
                continue
            numbers = [sector.pop() for sector in sectors]
            last = numbers[-1]
            new = (last + 1) & 0xFF
            at = numbers.index(last)
            if numbers != [new] * at + [last] * (SECTORS - at):
                found["out of order"] += 1
            found["within a round"] += at > 0
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
