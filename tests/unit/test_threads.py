"""Many threads at once, with and without the interpreter's lock: what all machines share."""

import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from threading import Barrier

import pytest

from retrovm import registry

THREADS = 8

FIRST_USE = """
import random, sys, threading
from concurrent.futures import ThreadPoolExecutor
import retrovm

ROM = bytes.fromhex("00E0 1200")
USES = [lambda name=name: getattr(retrovm, name) for name in retrovm.__all__] + [
    lambda: retrovm.create("sbc6502").tick(2),
    lambda: retrovm.load(ROM, name="a.ch8").save_state(),
    lambda: retrovm.load(ROM, name="a.ch8").screen.ndarray.sum(),
    lambda: retrovm.detect(ROM, name="a.ch8"),
    lambda: retrovm.media.open_media(ROM, name="a.ch8"),
    lambda: retrovm.machines(),
    lambda: (retrovm.cpu.Chip8, retrovm.cpu.Mos6502),
]
START = threading.Barrier({threads})

def use(thread):
    order = random.Random({seed} * 100 + thread).sample(USES, len(USES))
    START.wait()
    for each in order:
        each()

sys.setswitchinterval(1e-5)
with ThreadPoolExecutor({threads}) as pool:
    list(pool.map(use, range({threads})))
"""

# While a package runs, Python lets no second thread wait for one of its modules that the first one needs: it fails with a
# deadlock. So the package comes first, as it does in any program.
FIRST_IMPORTS = """
import importlib, random, sys, threading
from concurrent.futures import ThreadPoolExecutor
import retrovm

NAMES = {names}
START = threading.Barrier({threads})

def use(thread):
    order = random.Random({seed} * 100 + thread).sample(NAMES, len(NAMES))
    START.wait()
    for name in order:
        importlib.import_module(name)

sys.setswitchinterval(1e-6)
with ThreadPoolExecutor({threads}) as pool:
    list(pool.map(use, range({threads})))
"""

COMPILED = """
import importlib, pkgutil, sys
import retrovm.chips, retrovm.core, retrovm.cpu

names = [module.name for package in (retrovm.chips, retrovm.core, retrovm.cpu)
         for module in pkgutil.iter_modules(package.__path__, package.__name__ + ".")]
assert "retrovm.core.machine" in names and "retrovm.cpu.mos6502" in names and "retrovm.chips.mos6551" in names
for name in names:
    importlib.import_module(name)
    assert not sys._is_gil_enabled(), name
"""


def modules():
    """The modules that need no extra to be installed."""
    packages = ["chips", "core", "cpu", "isa", "machines", "media", "suite", "suite.judges"]
    return [module.name for package in map(import_module, (f"retrovm.{name}" for name in packages))
            for module in iter_modules(package.__path__, f"{package.__name__}.") if module.name != "retrovm.isa.generate"]


@pytest.fixture
def hurried():
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def at_once(work):
    """The results of `work(number)` in threads that begin together."""
    start = Barrier(THREADS)

    def begin(number):
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


@pytest.mark.parametrize("seed", range(3))
def test_the_first_use_of_anything_may_come_from_many_threads_at_once(seed):
    code = FIRST_USE.replace("{threads}", str(THREADS)).replace("{seed}", str(seed))
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("seed", range(5))
def test_the_first_import_of_any_module_may_come_from_many_threads_at_once(seed):
    code = FIRST_IMPORTS.replace("{threads}", str(THREADS)).replace("{seed}", str(seed)).replace("{names}", repr(modules()))
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=120)


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python has a GIL")
def test_no_compiled_module_switches_the_gil_on(monkeypatch):
    monkeypatch.delenv("PYTHON_GIL", raising=False)
    subprocess.run([sys.executable, "-W", "error", "-c", COMPILED], check=True, timeout=120)


def test_the_registry_answers_while_another_thread_makes_it_forget(hurried, monkeypatch):
    expected = registry.machine("chip8")
    entries = entry_points(group="retrovm.machines")
    monkeypatch.setattr(registry, "entry_points", lambda group: entries)      # finding them would take all the time

    def ask(number):
        for _ in range(20_000):
            if number % 4 == 0:
                registry.MACHINES.forget()
            else:
                assert registry.machine("chip8") is expected
                assert "sbc6502" in registry.MACHINES.ids()

    at_once(ask)


def test_problems_can_be_listed_while_other_threads_report_them(hurried):
    group = registry.Group("retrovm.tests", "test", lambda id, loaded: None)

    def report(number):
        for count in range(500):
            if number % 2:
                group.report(f"{number}-{count}", "nowhere:X", "is for tests")
            else:
                assert all(problem.reason == "is for tests" for problem in group.problems)

    at_once(report)
    assert len(group.problems) == THREADS // 2 * 500
