"""Every machine that is registered, with the program that shows it: a new machine is tested by being registered."""

import retrovm
from retrovm import bundled, registry
from retrovm.core.ports import Buttons

IDS = tuple(registry.machines())
# Also with these options, where they make it run by other code.
KINDS = (*IDS, "chip8 timing=vip")


def id_of(kind):
    return kind.split()[0]


def demo(kind):
    """The program that shows a machine, as a path; None where it starts without one."""
    program = registry.machine(id_of(kind)).demo
    return None if program is None else bundled.program(program).file


def make(kind, seed=1):
    """A machine with its own program in it."""
    id, *options = kind.split()
    return retrovm.create(id, demo(id), seed=seed, **dict(option.split("=") for option in options))


def buttons(vm):
    """The names of all its buttons."""
    return [name for port in vm.ports.groups.values() if isinstance(port, Buttons) for name in port.names]


def poke_at(vm, choice):
    """Lets the host do something that `choice`, any number, stands for: a button, or a byte on the serial line."""
    names = buttons(vm)
    if names:
        vm.button(names[choice % len(names)], frames=1 + choice % 3)
    if vm.serial is not None:
        vm.serial.send(bytes([choice & 0x7F, 0x0D]))
