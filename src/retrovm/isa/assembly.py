"""What the assemblers share: errors with their place in the source."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AssemblyError(Exception):
    """A program that cannot be assembled: `path`, `line` and `column` (from 1) say where, `message` what."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path = path
        self.line = line
        self.column = column
        self.message = message

    @property
    def errors(self) -> tuple[AssemblyError, ...]:
        """Every error of the program, in the order of the source."""
        return (self,)

    def __reduce__(self) -> tuple[type[AssemblyError], tuple[object, ...]]:
        return type(self), (self.path, self.line, self.column, self.message)


class AssemblyErrors(AssemblyError):
    """Several errors at once. Place and message are those of the first, the text is that of all, a line each."""

    def __init__(self, errors: Iterable[AssemblyError]) -> None:
        self._errors = tuple(errors)
        first = self._errors[0]
        super().__init__(first.path, first.line, first.column, first.message)

    def __str__(self) -> str:
        return "\n".join(map(str, self._errors))

    @property
    def errors(self) -> tuple[AssemblyError, ...]:
        return self._errors

    def __reduce__(self) -> tuple[type[AssemblyError], tuple[object, ...]]:
        return type(self), (self._errors,)


def suggestion(name: str, known: Iterable[str]) -> str:
    """'; did you mean ...?' for the known name nearest to `name`, or nothing."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
