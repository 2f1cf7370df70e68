"""Every error of retrovm. Each message says what was found, what was expected, and what to do."""

from retrovm.core.errors import AddressError, ArgumentError, BusyError, CallError, RetroVMError, StateError

__all__ = ["AddressError", "ArgumentError", "BusyError", "CallError", "DownloadError", "ManifestError", "MediaError",
           "MovieError", "OptionError", "RecordingError", "RegistrationError", "ReplayError", "RetroVMError", "StateError",
           "UnknownNameError"]


class MediaError(RetroVMError):
    """A file, or the bytes given for one, is not what its format says. Names the file and the place in it.

    file      name of the file, or what stands for it
    line      line of a text, from 1; `column` the character in it, from 1
    offset    byte of a binary file, from 0
    found     what is there, and `expected` what should be
    hint      what to do

    Each is None where it has no meaning. The message is made of them:

        >>> print(MediaError("the checksum is wrong", file="a.hex", line=2, found="$4C", expected="$4D"))
        a.hex, line 2: the checksum is wrong: found $4C, expected $4D
    """

    def __init__(self, problem: str, *, file: str | None = None, line: int | None = None,
                 column: int | None = None, offset: int | None = None, found: str | None = None,
                 expected: str | None = None, hint: str | None = None) -> None:
        self.problem, self.file, self.line, self.column, self.offset = problem, file, line, column, offset
        self.found, self.expected, self.hint = found, expected, hint
        super().__init__(problem)

    def __str__(self) -> str:
        place = [self.file] if self.file is not None else []
        place += [f"line {self.line}"] if self.line is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        place += [f"offset ${self.offset:04X}"] if self.offset is not None else []
        facts = [f"found {self.found}"] if self.found is not None else []
        facts += [f"expected {self.expected}"] if self.expected is not None else []
        message = ": ".join(part for part in (", ".join(place), self.problem, ", ".join(facts)) if part)
        return f"{message}; {self.hint}" if self.hint else message


class DownloadError(RetroVMError):
    """A file cannot be got from where it is, or is not what it should be. Nothing of it is kept."""


class ManifestError(RetroVMError):
    """A suite.toml or another file that describes things is wrong. Names the file, the line and the key."""


class MovieError(RetroVMError):
    """A movie is damaged, of another machine or medium, or cannot be written. Nothing has changed where it cannot be played."""


class ReplayError(MovieError):
    """A replay has gone apart from its recording.

    frame  of the checkpoint that did not hold, or where the replay has come to without being where it should
    since  the frame of the last checkpoint that held: what is different has happened after it
    """

    def __init__(self, message: str, frame: int, since: int) -> None:
        super().__init__(message)
        self.frame, self.since = frame, since


class OptionError(RetroVMError, ValueError):
    """An option that the machine does not have, or a value that it cannot take.

    option  its name, where the error is about one alone; None otherwise
    """

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.option = option


class RecordingError(RetroVMError):
    """Pictures and sound cannot be recorded: a package is missing, or the file cannot be written."""


class RegistrationError(RetroVMError):
    """An installed package registers what cannot be imported, or is not what it is registered as."""


class UnknownNameError(RetroVMError, LookupError):
    """No machine, button, part or symbol has this name. The message lists the nearest ones."""
