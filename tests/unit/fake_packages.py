"""Packages of others, for tests: real files with real metadata, found by importlib.metadata."""

import sys
from pathlib import Path

import retrovm.registry

MACHINE = '''
from fractions import Fraction
from retrovm.spec import Judgement, MachineSpec

def judge(media):
    {judge}

SPEC = MachineSpec(id="{id}", title="{id}", summary="", family="test", judge=judge, formats={formats},
                   wire=lambda machine, media, options: None, clock_rate=lambda options: Fraction(1))
'''
PREFIX = "plugin_"


def install(folder: Path, name: str, entry_points: str, source: str) -> None:
    """Puts a package with one module, both called `name`, into a folder of sys.path."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)
    (folder / f"{name}.py").write_text(source)


def install_machine(folder: Path, id: str, judge: str, formats: tuple[str, ...] = ()) -> None:
    """Installs a machine; `judge` is the body of its judge function."""
    install(folder, f"{PREFIX}{id}", f"[retrovm.machines]\n{id} = {PREFIX}{id}:SPEC\n",
            MACHINE.format(id=id, judge=judge, formats=formats))


def forget() -> None:
    """Makes Python and the registry forget the packages that were installed; all begin with "plugin_"."""
    for name in [name for name in sys.modules if name.startswith(PREFIX)]:
        del sys.modules[name]
    retrovm.registry.forget()
