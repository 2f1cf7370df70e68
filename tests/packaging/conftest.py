"""A wheel, built once from the source distribution of this checkout, and a fresh environment with it."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, cwd, **environment):
    """What a command prints; its failure is the test's."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": "", **environment})
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(kind, source, target):
    """Builds with the tools that are installed here, so that no index is needed."""
    run(sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--skip-dependency-check", "--outdir", target, source,
        cwd=target.parent)
    (found,) = target.iterdir()
    return found


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    if not (ROOT / ".git").exists():
        pytest.skip("a source distribution is made from a git checkout")
    target = tmp_path_factory.mktemp("sdist") / "out"
    target.mkdir()
    return build("sdist", ROOT, target)


@pytest.fixture(scope="session")
def unpacked(sdist, tmp_path_factory):
    """The source distribution, unpacked: no git around it."""
    folder = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(sdist, folder, filter="data")
    (source,) = folder.iterdir()
    return source


@pytest.fixture(scope="session")
def wheel(unpacked, tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel") / "out"
    target.mkdir()
    return build("wheel", unpacked, target)


class Environment:
    """A virtual environment. The dependencies are those of the running Python, and nothing else of it is installed."""

    def __init__(self, folder):
        venv.create(folder, with_pip=False)
        self.folder = folder
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / "python"
        paths = {"base": str(folder), "platbase": str(folder)}
        site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        # An editable retrovm out there stays out there: its .pth file is not read through this one.
        site.joinpath("dependencies.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))

    def run(self, *command, cwd=None):
        return run(*command, cwd=self.folder if cwd is None else cwd)

    def install(self, what):
        self.run(self.python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--ignore-installed",
                 "--disable-pip-version-check", what)


@pytest.fixture(scope="session")
def environment(wheel, tmp_path_factory):
    """An environment with the wheel in it."""
    made = Environment(tmp_path_factory.mktemp("venv"))
    made.install(wheel)
    return made
