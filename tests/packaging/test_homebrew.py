"""examples/homebrew-6502 in an environment of its own, with the wheel: its tests are run by `pytest` and nothing else."""

import os
import shutil
import sys

import pytest
from building import ROOT

pytestmark = pytest.mark.xdist_group("packaging")


def test_the_example_of_a_6502_library_is_tested_by_pytest_alone(environment, tmp_path):
    if shutil.which("ca65") is None:
        hint = "ca65 is not installed: apt install cc65"
        if os.environ.get("CI") and sys.platform == "linux":
            pytest.fail(f"{hint}; a run with CI set tests everything", pytrace=False)
        pytest.skip(hint)
    left = shutil.ignore_patterns(".pytest_cache", ".hypothesis", "__pycache__")
    library = shutil.copytree(ROOT / "examples" / "homebrew-6502", tmp_path / "homebrew", ignore=left)
    said = environment.run(environment.python, "-m", "pytest", "-q", "--retrovm-coverage=coverage.info", cwd=library)
    assert "21 passed" in said
    assert (library / "coverage.info").is_file()
    place = environment.run(environment.python, "-c", "import retrovm.testing; print(retrovm.testing.__file__)", cwd=library)
    assert place.startswith(str(environment.folder)), "the plugin is that of the wheel"
