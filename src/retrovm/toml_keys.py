"""A table of a TOML file, read key by key; whatever is wrong is reported with file, line, column and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path as FilePath
from typing import Any, NoReturn, TypeVar

from retrovm.errors import ManifestError, RetroVMError
from retrovm.spec import integer, nearest
from retrovm.toml_places import Path, Place, places

T = TypeVar("T")
REQUIRED: Any = object()
"""The default of a key that must be there."""


class WithinError(ValueError):
    """What is wrong with a key inside a table that is parsed as one value."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Document:
    """A TOML file and the places of its keys. Raises `ManifestError` when it is not UTF-8, or not TOML."""

    def __init__(self, file: FilePath, content: bytes) -> None:
        self.file = file
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
            raise ManifestError(f"{file}:{line}: expected UTF-8 text, found the byte 0x{byte:02X}") from None
        try:
            self.values = tomllib.loads(text)
            self.places = places(text)
        except RecursionError:
            raise ManifestError(f"{file}: arrays or tables are nested too deeply to be read") from None
        except ValueError as error:
            message = str(error)
            found = re.search(r" \(at line (\d+), column (\d+)\)$", message)
            if found is None:               # at the end of the document, or a number without end
                raise ManifestError(f"{file}:{text.count(chr(10)) + 1}: not TOML: {message}") from None
            where, message = f"{file}:{found[1]}:{found[2]}", message[:found.start()]
            raise ManifestError(f"{where}: not TOML: {message}") from None

    def place(self, path: Path) -> Place:
        """Where this key is written; where the nearest table around it is, if it is not."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def where(self, path: Path) -> str:
        """The place of this key, as it begins a message: file, line, column and key."""
        line, column = self.place(path)
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        return f"{self.file}:{line}:{column}: {key}" if key else f"{self.file}:{line}:{column}"

    def fail(self, path: Path, message: str) -> NoReturn:
        """Raises the `ManifestError` of this place."""
        raise ManifestError(f"{self.where(path)}: {message}")


class Keys:
    """One table. Each key is taken with what it must be; `finish` then reports keys that nobody asked for."""

    def __init__(self, document: Document, path: Path = (), values: Any = None) -> None:
        self.document = document
        self.path = path
        self.values: Mapping[str, Any] = document.values if values is None else values
        if not isinstance(self.values, dict):
            document.fail(path, f"expected a table {{ key = value }}, found {shown(self.values)}")
        self.known: list[str] = []

    @property
    def folder(self) -> FilePath:
        """The folder that relative file names count from."""
        return self.document.file.parent

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def where(self, key: str) -> str:
        """The place of this key, as it begins a message."""
        return self.document.where((*self.path, key))

    def fail(self, key: str, message: str) -> NoReturn:
        """Raises the `ManifestError` of this key."""
        self.document.fail((*self.path, key), message)

    def take(self, key: str, parse: Callable[[Any], T], default: Any = REQUIRED) -> T:
        """The value of a key as `parse` makes it. `parse` raises `ValueError` saying what it expects."""
        self.known.append(key)
        if key not in self.values:
            if default is REQUIRED:
                self.document.fail(self.path, f"the key {key!r} is missing")
            return default                          # type: ignore[no-any-return]
        return self.parse((*self.path, key), parse, self.values[key])

    def parse(self, path: Path, parse: Callable[[Any], T], value: Any) -> T:
        try:
            return parse(value)
        except WithinError as error:
            self.document.fail((*path, error.key), str(error))
        except (ValueError, TypeError) as error:
            self.document.fail(path, f"{error}, found {shown(value)}")

    def take_list(self, key: str, parse: Callable[[Any], T], default: Any = REQUIRED) -> tuple[T, ...]:
        """The values of a key that holds one value or a list of them, at least one."""
        self.take(key, lambda value: value, default)
        if key not in self.values:
            return default                          # type: ignore[no-any-return]
        alone = not isinstance(self.values[key], list)
        found = [self.values[key]] if alone else self.values[key]
        if not found:
            self.fail(key, "the list is empty")
        return tuple(self.parse((*self.path, key) if alone else (*self.path, key, i), parse, value)
                     for i, value in enumerate(found))

    def table(self, key: str, required: bool = True) -> Keys | None:
        """The table that a key holds."""
        self.take(key, lambda value: value, REQUIRED if required else None)
        return Keys(self.document, (*self.path, key), self.values[key]) if key in self.values else None

    def required_table(self, key: str) -> Keys:
        """The table that a key holds, which must be there."""
        return Keys(self.document, (*self.path, key), self.take(key, lambda value: value))

    def tables(self, key: str, required: bool = False) -> list[Keys]:
        """The tables that a key holds as a list."""
        values = self.take(key, list_of_tables, REQUIRED if required else [])
        return [Keys(self.document, (*self.path, key, i), value) for i, value in enumerate(values)]

    def one_of(self, *keys: str) -> str:
        """The one of these keys that is there. An error when it is none, or more than one."""
        self.known.extend(keys)
        there = [key for key in keys if key in self.values]
        if len(there) != 1:
            found = " and ".join(there) if there else "none of them"
            self.document.fail((*self.path, *there[1:2]), f"expected one of {', '.join(keys)}, found {found}")
        return there[0]

    def finish(self) -> None:
        """Raises `ManifestError` for the first key that nobody has asked for."""
        for key in self.values:
            if key not in self.known:
                self.fail(key, f"there is no such key{nearest(key, dict.fromkeys(self.known))}")


@contextmanager
def placed(where: str, *errors: type[RetroVMError]) -> Iterator[None]:
    """These errors, where they come of what a manifest has at a place, are a `ManifestError` of that place."""
    try:
        yield
    except errors as error:
        if not where:
            raise
        raise ManifestError(f"{where}: {error}") from error


def shown(value: Any) -> str:
    """A value as it may stand in an error message, in the words of TOML."""
    text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, date | time) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# --- what a value must be: functions for `take`
# ---------------------------------------------------------------------

address = integer(0, 0xFFFF_FFFF)
count = integer(0, 2**62)
positive = integer(1, 2**62)


def true(value: Any) -> bool:
    """`true`, for a key that is left out where it is not so."""
    if value is not True:
        raise ValueError("expected true")
    return True


def positive_number(value: Any) -> float:
    """A number above zero, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        raise ValueError("expected a number above 0")
    return float(value)


def text(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise ValueError("expected a text in quotes")
    return value


def sentence(value: Any) -> str:
    """A text of one line that is not empty."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("expected a line of text in quotes")
    return value


def file_name(value: Any) -> str:
    """The name of a file or folder."""
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError("expected a file name in quotes")
    return value


def hexadecimal(value: Any) -> bytes:
    """Bytes as hexadecimal digits: "A9 01"."""
    try:
        found = bytes.fromhex(value)
    except (ValueError, TypeError):
        found = b""
    if not found:
        raise ValueError('expected bytes as hexadecimal digits in quotes, like "A9 01"')
    return found


def latin(value: Any) -> bytes:
    """Text as the bytes that a guest sees: the characters U+0000 to U+00FF."""
    try:
        return text(value).encode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(f"expected characters of one byte each; {value[error.start]!r} is none") from None


def sha1(value: Any) -> str:
    """A SHA-1 as 40 hexadecimal digits, in lower case."""
    if not isinstance(value, str) or not re.fullmatch("[0-9a-fA-F]{40}", value):
        raise ValueError("expected a SHA-1 of 40 hexadecimal digits in quotes")
    return value.lower()


def list_of_tables(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("expected a list of tables [ { key = value }, ... ]")
    return value
