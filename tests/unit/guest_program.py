"""The program of tests/unit/coverage/: built anew where cc65 is installed, else as it is committed."""

import shutil
import subprocess
from pathlib import Path

import pytest

import retrovm

SOURCES = Path(__file__).parent / "coverage"


@pytest.fixture(scope="session")
def guest(tmp_path_factory):
    """The folder with guest.s, guest.bin and guest.dbg."""
    if shutil.which("ca65") is None or shutil.which("ld65") is None:
        return SOURCES
    folder = tmp_path_factory.mktemp("guest")
    for name in ("guest.s", "guest.cfg"):
        shutil.copy(SOURCES / name, folder)
    subprocess.run(["ca65", "-g", "guest.s", "-o", "guest.o"], cwd=folder, check=True)
    subprocess.run(["ld65", "-C", "guest.cfg", "guest.o", "-o", "guest.bin", "--dbgfile", "guest.dbg"], cwd=folder, check=True)
    assert (folder / "guest.bin").read_bytes() == (SOURCES / "guest.bin").read_bytes()
    return folder


def machine(folder):
    """A machine with the program in it, switched on, with its symbols."""
    vm = retrovm.create("sbc6502", (folder / "guest.bin").read_bytes(), name="guest.bin")
    vm.symbols.load(folder / "guest.dbg")
    return vm


def line_of(folder, text):
    """The number of the one line that has this text."""
    found = [number for number, line in enumerate((folder / "guest.s").read_text().splitlines(), 1) if text in line]
    assert len(found) == 1, (text, found)
    return found[0]
