"""The printer of the Tally for machine files: anybody may put it on a board."""

from retrovm.chip_spec import ChipSpec, Socket
from retrovm_tally.printer import Printer


def make_printer(socket: Socket) -> Printer:
    """The printer in its socket."""
    return Printer(socket.name)


PRINTER = ChipSpec(id="tally-printer", title="Printer of the Tally", size=1, make=make_printer)
