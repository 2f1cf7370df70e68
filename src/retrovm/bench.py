"""Measures how fast processors and machines run: `retrovm bench`.

A figure is the median of several runs, in CPU time of the thread that emulates: on a host that has other work to do,
wall time measures that work too. Where both agree nobody was in the way, so wall time stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median, stdev
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from retrovm import bundled
from retrovm.core.types import StopReason
from retrovm.cpu.mos6502 import Mos6502
from retrovm.errors import ArgumentError, MediaError, RetroVMError
from retrovm.media import open_media
from retrovm.session import VM
from retrovm.symbols import Symbols

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from retrovm.media import Media
    from retrovm.spec import MachineSpec

ADDRESS_SPACE = 0x10000
SHORTEST_RUN = 0.1               # seconds: the CPU clocks of some hosts tick only 64 times a second
LONGEST_WAY = 4_000_000_000      # cycles to the end of a program, before it counts as never coming there
STRIDE = 1_000_000               # cycles between two looks at a program that may hang


class BenchmarkError(RetroVMError):
    """The program did not do what was to be measured. Says where it was instead."""


@dataclass(frozen=True)
class Time:
    """Seconds: `cpu` of this thread, `wall` of the clock on the wall."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: Time) -> Time:
        return Time(self.cpu + other.cpu, self.wall + other.wall)


def measure(work: Callable[[], object]) -> Time:
    """The time that a call takes."""
    wall, cpu = perf_counter(), thread_time()
    work()
    cpu, wall = thread_time() - cpu, perf_counter() - wall
    return Time(cpu, wall)


def variation(figures: Sequence[float]) -> float:
    """The coefficient of variation: the standard deviation in parts of the mean; 0 for a single figure."""
    return stdev(figures) / fmean(figures) if len(figures) > 1 else 0.0


# --- processors -------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Program:
    """What a processor alone runs: bytes at addresses, from `start` to the first arrival at `end`."""

    name: str
    segments: tuple[tuple[int, bytes], ...]
    start: int
    end: int

    @property
    def memory(self) -> bytes:
        """64 KiB with the program in them, and zeros around it."""
        memory = bytearray(ADDRESS_SPACE)
        for address, data in self.segments:
            memory[address:address + len(data)] = data
        return bytes(memory)


def bundled_program() -> Program:
    """The one that comes with retrovm: all addressing modes, at everyday work."""
    image = bundled.path("sbc6502/cputest/cputest.bin")
    symbols = Symbols()
    symbols.load(bundled.path("sbc6502/cputest/cputest.lbl"))
    return program(image, start=0x0400, end=symbols["success"], org=0x0400)


def program(image: str | Path, *, start: int | None = None, end: int, org: int | None = None) -> Program:
    """A program from a file.

    Parameters
        start  where to begin; without it, what the file says
        end    where it ends: the time to the first arrival there is measured
        org    where raw bytes belong; 64 KiB need none
    Raises `ArgumentError` where one of them is missing, and `MediaError` for a file that cannot be read.
    """
    media = open_media(image)
    segments = []
    for segment in media.segments:
        address = segment.address
        if address is None:
            if org is None and len(segment.data) != ADDRESS_SPACE:
                raise ArgumentError(f"{media.name} is raw and does not say where it belongs: give --org; only an image "
                                    f"of 65,536 bytes needs none")
            address = org or 0
        elif org is not None:
            raise ArgumentError(f"{media.name} says itself where it belongs; --org is for raw bytes")
        if address + len(segment.data) > ADDRESS_SPACE:
            raise MediaError("it goes beyond $FFFF", file=media.name,
                             found=f"{len(segment.data):,} bytes at ${address:04X}")
        segments.append((address, segment.data))
    start = media.entry if start is None else start
    if start is None:
        raise ArgumentError(f"{media.name} does not say where it starts: give --start")
    return Program(media.name, tuple(segments), start, end)


class CpuBenchmark:
    """Runs of one program on a 6502 with 64 KiB of RAM, each from the start to the end.

    Parameters
        program  what runs
        model    of the processor
        exact    never use the fast build
    Raises `BenchmarkError` when the program does not arrive at its end.

    What is measured runs for the number of cycles that a first run needed, and not until an address: an address to
    stop at takes its whole page out of the fast build.
    """

    def __init__(self, program: Program, model: str = "6502", *, exact: bool = False) -> None:
        self.program = program
        self.cpu = Mos6502(model=model)
        self.cpu.exact = exact
        self._memory = program.memory
        self.cycles = self._way()

    def _begin(self) -> None:
        cpu = self.cpu
        cpu.power_cycle()
        cpu.memory[0:ADDRESS_SPACE] = self._memory
        cpu.registers = {"s": 0xFD, "p": 0x24, "pc": self.program.start}

    def _way(self) -> int:
        """The cycles from the start to the end."""
        cpu, end = self.cpu, self.program.end
        self._begin()
        while cpu.pc != end:
            before = cpu.registers
            cpu.step()
            if cpu.pc == end:
                break
            if cpu.is_jammed or cpu.registers == before:
                raise self._lost("it jammed" if cpu.is_jammed else "it stays")
            if cpu.run(cycles=STRIDE, until=end) is StopReason.CYCLES and cpu.cycles > LONGEST_WAY:
                raise self._lost("it still was")
        if not cpu.cycles:
            raise BenchmarkError(f"{self.program.name} begins at ${end:04X}, where it should end: there is nothing to "
                                 f"measure")
        return cpu.cycles

    def _lost(self, what: str) -> BenchmarkError:
        return BenchmarkError(f"{self.program.name} did not arrive at ${self.program.end:04X}: {what} at "
                              f"${self.cpu.pc:04X} after {self.cpu.cycles:,} cycles")

    def run(self) -> tuple[float, float]:
        """One run, of at least 0.1 s. Returns emulated MHz by CPU time and by wall time."""
        time, passes = Time(), 0
        while time.wall < SHORTEST_RUN:
            self._begin()
            time += measure(partial(self.cpu.run, cycles=self.cycles))
            passes += 1
            if self.cpu.pc != self.program.end:
                raise self._lost("it was")
        done = self.cycles * passes / 1e6
        return done / time.cpu, done / time.wall


# --- machines ---------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class MachineRun:
    """Frames per second, drawn and not drawn, and million instructions a second where the processor counts them.

    Instructions are counted in the run that draws nothing.
    """

    fps: float
    unrendered_fps: float
    mips: float | None


def bench_machine(spec: MachineSpec, media: Media | None = None, options: Mapping[str, Any] | None = None, *,
                  frames: int = 1000, runs: int = 5) -> Iterator[MachineRun]:
    """Runs a machine from power-on, each time the same frames, one `tick` a frame, with no key pressed.

    Raises `BenchmarkError` when its processor halts.
    """
    for _ in range(runs):
        fps, mips = [], None
        for render in (True, False):
            vm = VM(spec, media, options)
            time = measure(partial(run_frames, vm, frames, render))
            fps.append(frames / time.cpu)
            instructions: int | None = getattr(vm.cpu, "instructions", None)
            mips = None if instructions is None else instructions / time.cpu / 1e6
        yield MachineRun(fps[0], fps[1], mips)


def run_frames(vm: VM, frames: int, render: bool) -> None:
    """Runs frames as a player does, one at a time; with `render` it takes each picture, as RGB."""
    for frame in range(frames):
        if not vm.tick(render=render):
            reason = getattr(vm.cpu, "halted", None) or "its processor has halted"
            raise BenchmarkError(f"{vm.spec.id} stopped in frame {frame} of {frames} at ${vm.cpu.pc:04X}: {reason}")
        if render and vm.screen is not None:
            vm.screen.tobytes()


# --- reports for programs ---------------------------------------------------------------------------------------

def cpu_report(bench: CpuBenchmark, runs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """What `retrovm bench cpu --json` writes."""
    speeds = [cpu for cpu, _ in runs]
    return {
        "mhz": median(speeds),
        "wall_mhz": median(wall for _, wall in runs),
        "variation": variation(speeds),
        "runs": speeds,
        "cycles": bench.cycles,
        "model": bench.cpu.model,
        "build": "exact" if bench.cpu.exact else "fast",
        "image": bench.program.name,
        "start": bench.program.start,
        "until": bench.program.end,
    }


def machine_report(spec: MachineSpec, media: Media | None, frames: int, runs: Sequence[MachineRun]) -> dict[str, Any]:
    """What `retrovm bench machine --json` writes; "mips" only where the processor counts instructions."""
    speeds = [run.fps for run in runs]
    report: dict[str, Any] = {
        "fps": median(speeds),
        "unrendered_fps": median(run.unrendered_fps for run in runs),
        "variation": variation(speeds),
        "runs": speeds,
        "unrendered_runs": [run.unrendered_fps for run in runs],
        "frames": frames,
        "machine": spec.id,
        "image": None if media is None else media.name,
    }
    mips = [run.mips for run in runs if run.mips is not None]
    if mips:
        report |= {"mips": median(mips), "mips_runs": mips}
    return report
