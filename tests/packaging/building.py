"""Building this checkout, and environments to install what was built into."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command, cwd, **environment):
    """What a command prints; its failure is the test's."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": "", "PYTEST_ADDOPTS": "", **environment})
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(kind, source, target):
    """Builds with the tools that are installed here, so that no index is needed."""
    run(sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--skip-dependency-check", "--outdir", target, source,
        cwd=target.parent)
    (found,) = target.iterdir()
    return found


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
