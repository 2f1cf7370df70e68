"""The command `retrovm`: finds the command, runs it, and turns errors into one line and an exit status.

    0  success
    1  failure: a test that failed, a file that is damaged or cannot be written
    2  wrong use: an unknown command, machine or option, a file that is not there
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from retrovm.errors import ArgumentError, OptionError, RetroVMError, UnknownNameError

# Where each command is: a function with typer's annotations, or a `typer.Typer`. Imported when asked for.
COMMANDS = {
    "play": "retrovm.commands.play:command",
    "run": "retrovm.commands.run:run",
    "test": "retrovm.commands.test:command",
    "info": "retrovm.commands.info:info",
    "machines": "retrovm.commands.machines:machines",
    "dis": "retrovm.commands.dis:dis",
    "asm": "retrovm.commands.asm:asm",
    "disk": "retrovm.commands.disk:command",
    "bench": "retrovm.commands.bench:command",
}

WRONG_USE = (ArgumentError, OptionError, UnknownNameError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments == ["--version"]:                    # without the time that importing typer takes
        from retrovm import __version__

        print(f"retrovm {__version__}")
        return 0
    from retrovm.commands.group import group

    try:
        status: Any = group().main(arguments, prog_name="retrovm", standalone_mode=False)
        sys.stdout.flush()
    except RetroVMError as error:
        return _say(error, 2 if isinstance(error, WRONG_USE) else 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # or Python complains when it ends
        return 1
    except OSError as error:
        return _say(f"{error.filename}: {error.strerror}" if error.filename else error, 1)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return _of_typer(error)
    return status if isinstance(status, int) else 0


def _of_typer(error: Exception) -> int:
    """The status for an exception of typer; others are faults of this program, and go on."""
    if type(error).__name__ == "Abort":
        return 130
    if not hasattr(error, "format_message"):
        raise error
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "retrovm"
    if message := error.format_message():
        _say(f"{message.rstrip('.')}; see '{path} --help'", 2)
    return int(getattr(error, "exit_code", 2))


def _say(message: object, status: int) -> int:
    print("retrovm:", " ".join(str(message).split()), file=sys.stderr)
    return status
