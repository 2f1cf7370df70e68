"""Movies: what arrived at a machine over its serial line, and when, so that a run can be repeated bit for bit.

    movie = Movie.begin(vm)
    with vm.connect("pty", movie=movie) as line:
        ...                                        # line.exchange() and vm.tick()
    movie.finish(vm)
    Path("session.movie").write_text(movie.text())

    twin = retrovm.create("sbc6502")               # with the options and the seed of the other
    Movie.parse(text).play(twin)                   # and now its state is that of the other

A movie is text, one JSON object in a line:

    {"retrovm": "movie", "version": 1, "machine": "sbc6502", "media": null, "options": {}, "seed": 1, "tick": 0, "state": "..."}
    {"tick": 16667, "serial": "R\\r"}               each character is one byte
    {"tick": 50001, "carrier": true}
    {"end": 100004, "state": "..."}

`tick` counts the master clock from power-on, `state` is `vm.state_hash()`. A movie holds neither ROM nor state: it begins where
a machine is, at power-on or after `vm.load_state`, and `play` says so when that is another place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retrovm.errors import StateError

if TYPE_CHECKING:
    from retrovm.session import VM

VERSION = 1


@dataclass(frozen=True)
class Arrival:
    """Something that reached the machine at `tick`: bytes in `serial`, or else a change of the carrier."""

    tick: int
    serial: bytes = b""
    carrier: bool = False


@dataclass(kw_only=True)
class Movie:
    """A recorded session. `tick` and `state` are those of its beginning, `end` and `end_state` those of its end."""

    machine: str
    media: str | None
    options: dict[str, Any]
    seed: int
    tick: int
    state: str
    arrivals: list[Arrival] = field(default_factory=list)
    end: int = -1
    end_state: str = ""

    @classmethod
    def begin(cls, vm: VM) -> Movie:
        """A movie without content, which begins where the machine is now."""
        return cls(machine=vm.spec.id, media=None if vm.media is None else vm.media.sha1, options=dict(vm.options),
                   seed=vm.seed, tick=vm.clock.ticks, state=vm.state_hash())

    def add_serial(self, tick: int, content: bytes) -> None:
        """Notes bytes of the host."""
        self.arrivals.append(Arrival(tick, serial=content))

    def add_carrier(self, tick: int, up: bool) -> None:
        """Notes a client's coming or going."""
        self.arrivals.append(Arrival(tick, carrier=up))

    def finish(self, vm: VM) -> None:
        """Notes where the machine has come to."""
        self.end, self.end_state = vm.clock.ticks, vm.state_hash()

    def play(self, vm: VM) -> None:
        """Runs a machine from the beginning of the movie to its end.

        `StateError` for a machine that is not where the movie begins, which is left as it was, and for one that comes to
        another end.
        """
        from retrovm.hostline import deliver, set_carrier

        medium = None if vm.media is None else vm.media.sha1
        for what, mine, here in (("machine", self.machine, vm.spec.id), ("media of SHA-1", self.media, medium),
                                 ("seed", self.seed, vm.seed), ("tick", self.tick, vm.clock.ticks)):
            if mine != here:
                raise StateError(f"the movie begins with {what} {mine}, and here it is {here}")
        if vm.state_hash() != self.state:
            shown = ", ".join(f"{name}={value}" for name, value in self.options.items())
            raise StateError(f"the movie begins in another state than this machine is in; it was made with: {shown}")
        for arrival in self.arrivals:
            _run_to(vm, arrival.tick)
            if arrival.serial:
                deliver(vm, arrival.serial)
            else:
                set_carrier(vm, arrival.carrier)
        _run_to(vm, self.end)
        if vm.state_hash() != self.end_state:
            raise StateError("the machine has come to another state than the end of the movie: something else reached it")

    def text(self) -> str:
        """The movie as it lies in a file."""
        lines: list[dict[str, Any]] = [{"retrovm": "movie", "version": VERSION, "machine": self.machine, "media": self.media,
                                        "options": self.options, "seed": self.seed, "tick": self.tick, "state": self.state}]
        for one in self.arrivals:
            lines.append({"tick": one.tick, "serial": one.serial.decode("latin-1")} if one.serial
                         else {"tick": one.tick, "carrier": one.carrier})
        lines.append({"end": self.end, "state": self.end_state})
        return "".join(json.dumps(line, default=str) + "\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Movie:
        """The movie in a file. `StateError` names the line that is none of a movie."""
        lines = text.splitlines()
        number = 0
        try:
            head = json.loads(lines[0])
            if head["retrovm"] != "movie" or head["version"] != VERSION:
                raise ValueError(f"expected a movie of version {VERSION}")
            movie = cls(machine=str(head["machine"]), media=head["media"], options=dict(head["options"]), seed=int(head["seed"]),
                        tick=int(head["tick"]), state=str(head["state"]))
            last = movie.tick
            for number in range(1, len(lines) - 1):
                one = json.loads(lines[number])
                if int(one["tick"]) < last:
                    raise ValueError(f"tick {one['tick']} comes after {last}")
                last = int(one["tick"])
                movie.arrivals.append(Arrival(last, one["serial"].encode("latin-1")) if one.get("serial")
                                      else Arrival(last, carrier=bool(one["carrier"])))
            number = len(lines) - 1
            end = json.loads(lines[number])
            movie.end, movie.end_state = int(end["end"]), str(end["state"])
            if movie.end < last:
                raise ValueError(f"the end, {movie.end}, comes before tick {last}")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise StateError(f"line {number + 1} is no line of a movie, or the file is cut off: {error!r}") from None
        return movie


def _run_to(vm: VM, tick: int) -> None:
    """Runs to a tick at which a run has ended before. `StateError` where the machine does not come by."""
    period = vm.cpu.period
    vm.run(cycles=-(-(tick - vm.clock.ticks) // period))
    if vm.clock.ticks != tick:
        raise StateError(f"the machine is at tick {vm.clock.ticks:,} when the movie says {tick:,}: something else reached it")
