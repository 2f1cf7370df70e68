"""The pytest plugin, which every run of pytest loads where retrovm is installed: it imports what it needs when it is used.

    fixture     scope     is
    assemble    session   a `Builder` from the root of the tests, with what it builds in pytest's cache
    program     session   the `GuestProgram` of the ini options `retrovm_sources` and so on; tests may have their own
    make_vm     module    makes machines with `program` in them: make_vm(), make_vm(machine="eater", fill=0)
    vm          function  one of them

A `suite.toml` is collected as a file of tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from retrovm.testing.build import Builder
    from retrovm.testing.guest import GuestVM
    from retrovm.testing.program import GuestProgram
    from retrovm.testing.running import Running

SUITE = "suite.toml"

INI: dict[str, tuple[str, str]] = {
    "retrovm_sources": ("args", "the sources of the program that the fixtures 'program' and 'vm' have, paths or patterns"),
    "retrovm_assembler": ("string", "what assembles them: ca65, 64tass, acme, octo or retrovm; ca65 where there is a config"),
    "retrovm_config": ("string", "the linker config for ca65"),
    "retrovm_include": ("args", "folders of included files"),
    "retrovm_flags": ("args", "more options for the assembler"),
    "retrovm_depends": ("args", "files that sources include under a name that is not in their text"),
    "retrovm_machine": ("string", "the machine of the fixture 'vm', an id or a machine file; a bare 6502 or CHIP-8 if empty"),
    "retrovm_options": ("linelist", "options of the machine, a NAME=VALUE on each line"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("retrovm", "guest code (retrovm)")
    group.addoption("--retrovm-coverage", action="append", default=[], metavar="PLACE", help=(
        "write which guest code the machines of 'vm' and 'make_vm' ran: F.info for lcov, F.json for data, else a folder of pages"))
    for name, (kind, text) in INI.items():
        parser.addini(name, f"retrovm: {text}", type=kind, default="" if kind == "string" else [])  # type: ignore[arg-type]
    parser.addini("retrovm_suites", f"retrovm: collect each {SUITE} as tests (default: true)", type="bool", default=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name != SUITE or not parent.config.getini("retrovm_suites"):
        return None
    from retrovm.testing.suites import SuiteFile

    collector: pytest.Collector = SuiteFile.from_parent(parent, path=file_path)
    return collector


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("retrovm_coverage"):
        from retrovm.errors import ArgumentError

        try:
            running_of(config)
        except ArgumentError as error:                           # said before any test has run
            raise pytest.UsageError(f"--retrovm-coverage: {error}") from None


# --- fixtures -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def assemble(request: pytest.FixtureRequest) -> Builder:
    """Assembles sources to a program: assemble("src/*.s", config="lib.cfg"), or assemble.text("..."). See docs/testing.md."""
    from retrovm.testing.build import Builder

    cache = getattr(request.config, "cache", None)
    return Builder(request.config.rootpath, None if cache is None else cache.mkdir("retrovm"))


@pytest.fixture(scope="session")
def program(request: pytest.FixtureRequest, assemble: Builder) -> GuestProgram:
    """The program that the retrovm_ options of the ini file describe. Define a fixture of this name for another one."""
    ini = {name: request.config.getini(name) for name in INI}
    if not ini["retrovm_sources"]:
        raise pytest.UsageError("retrovm_sources is not set: name the sources in the ini file, or define a fixture 'program' "
                                "that returns assemble(...)")
    return assemble(*ini["retrovm_sources"], tool=ini["retrovm_assembler"] or None, config=ini["retrovm_config"] or None,
                    include=ini["retrovm_include"], flags=ini["retrovm_flags"], depends=ini["retrovm_depends"])


@pytest.fixture(scope="module")
def make_vm(request: pytest.FixtureRequest, program: GuestProgram) -> Callable[..., GuestVM]:
    """Makes machines with the program, each switched on anew: make_vm(machine=None, seed=1, **options)."""
    from retrovm.testing.guest import GuestVM

    machine = request.config.getini("retrovm_machine") or None
    given = dict(_option(line) for line in request.config.getini("retrovm_options"))
    running = running_of(request.config)

    def make(machine: str | None = machine, *, seed: int = 1, **options: Any) -> GuestVM:
        return running.begin(GuestVM.of(program, machine, seed=seed, **{**given, **options}))

    return make


@pytest.fixture
def vm(make_vm: Callable[..., GuestVM]) -> Iterator[GuestVM]:
    """A machine with the program, switched on anew for each test: vm.call("multiply", a=3, x=4)."""
    machine = make_vm()
    yield machine
    machine.close()


def _option(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals:
        raise pytest.UsageError(f"retrovm_options: expected NAME=VALUE, found {line!r}")
    return name.strip(), value.strip()


# --- failures and coverage ----------------------------------------------------------------------------------------------

RUNNING: pytest.StashKey[Running] = pytest.StashKey()
WRITTEN: pytest.StashKey[list[str]] = pytest.StashKey()


def running_of(config: pytest.Config) -> Running:
    """The machines of the present test, and what guest code has run."""
    from retrovm.testing.running import Running

    if RUNNING not in config.stash:
        config.stash[RUNNING] = Running(config.getoption("retrovm_coverage"))
    return config.stash[RUNNING]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed and "retrovm.testing.guest" in sys.modules:
        report.sections += running_of(item.config).reports(getattr(item, "funcargs", {}).values())
    return report


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    if RUNNING in item.config.stash:
        item.config.stash[RUNNING].end_test()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if not config.getoption("retrovm_coverage"):
        return
    running = running_of(config)
    running.end()
    output = getattr(config, "workeroutput", None)               # of a worker of pytest-xdist, which hands over what it has
    if output is not None:
        output["retrovm_coverage"] = running.data()
    else:
        config.stash[WRITTEN] = running.write()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if found := config.stash.get(WRITTEN, []):
        terminalreporter.section("coverage of guest code")
        for line in found:
            terminalreporter.write_line(line)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    if found := getattr(node, "workeroutput", {}).get("retrovm_coverage"):
        running_of(node.config).add_data(found)
