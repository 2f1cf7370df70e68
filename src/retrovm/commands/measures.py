"""`--coverage`, `--profile` and `--symbols` of the commands that run a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.commands.arguments import require_file, wrong

if TYPE_CHECKING:
    from retrovm.session import VM


def check_measures(coverage: Sequence[Path], profile: Sequence[Path], symbols: Sequence[str]) -> None:
    """Says what is wrong with these options before anything runs."""
    from retrovm.debug.profile import check_name

    for name in symbols:
        require_file(name)
    for path in profile:
        check_name(path)
    for path in (*coverage, *profile):
        if not path.resolve().parent.is_dir():
            raise wrong(f"the folder of {path} does not exist")
    for path in coverage:
        if path.suffix not in (".info", ".json"):
            if path.exists() and not path.is_dir():
                raise wrong(f"--coverage {path}: this is a file; coverage is F.info, F.json, or a folder of pages")
            if find_spec("jinja2") is None:
                raise wrong('--coverage with a folder of pages needs Jinja2: pip install "retrovm[suite]"; or give F.info')


@contextmanager
def measures(vm: VM, coverage: Sequence[Path], profile: Sequence[Path], symbols: Sequence[str]) -> Iterator[None]:
    """Measures what runs in a `with` block, and writes it behind that, also when Ctrl-C ends it."""
    for name in symbols:
        vm.symbols.load(name)
    covered = vm.coverage(next((name for name in symbols if name.endswith(".dbg")), None)) if coverage else None
    profiled = vm.profile() if profile else None
    title = "program" if vm.media is None else vm.media.name
    if covered is not None:
        for path in coverage:
            if path.suffix == ".json" and path.exists():
                covered.add_data(path)
    try:
        with ExitStack() as stack:
            for block in (covered, profiled):
                if block is not None:
                    stack.enter_context(block)
            yield
    finally:
        if covered is not None:
            for path in coverage:
                covered.write(path)
        if profiled is not None:
            for path in profile:
                profiled.write(path, title)
