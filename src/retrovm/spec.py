"""How a machine describes itself: what it is made of, what can be chosen, and what can be plugged in.

A machine is a file with a `SPEC` and an entry point in the group `retrovm.machines`. The player, the runner and the
command line know a machine by its `MachineSpec` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from retrovm.errors import OptionError

if TYPE_CHECKING:
    from retrovm.core.machine import Machine
    from retrovm.media import Media

Options = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something that can be chosen when a machine is made.

    `parse` turns what a user gave, a value or the text of a command line, into the value that the machine gets; it
    raises `ValueError` with a reason. `integer`, `boolean`, `choice` and `rate` below make such functions. `show` turns
    that value back into text. `settles` names options that go with it: where this one is given, what a program asks for
    of those does not count. `medium` is true for a disk: the part of the same name has it, and says whether a saved state
    fits what is in it; the file may then have another name than it had.
    """

    name: str
    help: str
    default: Any
    parse: Callable[[Any], Any]
    show: Callable[[Any], str] = str
    settles: tuple[str, ...] = ()
    medium: bool = False


@dataclass(frozen=True, kw_only=True)
class Button:
    """One input. `keys` are host keys by position, named as in the UI Events standard: "KeyQ", "ArrowUp"."""

    name: str
    label: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lamp:
    """One light that a machine shows; `colour` is 0xRRGGBB."""

    name: str
    label: str
    colour: int


@dataclass(frozen=True, kw_only=True)
class Port:
    """A place where the host's devices plug in: `kind` is "buttons" or "serial"."""

    name: str
    title: str
    kind: str = "buttons"
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a machine thinks of a medium: `confidence` from 0 to 1, the reason in words, options that it needs.

    `details` gives more of it, in lines for people; it is called when somebody asks.
    """

    confidence: float
    reason: str
    options: Options = field(default_factory=dict)
    details: Callable[[], Sequence[str]] = field(default=tuple, compare=False)


@dataclass(frozen=True, kw_only=True)
class MachineSpec:
    """The description of a machine.

    clock_rate   master-clock ticks per second with these options
    frame_rate   frames per second with these options
    wire         adds the parts to an empty machine: `wire(machine, media, options)`, every option present and parsed
    judge        says whether a medium is for this machine; None when it is not
    demo         the bundled program that shows the machine: a folder of roms/
    members      {name: options} of every member of the family that can take a program with these options, which may be
                 given; each has the speed that they give; None for a machine that is the only one
    switches     {option: yes or no} of what members differ in and can be chosen, as it is with these options, which may be given
    remarks      {one of the `switches`: whether it matters to this program, and why}, as far as its text tells
    ports_with   the ports with these options, for keys that depend on the program; None for `ports`
    reload       makes the same description in another process, for a machine that is not registered; can be pickled
    """

    id: str
    title: str
    summary: str
    family: str
    wire: Callable[[Machine, Media | None, Options], None]
    clock_rate: Callable[[Options], Fraction]
    frame_rate: Callable[[Options], Fraction] = lambda options: Fraction(60)
    judge: Callable[[Media], Judgement | None]
    options: tuple[Option, ...] = ()
    ports: tuple[Port, ...] = ()
    formats: tuple[str, ...] = ()
    demo: str | None = None
    members: Callable[[Options], Mapping[str, Options]] | None = None
    switches: Callable[[Options], Mapping[str, bool]] = lambda options: {}
    remarks: Callable[[Media], Mapping[str, str]] = lambda media: {}
    ports_with: Callable[[Options], tuple[Port, ...]] | None = None
    reload: Callable[[], MachineSpec] | None = field(default=None, compare=False)

    def ports_for(self, options: Options) -> tuple[Port, ...]:
        """The ports as they are with these options, with the host's keys on their buttons."""
        return self.ports if self.ports_with is None else self.ports_with(options)

    def show_options(self, given: Options) -> dict[str, str]:
        """The options that were given, as the text that a command line takes. Raises `OptionError`."""
        parsed = self.parse_options(given)
        return {option.name: option.show(parsed[option.name]) for option in self.options if option.name in given}

    def combine_options(self, program: Options, given: Options) -> dict[str, Any]:
        """What a program asks for together with what was given, which goes before it; see `Option.settles`."""
        settled = {name for option in self.options if option.name in given for name in option.settles}
        return {**{name: value for name, value in program.items() if name not in settled}, **given}

    def parse_options(self, given: Options) -> dict[str, Any]:
        """All options, those not given at their default. Raises `OptionError`, naming the nearest option."""
        known = {option.name: option for option in self.options}
        for name in given:
            if name not in known:
                raise OptionError(f"{self.id} has no option {name!r}{nearest(name, known)}", name)
        parsed = {}
        for name, option in known.items():
            value = given.get(name, option.default)
            try:
                parsed[name] = None if value is None else option.parse(value)
            except (ValueError, TypeError) as error:
                raise OptionError(f"{self.id}: option {name}={value!r}: {error}", name) from None
        return parsed


def nearest(name: str, known: Mapping[str, Any]) -> str:
    """The end of an error message about an unknown name."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 3)
    if near:
        return f"; did you mean {' or '.join(near)}?"
    return f"; there are: {', '.join(known)}" if known else "; it has none"


def integer(least: int, most: int) -> Callable[[Any], int]:
    """Parses a whole number: 123, "123", "0x7B", "$7B"."""

    def parse(value: Any) -> int:
        number = value
        if isinstance(value, str):
            text = value.strip()
            try:
                number = int(text[1:], 16) if text.startswith("$") else int(text, 0)
            except ValueError:
                raise ValueError(f"expected a number from {least} to {most}, like 123, 0x7B or $7B") from None
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return number

    return parse


def boolean(value: Any) -> bool:
    """Parses yes or no: True, "true", "yes", "on", "1" and their opposites."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    answer = value if isinstance(value, bool) else words.get(str(value).lower())
    if answer is None:
        raise ValueError("expected yes or no")
    return answer


def choice(*names: str) -> Callable[[Any], str]:
    """Parses one of these names."""

    def parse(value: Any) -> str:
        if value not in names:
            raise ValueError(f"expected {' or '.join(names)}{nearest(str(value), dict.fromkeys(names))}")
        return str(value)

    return parse


def rate(value: Any) -> Fraction:
    """Parses a positive number of times per second, exactly: 1_000_000, "1.8432e6", "39375000/11"."""
    try:
        # An exponent of many digits would take all memory.
        if isinstance(value, str) and re.search(r"[eE][+-]?\d{4}", value):
            raise ValueError
        parsed = Fraction(value)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        raise ValueError("expected a number per second, like 1000000, 1.8432e6 or 39375000/11") from None
    if parsed <= 0:
        raise ValueError("expected a positive number per second")
    return parsed
