"""examples/homebrew-6502: the library's own tests pass, and cover it. tests/packaging runs them in a fresh environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from assemblers import require

EXAMPLE = Path(__file__).parents[2] / "examples" / "homebrew-6502"


@pytest.fixture
def library(tmp_path):
    require("ca65")
    left = shutil.ignore_patterns(".pytest_cache", ".hypothesis", "__pycache__")
    return shutil.copytree(EXAMPLE, tmp_path / "homebrew", ignore=left)


def run(library, *words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "HYPOTHESIS"))}
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *words], cwd=library, env=environment, capture_output=True,
                          text=True, check=False)


def test_the_tests_of_the_library_pass_and_run_every_line_of_it(library):
    done = run(library, "--retrovm-coverage=coverage.info")
    assert done.returncode == 0, done.stdout
    assert "21 passed" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith(str(library / "coverage.info")))
    ran, _, lines, *_ = line.partition(": ")[2].split()
    assert ran == lines
    assert "math.s" in (library / "coverage.info").read_text()


def test_a_mistake_in_the_library_is_found_and_shown_with_its_lines(library):
    source = library / "src" / "math.s"
    source.write_text(source.read_text().replace("    ldy #8\n", "    ldy #7\n", 1))
    done = run(library, "-k", "three_times_four")
    assert done.returncode == 1
    assert "last call: $1000 (multiply) with a=$03, x=$04, returned after " in done.stdout
    assert "BNE multiply::loop               ; math.s:" in done.stdout
