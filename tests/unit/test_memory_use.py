"""What a machine costs a process that has many of them."""

import subprocess
import sys

import pytest

MANY = """
import gc, resource, retrovm
def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
vm = retrovm.create("chip8", bytes.fromhex("A206 D005 1204 F090 9090 F000"), name="sprite.ch8")
vm.tick()
warm = [vm.clone() for _ in range(100)]
before = resident()
machines = [vm.clone() for _ in range(2000)]
for each in machines:
    each.tick()
print((resident() - before) // len(machines))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_chip8_that_runs_takes_less_than_12_kib_of_a_process():
    done = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, check=True)
    assert 4096 < int(done.stdout) < 12 * 1024
