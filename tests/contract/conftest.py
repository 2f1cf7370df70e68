"""Every machine that is registered, with the program that shows it: a new machine is tested by being registered."""

import every_machine
import pytest


def pytest_generate_tests(metafunc):
    if "machine" in metafunc.fixturenames:
        metafunc.parametrize("machine", every_machine.KINDS)


@pytest.fixture
def vm(machine):
    return every_machine.make(machine)


@pytest.fixture
def running(machine, vm):
    """A machine with its demo in it, which goes on for ever."""
    if every_machine.demo(machine) is None:
        pytest.skip(f"{machine} has no demo")
    return vm
