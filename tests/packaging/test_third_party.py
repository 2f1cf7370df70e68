"""A package of others, built against the installed wheel alone, adds a machine, chips, a processor and a format."""

import shutil

import pytest
from building import ROOT

# All in one worker of pytest-xdist (--dist loadgroup), so that the wheel is built once.
pytestmark = pytest.mark.xdist_group("packaging")

EXAMPLE = ROOT / "examples" / "third_party"


@pytest.fixture(scope="module")
def example(environment, tmp_path_factory):
    """The example, installed; its sources outside of this checkout, where no include path could reach."""
    copy = tmp_path_factory.mktemp("example") / "third_party"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    environment.install(copy)
    return copy


def test_its_machine_is_listed(environment, example):
    assert "tally" in environment.run(environment.bin / "retrovm", "machines")


def test_its_program_is_recognised_and_runs(environment, example):
    program = example / "programs" / "countdown.tally"
    assert "Tally" in environment.run(environment.bin / "retrovm", "info", program)
    shown = environment.run(environment.bin / "retrovm", "run", program, "--frames", "10", "--hash")
    again = environment.run(environment.bin / "retrovm", "run", program, "--frames", "10", "--hash")
    assert shown == again
    assert len(shown.split()[-1]) == 64


def test_its_chip_is_on_the_board_of_a_machine_file(environment, example):
    shown = environment.run(environment.bin / "retrovm", "info", example / "programs" / "board.toml")
    assert "printing-board: A 6502 that prints" in shown


def test_its_own_tests_pass(environment, example):
    assert " passed" in environment.run(environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests",
                                        cwd=example)


def test_our_contract_holds_for_its_machine(environment, example):
    """A new machine is tested by being registered."""
    shown = environment.run(environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, "-c",
                            ROOT / "pyproject.toml", "-k", "tally", ROOT / "tests" / "contract", cwd=example)
    assert " passed" in shown
