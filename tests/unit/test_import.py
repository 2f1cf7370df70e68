"""`import retrovm`: fast, silent, and nothing that is not used."""

import importlib
import subprocess
import sys

import pytest

import retrovm


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_import_is_silent_and_imports_nothing_heavy():
    done = python("import sys, retrovm; print(*sys.modules)")
    assert done.stderr == ""
    imported = set(done.stdout.split())
    assert not imported & {"numpy", "sdl2", "sdl2dll", "typer", "rich", "PIL", "retrovm.session"}


def test_a_machine_runs_without_numpy_and_sdl():
    done = python("import sys, retrovm; retrovm.VM, retrovm.detect, retrovm.load; print(*sys.modules)")
    assert not set(done.stdout.split()) & {"numpy", "sdl2", "sdl2dll", "typer", "rich", "PIL"}


def test_import_loads_no_other_module_of_the_package():
    """Importing is fast because it loads next to nothing; how fast, benchmarks/import_time.py measures."""
    done = python("import sys; before = set(sys.modules); import retrovm; print(*set(sys.modules) - before)")
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.partition(".")[0] == "retrovm"} == {"retrovm"}
    assert {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names == {"retrovm"}


@pytest.mark.parametrize("name", retrovm.__all__)
def test_every_public_name_is_there(name):
    assert getattr(retrovm, name) is not None
    assert name in dir(retrovm)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        retrovm.nothing  # noqa: B018


def test_machines_can_be_called_before_and_after_a_machine_was_imported(installed):
    assert list(retrovm.machines()) == ["tiny"]
    importlib.import_module("retrovm.machines")
    assert list(retrovm.machines()) == ["tiny"]


def test_get_include_is_the_folder_of_the_declarations():
    from pathlib import Path

    assert (Path(retrovm.get_include()) / "retrovm" / "core" / "device.pxd").is_file()


def test_every_error_is_a_retrovm_error():
    errors = [getattr(retrovm, name) for name in retrovm.__all__ if name.endswith("Error")]
    assert len(errors) >= 8
    assert all(issubclass(error, retrovm.RetroVMError) for error in errors)


def test_a_processor_works_alone():
    cpu = retrovm.cpu.Mos6502(model="6502")
    cpu.memory[0x0400:0x0403] = bytes.fromhex("A9 2A EA")
    cpu.pc = 0x0400
    assert cpu.run(until=0x0402) is retrovm.StopReason.ADDRESS
    assert (cpu.registers["a"], cpu.cycles) == (0x2A, 2)
    assert {"Chip8", "Mos6502"} <= set(dir(retrovm.cpu))
