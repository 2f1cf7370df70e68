"""What the signals of a chip are wired to: lines of other chips' ports, or a level for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrovm.spec import nearest
from retrovm.toml_keys import WithinError

LEVELS = ("low", "high")


@dataclass(frozen=True)
class Wires:
    """(signal, end) pairs; an end is "via.pa5", "low" or "high". `str` gives the text that is parsed."""

    ends: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return " ".join(f"{signal}={end}" for signal, end in self.ends)

    def __iter__(self) -> Iterator[tuple[str, str | None, str]]:
        """(signal, part, line), or (signal, None, level)."""
        for signal, end in self.ends:
            part, _, line = end.rpartition(".")
            yield signal, part or None, line


def parse_wires(signals: Sequence[str], lines: Mapping[str, Sequence[str]]) -> Callable[[Any], Wires | None]:
    """Parses the wires of a chip.

    Parameters
        signals  what the chip has
        lines    the lines of the other parts, by their names
    The parser takes a table {signal: end}, text like "cs=via.pa4 sclk=pa3", in which the part may be left out where only one
    has such a line, and "none", which gives None.
    """
    known = {f"{part}.{line}": None for part, own in lines.items() for line in own}
    alone = {line: [f"{part}.{line}" for part, own in lines.items() if line in own] for own in lines.values() for line in own}

    def end_of(signal: str, end: Any) -> str:
        if signal not in signals:
            raise WithinError(signal, f"there is no signal {signal!r}{nearest(signal, dict.fromkeys(signals))}")
        if not isinstance(end, str):
            raise WithinError(signal, f'expected a line in quotes, like "via.pa5", found {end!r}')
        if end in known or end in LEVELS:
            return end
        if len(alone.get(end, ())) == 1:
            return alone[end][0]
        if end in alone:
            raise WithinError(signal, f"several parts have a line {end!r}: say {' or '.join(alone[end])}")
        raise WithinError(signal, f"no chip above this one has a line {end!r}"
                                  f"{nearest(end, {**known, **alone, **dict.fromkeys(LEVELS)})}")

    def parse(value: Any) -> Wires | None:
        if value is None or value == "none":
            return None
        if isinstance(value, Wires):
            value = dict(value.ends)
        if isinstance(value, Mapping):
            return Wires(tuple((signal, end_of(signal, end)) for signal, end in value.items()))
        if not isinstance(value, str):
            raise ValueError("expected a table of wires, like { cs = \"via.pa4\" }")
        found: dict[str, str] = {}
        for word in value.replace(",", " ").split():
            signal, equals, end = word.partition("=")
            if not equals:
                raise ValueError(f"expected wires, like cs=pa4 sclk=pa3, or none, not {word!r}")
            if signal in found:
                raise ValueError(f"{word} is the second wire of {signal}")
            try:
                found[signal] = end_of(signal, end)
            except WithinError as error:
                raise ValueError(f"{word}: {error}") from None
        return Wires(tuple(found.items()))

    return parse
