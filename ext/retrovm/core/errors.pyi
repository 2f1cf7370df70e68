class RetroVMError(Exception):
    """The base of every error: the message says what was found, what was expected, and what to do."""

class ArgumentError(RetroVMError, ValueError):
    """A value that cannot be meant: an address outside the bus, a rate of zero, a name that is taken."""

class AddressError(RetroVMError, IndexError):
    """An address outside the address space."""

class BusyError(RetroVMError):
    """The machine is in the middle of a run: one of another thread, or the one that has called a device in Python."""

class CallError(RetroVMError):
    """A subroutine that was called from the host did not come back, or this processor has no such calls."""

class StateError(RetroVMError):
    """The bytes do not describe a state of this machine. Nothing was changed."""
