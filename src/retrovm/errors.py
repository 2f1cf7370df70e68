"""Every error of retrovm. Each message says what was found, what was expected, and what to do."""

from retrovm.core.errors import AddressError, ArgumentError, RetroVMError, StateError

__all__ = ["AddressError", "ArgumentError", "ManifestError", "MediaError", "OptionError", "RetroVMError", "StateError",
           "UnknownNameError"]


class MediaError(RetroVMError):
    """A file, or the bytes given for one, is not what its format says. Names the file and the place in it."""


class ManifestError(RetroVMError):
    """A suite.toml or another file that describes things is wrong. Names the file, the line and the key."""


class OptionError(RetroVMError, ValueError):
    """An option that the machine does not have, or a value that it cannot take."""


class UnknownNameError(RetroVMError, LookupError):
    """No machine, button, part or symbol has this name. The message lists the nearest ones."""
