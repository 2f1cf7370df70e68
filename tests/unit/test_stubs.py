"""Stubs say about compiled modules what the compiled modules are."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXT = ROOT / "ext" / "retrovm"


def test_every_module_of_the_core_has_a_stub():
    compiled = {path.stem for path in (EXT / "core").glob("*.pyx")}
    assert compiled == {path.stem for path in (EXT / "core").glob("*.pyi")}


def test_stubs_agree_with_the_compiled_modules(tmp_path):
    pytest.importorskip("mypy", reason="mypy checks the stubs: pip install 'retrovm[lint]'")
    # An editable install spreads the package over two trees, which mypy does not follow: put it together.
    package = tmp_path / "retrovm"
    shutil.copytree(importlib.import_module("retrovm").__path__[0], package, dirs_exist_ok=True)
    for folder in EXT.iterdir():
        if (folder / "__init__.py").exists():
            found = importlib.import_module(f"retrovm.{folder.name}").__path__[0]
            shutil.copytree(found, package / folder.name, dirs_exist_ok=True)
    modules = sorted(f"retrovm.{path.parent.name}.{path.stem}" for path in EXT.glob("*/*.pyi"))
    result = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "--concise", "--ignore-disjoint-bases",
         "--allowlist", str(ROOT / "tests" / "stubtest-allowlist.txt"), *modules],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(tmp_path), "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
