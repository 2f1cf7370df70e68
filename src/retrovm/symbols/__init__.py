"""Symbols: names for addresses.

`retrovm.symbols.formats` reads what assemblers and linkers write, `retrovm.symbols.ca65` the debug information of ld65, of
which symbols are a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from retrovm.errors import ArgumentError, MediaError, UnknownNameError


class UnknownSymbolError(UnknownNameError, KeyError):
    """No symbol has this name, or several have. A `KeyError`, as mappings raise it."""

    __str__ = Exception.__str__          # that of KeyError shows the message in quotes


class Symbol(NamedTuple):
    """A name, its value, and a shorter name that means it where no other symbol has that one."""

    name: str
    value: int
    short: str | None = None


class Symbols(Mapping[str, int]):
    """The names of one machine's addresses: `symbols["main"]`, `"main" in symbols`, `for name in symbols`.

    A name inside a scope is written as its assembler writes it (`helper::again`, `multiply@loop`,
    `main.loop`); the last part alone is enough where it is unique.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[int]] = {}
        self._short: dict[str, list[str]] = {}
        self._names: dict[int, list[str]] = {}

    def load(self, path: str | PathLike[str]) -> int:
        """Adds the symbols of a file and returns how many there are in it.

        The content says what format it is; only the source of an Octo program goes by its name, `.8o`.
        Raises `MediaError`, and adds nothing, with the line and the column that cannot be understood.
        """
        from retrovm.symbols.formats import read_octo, read_symbols

        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise MediaError(f"the symbols cannot be read ({error.strerror})", file=str(path)) from error
        text = data.decode("utf-8", "replace")
        return self.add((read_octo if Path(path).suffix == ".8o" else read_symbols)(text, str(path)))

    def add(self, symbols: Iterable[Symbol]) -> int:
        """Adds symbols and returns how many there are."""
        found = list(symbols)
        for symbol in found:
            values = self._values.setdefault(symbol.name, [])
            if symbol.value not in values:
                values.append(symbol.value)
                self._names.setdefault(symbol.value, []).append(symbol.name)
            if symbol.short:
                longer = self._short.setdefault(symbol.short, [])
                if symbol.name not in longer:
                    longer.append(symbol.name)
        return len(found)

    def copy(self) -> Symbols:
        """The same symbols, to go their own way."""
        twin = Symbols()
        twin.add(Symbol(name, value) for name, values in self._values.items() for value in values)
        twin._short = {short: list(names) for short, names in self._short.items()}
        return twin

    def define(self, name: str, value: int) -> None:
        """Adds a symbol."""
        if not name or not isinstance(value, int) or value < 0:
            raise ArgumentError(f"a symbol is a name and a number from 0 up, not {name!r} = {value!r}")
        self.add([Symbol(name, value)])

    def at(self, address: int) -> tuple[str, ...]:
        """The names of an address, in the order of their loading."""
        return tuple(self._names.get(address, ()))

    def resolve(self, target: int | str) -> int:
        """The address of a name; an address is itself. Raises `UnknownNameError` with the nearest names."""
        return self[target] if isinstance(target, str) else target

    def __getitem__(self, name: str) -> int:
        values = self._values.get(name)
        if values is None:
            longer = self._short.get(name, [])
            if len(longer) > 1:
                raise UnknownSymbolError(f"the symbol {name!r} is ambiguous: it may be {' or '.join(longer)}")
            if not longer:
                near = get_close_matches(name, [*self._values, *self._short], 3)
                hint = f"did you mean {' or '.join(near)}?" if near else f"{len(self)} symbols are loaded"
                raise UnknownSymbolError(f"no symbol {name!r}; {hint}")
            values = self._values[longer[0]]
        if len(values) > 1:
            places = ", ".join(f"${value:04X}" for value in values)
            raise UnknownSymbolError(f"the symbol {name!r} is ambiguous: it is at {places}; use the address")
        return values[0]

    def __contains__(self, name: object) -> bool:
        """Whether the name, in full or in short, means one address."""
        try:
            return isinstance(name, str) and self[name] >= 0
        except UnknownSymbolError:
            return False

    def __iter__(self) -> Iterator[str]:
        """The names that mean one address, in full."""
        return (name for name, values in self._values.items() if len(values) == 1)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Symbols: {len(self)}>"
