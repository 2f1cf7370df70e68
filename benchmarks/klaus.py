"""Emulated MHz of retrovm, py65 and sim65, in one run, taking turns.

    python benchmarks/klaus.py [RUNS]

The program is Klaus Dormann's functional test, $RETROVM_TESTDATA/klaus/6502_functional_test.bin; without it the bundled
cputest. py65 (`pip install "retrovm[bench]"`) runs only its first two million cycles, and that is enough: its speed
hardly depends on the program. sim65 (of cc65) takes programs in a format of its own, so it runs cputest, linked for it
and without its decimal task, which version 2.18 of sim65 gets wrong; retrovm runs the whole of cputest beside it. What
is not installed is left out, and said.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import thread_time

from figures import goal, interleave, ratio, show

from retrovm import bench, bundled

PY65_CYCLES = 2_000_000

# Where sim65 wants a program, and how it learns that the program has ended.
LAYOUT = """
MEMORY {
    HEAD:    start = $0000, size = $000C, file = %O;
    ZP:      start = $0010, size = $0040, type = rw;
    RAM:     start = $0400, size = $1C00, type = rw, file = %O;
    DATA:    start = $2000, size = $2800, type = rw;
}
SEGMENTS {
    HEAD:     load = HEAD, type = ro;
    ZEROPAGE: load = ZP,   type = zp;
    START:    load = RAM,  type = ro;
    CODE:     load = RAM,  type = ro;
    RODATA:   load = RAM,  type = ro;
    DATA:     load = DATA, type = bss, align = $100;
}
"""
HEAD = """
        .segment "HEAD"
        .byte "sim65", 2, 0, $10        ; version, 6502, where its stack pointer for C is
        .word $0400, $0400              ; load address, start
"""
SIM65_EXIT = "        jsr     $FFF9                   ; sim65's exit, with A as the status"


def retrovm(program: bench.Program, exact: bool = False) -> Callable[[], float]:
    """MHz of retrovm."""
    benchmark = bench.CpuBenchmark(program, exact=exact)
    return lambda: benchmark.run()[0]


def py65(program: bench.Program) -> Callable[[], float] | None:
    """MHz of py65, or None without it."""
    try:
        from py65.devices.mpu6502 import MPU
    except ImportError:
        print("py65 is not installed: pip install py65")
        return None

    def run() -> float:
        mpu = MPU(memory=list(program.memory), pc=program.start)
        start = thread_time()
        while mpu.processorCycles < PY65_CYCLES:
            mpu.step()
        return mpu.processorCycles / (thread_time() - start) / 1e6

    return run


def sim65(folder: Path) -> Callable[[], float] | None:
    """MHz of sim65 on cputest, or None without cc65."""
    if not all(map(shutil.which, ("ca65", "ld65", "sim65"))):
        print("sim65 is not installed: it comes with cc65")
        return None
    source = bundled.path("sbc6502/cputest/cputest.bin").parent / "src"
    (folder / "layout.cfg").write_text(LAYOUT)
    (folder / "head.s").write_text(HEAD)
    objects = []
    for file in (folder / "head.s", *sorted(source.glob("*.s"))):
        text = file.read_text(encoding="utf-8")
        if file.name == "main.s":
            text, found = re.subn(r"^ +jmp +success$", SIM65_EXIT, text, count=2, flags=re.MULTILINE)
            assert found == 2, "cputest ends in another way than this benchmark thinks"
            text, found = re.subn(r"^(PARTS +=) 10$", r"\1 5", text, count=1, flags=re.MULTILINE)
            assert found == 1, "cputest lists its tasks in another way than this benchmark thinks"
        if file.parent != folder:
            (folder / file.name).write_text(text)
        objects.append(folder / f"{file.stem}.o")
        subprocess.run(["ca65", "-I", source, folder / file.name, "-o", objects[-1]], check=True)
    subprocess.run(["ld65", "-C", folder / "layout.cfg", "-o", folder / "cputest.sim", *objects], check=True)

    def run() -> float:
        before = os.times()
        command = ["sim65", "-c", "-x", "100000000", folder / "cputest.sim"]       # -x: it cannot hang
        done = subprocess.run(command, capture_output=True, text=True)
        after = os.times()
        seconds = after.children_user - before.children_user + after.children_system - before.children_system
        cycles = re.search(r"(\d+) cycles", done.stdout + done.stderr)
        assert cycles, f"sim65 ended with status {done.returncode}: {done.stderr or done.stdout}"
        return int(cycles[1]) / seconds / 1e6

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    cputest = bench.bundled_program()
    testdata = os.environ.get("RETROVM_TESTDATA")
    if testdata:
        program = bench.program(Path(testdata) / "klaus/6502_functional_test.bin", start=0x0400, end=0x3469)
    else:
        program = cputest
        print("RETROVM_TESTDATA is not set, so all run the bundled cputest")
    with tempfile.TemporaryDirectory() as folder:
        works = {
            f"retrovm, {program.name}": retrovm(program),
            "retrovm, exact build": retrovm(program, exact=True),
            "retrovm, cputest": retrovm(cputest),
            "py65": py65(program),
            "sim65, cputest": sim65(Path(folder)),
        }
        figures = interleave({name: work for name, work in works.items() if work is not None}, runs)
    show(figures, "MHz")
    if "py65" in figures:
        goal("retrovm / py65", ratio(figures, f"retrovm, {program.name}", "py65"), "x  ", "at least 450")
    if "sim65, cputest" in figures:
        print(f"{'retrovm / sim65':34} {ratio(figures, 'retrovm, cputest', 'sim65, cputest'):12,.3f} x")


if __name__ == "__main__":
    main()
