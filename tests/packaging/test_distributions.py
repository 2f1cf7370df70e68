"""What is in the source distribution and in the wheel, and that both can be built and used."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from building import ROOT, run

# All in one worker of pytest-xdist (--dist loadgroup), so that the wheel is built once.
pytestmark = pytest.mark.xdist_group("packaging")

EXTENSIONS = sorted(path.relative_to(ROOT / "ext") for path in (ROOT / "ext").rglob("*.pyx"))
PROGRAMS = sorted(path.relative_to(ROOT / "roms") for pattern in ("*/*/*.ch8", "*/*/*.bin")
                  for path in (ROOT / "roms").glob(pattern))


def contents(wheel):
    return {name: zipfile.ZipFile(wheel).getinfo(name).file_size for name in zipfile.ZipFile(wheel).namelist()}


def test_the_source_distribution_has_every_source_program_test_and_page(sdist):
    with tarfile.open(sdist) as archive:
        names = {PurePosixPath(*PurePosixPath(name).parts[1:]).as_posix() for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files", "ext", "src", "roms", "tests", "docs", "examples"], cwd=ROOT,
                             capture_output=True, text=True, check=True).stdout.split()
    assert not set(tracked) - names
    assert not [name for name in names if name.endswith((".c", ".so", ".pyd"))]


def test_a_wheel_is_built_from_the_source_distribution_with_its_version(sdist, wheel):
    version = re.match(r"retrovm-(.+)\.tar\.gz", sdist.name)[1]
    assert wheel.name.startswith(f"retrovm-{version}-")


def test_the_wheel_has_every_module_with_what_others_compile_and_check_against(wheel):
    names = set(contents(wheel))
    for source in EXTENSIONS:
        stem = source.with_suffix("").as_posix()
        assert [name for name in names if re.fullmatch(rf"{stem}\.\S*(so|pyd)", name)], stem
        for suffix in (".pxd", ".pyi"):
            if (ROOT / "ext" / source).with_suffix(suffix).exists():
                assert stem + suffix in names
    assert "retrovm/py.typed" in names


def test_the_wheel_has_every_python_module(wheel):
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert not modules - set(contents(wheel))


def test_the_wheel_has_the_bundled_programs_with_their_sources(wheel):
    names = set(contents(wheel))
    for program in PROGRAMS:
        folder = f"retrovm/roms/{program.parent.as_posix()}"
        assert f"{folder}/{program.name}" in names
        assert {f"{folder}/README.md", f"{folder}/suite.toml"} <= names
        assert [name for name in names if name.startswith(f"{folder}/src/")]
    kept = [path.relative_to(ROOT / "roms").as_posix() for path in (ROOT / "roms").glob("*/*/*.lbl")]
    assert not {f"retrovm/roms/{path}" for path in kept} - names


def test_the_wheel_has_what_is_known_of_programs(wheel):
    assert {"retrovm/media/chip8_programs.txt", "retrovm/media/chip8_bundled.txt"} <= set(contents(wheel))


def test_the_wheel_has_the_font_of_the_player(wheel):
    assert "retrovm/player/font.txt" in contents(wheel)


def test_the_wheel_has_no_intermediate_files_and_is_small(wheel):
    wrong = [name for name in contents(wheel) if name.endswith((".c", ".pyx", ".pxi", ".h", ".o")) or "test" in name.split("/")]
    assert wrong == []
    assert wheel.stat().st_size < 10_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="looks at ELF files")
def test_the_libraries_in_the_wheel_are_stripped(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".so"):
                assert b".debug_info" not in archive.read(name), name
                assert b".symtab" not in archive.read(name), name


def test_the_version_is_one_without_tags_and_without_git(tmp_path):
    clone = tmp_path / "clone"
    try:
        subprocess.run(["git", "clone", "--quiet", "--no-tags", "--depth", "1", f"file://{ROOT}", str(clone)], check=True,
                       capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no git checkout to clone")
    version = re.compile(r"\d+\.\d+.*dev\d+")
    ask = [sys.executable, "-m", "setuptools_scm"]
    assert version.search(run(*ask, cwd=clone))
    shutil.rmtree(clone / ".git")
    assert version.search(run(*ask, cwd=clone))


def test_the_installed_wheel_loads_and_runs_a_bundled_program(environment):
    code = "import retrovm; vm = retrovm.create('chip8', retrovm.bundled.program('chip8/ember').file); vm.tick(30); " \
           "print(retrovm.__file__, vm.frame, retrovm.__version__)"
    place, frames, version = environment.run(environment.python, "-c", f"import retrovm.bundled; {code}").split()
    assert Path(place).is_relative_to(environment.folder)
    assert frames == "30"
    assert version


def test_the_command_line_is_installed(environment):
    assert "chip8" in environment.run(environment.bin / "retrovm", "machines")


def test_extensions_that_say_so_keep_the_gil_off(environment):
    """On a free-threaded Python an extension that does not declare itself switches the GIL on."""
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
    if enabled:
        pytest.skip("this Python has a GIL")
    code = "import sys, retrovm.session, retrovm.cpu.mos6502, retrovm.cpu.chip8; print(sys._is_gil_enabled())"
    assert environment.run(environment.python, "-c", code).strip() == "False"
