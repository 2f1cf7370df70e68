"""A suite of 1,000 tests: how much faster two jobs are than one, and whether memory stays where it is.

    python benchmarks/suite.py [TESTS] [--rounds N]

The suite is written to a temporary folder: programs of CHIP-8 and of a 6502, judged by pictures, memory, the serial line
and the place where they end. Each run is a process of its own, and runs with one and with two jobs take turns.

With them takes turns what the host gives at best: two processes at the same time that have nothing to do with each other, each
with the whole suite and one job. On two processors that nobody else uses they are done twice as fast as one after the other;
on a virtual machine among others, less. How many processors a run kept busy tells what its threads wait for each other. Memory is
the most that a process had in it, and is compared with that of a tenth of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

GOAL = 1.8
FLAT = 8
"""KB that a test more may take: its description. A machine takes 100."""

DIGIT = bytes.fromhex("60 00 F0 29 D0 05 71 01 12 06")                     # CHIP-8: draws a digit, and counts for ever
COUNT = bytes.fromhex("A2 00 A0 00 88 D0 FD CA D0 F8 E6 80 D0 F4 4C 0E 04")     # 6502: three loops, and a trap at $040E

TESTS = {
    "picture": 'rom = "digit.ch8"\nmachine = "chip8"\noptions = { tickrate = 60_000 }\nlimit = { frames = 60 }\n'
               'judge = "screen"\nsha1 = "SHA1"\n',
    "memory": 'rom = "count.bin"\nmachine = "sbc6502"\noptions = { org = 0x0400, ram = "$0000-$FFFF", acia = "none" }\n'
              'limit = { cycles = 25_000_000 }\npoke = [ { at = 0xFFFC, bytes = "00 04" } ]\n'
              'judge = "memory"\nat = 0x0400\nbytes = "A2 00"\n',
    "trap": 'rom = "count.bin"\nmachine = "sbc6502"\noptions = { org = 0x0400, ram = "$0000-$FFFF", acia = "none" }\n'
            'limit = { cycles = 200_000_000 }\njudge = "trap"\nstart = 0x0400\nsuccess = 0x040E\n'
            'poke = [ { at = 0x80, bytes = "B0" } ]\n',
}
EACH = 25
"""Tests of one manifest."""


def digit() -> str:
    """The SHA-1 of the picture."""
    import hashlib

    rows = [[1, 1, 1, 1], [1, 0, 0, 1], [1, 0, 0, 1], [1, 0, 0, 1], [1, 1, 1, 1]]
    picture = b"".join(bytes(row + [0] * 60) for row in rows) + bytes(64 * 27)
    return hashlib.sha1(picture).hexdigest()


def write(folder: Path, count: int) -> None:
    """A suite of so many tests, `EACH` a manifest."""
    kinds = list(TESTS.items())
    for first in range(0, count, EACH):
        home = folder / f"{first:06}"
        home.mkdir()
        (home / "digit.ch8").write_bytes(DIGIT)
        (home / "count.bin").write_bytes(COUNT)
        text = '[suite]\ntitle = "benchmark"\n'
        for number in range(first, min(first + EACH, count)):
            name, keys = kinds[number % len(kinds)]
            text += f'\n[[test]]\nname = "{name} {number}"\n{keys.replace("SHA1", digit())}'
        (home / "suite.toml").write_text(text)


def run_here(folder: str, jobs: int) -> None:
    """Runs the suite in this process, and prints the seconds that it took and the most bytes that were in memory."""
    import resource
    from time import process_time

    from retrovm.suite import discover, run

    tasks = discover([folder])
    began = process_time()
    report = run(tasks, jobs=jobs)
    busy = (process_time() - began) / report.seconds
    assert report.ok, "\n".join(report.lines())
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"tests": report.total, "seconds": report.seconds, "busy": busy, "memory": memory}))


def measured(folder: Path, jobs: int, processes: int = 1) -> dict[str, float]:
    """What the last of so many processes at the same time tells."""
    command = [sys.executable, __file__, "--here", str(folder), str(jobs)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    told: list[dict[str, float]] = [json.loads(process.communicate()[0]) for process in running]
    return max(told, key=lambda each: each["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description="How a suite scales to two jobs.")
    parser.add_argument("tests", nargs="?", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--here", nargs=2, metavar=("FOLDER", "JOBS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here is not None:
        run_here(asked.here[0], int(asked.here[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        whole, tenth = Path(name, "whole"), Path(name, "tenth")
        for folder, count in (whole, asked.tests), (tenth, asked.tests // 10):
            folder.mkdir()
            write(folder, count)
        ways = {1: partial(measured, whole, 1), 2: partial(measured, whole, 2), 0: partial(measured, whole, 1, processes=2)}
        rounds = []
        for _ in range(asked.rounds):
            rounds.append({way: run() for way, run in ways.items()})
            first = next(iter(ways))
            ways[first] = ways.pop(first)               # a host may be slower after work than after rest
        few = measured(tenth, 2)["memory"]
    for jobs in (1, 2):
        seconds = [each[jobs]["seconds"] for each in rounds]
        print(f"{asked.tests:,} tests, {jobs} job{'s' * (jobs > 1)}: {statistics.median(seconds):7.2f} s "
              f"({min(seconds):.2f}-{max(seconds):.2f}), "
              f"{statistics.median(each[jobs]['busy'] for each in rounds):.2f} processors busy, "
              f"{max(each[jobs]['memory'] for each in rounds) / 2**20:.1f} MiB")
    faster = statistics.median(each[1]["seconds"] / each[2]["seconds"] for each in rounds)
    most = max(each[2]["memory"] for each in rounds)
    host = statistics.median(2 * each[1]["seconds"] / each[0]["seconds"] for each in rounds)
    print(f"two jobs are {faster:.2f} times as fast as one (goal {GOAL}), on {os.cpu_count()} processors; two processes that have "
          f"nothing to do with each other {host:.2f} times")
    each = (most - few) / (asked.tests - asked.tests // 10) / 1024
    print(f"a test more takes {each:.1f} KB of memory (goal at most {FLAT})")


if __name__ == "__main__":
    main()
