"""A machine is for one thread at a time, and says so; the host's end of a serial line may be used from anywhere."""

import threading
from collections.abc import Callable

import pytest

import retrovm
from retrovm import BusyError, Machine, PythonDevice, StopReason
from retrovm.core.audio import Audio
from retrovm.core.memory import Memory
from retrovm.cpu import Mos6502

PORT = 0x8000
LDA_PORT = bytes([0xAD, PORT & 0xFF, PORT >> 8])
USES: dict[str, Callable[[Machine], object]] = {
    "tick": lambda machine: machine.tick(),
    "step": lambda machine: machine.step(),
    "run_cycles": lambda machine: machine.run_cycles(10),
    "cpu.step": lambda machine: machine.cpu.step(),
    "cpu.run": lambda machine: machine.cpu.run(cycles=10),
    "cpu.run until": lambda machine: machine.cpu.run(until=0x10),
    "cpu.call": lambda machine: machine.cpu.call(0x10),
    "save_fields": lambda machine: machine.save_fields(),
    "load_fields": lambda machine: machine.load_fields(b""),
    "dump_fields": lambda machine: machine.dump_fields(),
    "reset": lambda machine: machine.reset(False),
    "power cycle": lambda machine: machine.reset(True),
    "audio": lambda machine: machine.audio.tobytes(),
}


class Port(PythonDevice):
    """A device that does what a test wants when it is read."""

    when_read: Callable[[], object]

    def read(self, address):
        self.when_read()
        return 0


@pytest.fixture
def machine():
    """A machine whose first instruction reads the port."""
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    bus.map(0, 0x8000, machine.add(Memory("ram", contents=LDA_PORT, size=0x8000)))
    bus.map(PORT, 0x100, machine.add(Port("port")))
    machine.add(Audio("audio", machine.clock))
    machine.add(Mos6502(bus=bus)).pc = 0
    return machine


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_machine_in_the_run_of_another_thread_refuses_what_needs_it_at_rest(machine, use):
    inside, go_on = threading.Event(), threading.Event()
    port = machine.devices["port"]
    port.when_read = lambda: (inside.set(), go_on.wait())
    thread = threading.Thread(target=machine.tick)
    thread.start()
    inside.wait()
    before = machine.clock.ticks
    with pytest.raises(BusyError, match="wait for its end"):
        use(machine)
    assert machine.clock.ticks == before
    go_on.set()
    thread.join()
    machine.save_fields()


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_device_that_uses_its_own_machine_in_a_run_ends_that_run_with_an_error(machine, use):
    machine.devices["port"].when_read = lambda: use(machine)
    with pytest.raises(BusyError):
        machine.tick()
    machine.cpu.pc = len(LDA_PORT)
    assert machine.run_cycles(100) is StopReason.CYCLES


def test_the_host_may_talk_to_a_running_machine():
    vm = retrovm.create("sbc6502")
    vm.run(cycles=200_000)
    vm.serial.receive()
    thread = threading.Thread(target=vm.run, kwargs={"cycles": 40_000_000})
    thread.start()
    heard = b""
    for _ in range(200):
        vm.serial.send(b"?")
        heard += vm.serial.receive()
    thread.join()
    heard += vm.serial.receive()
    assert heard == b"?" * 78 + b"\a" * 122, "the monitor's line is full after 78, and rings"
