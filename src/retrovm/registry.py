"""What is installed: machines, media formats, processors and chips, found by the entry points of installed packages.

Built-ins register like anybody's, in the groups `retrovm.machines`, `retrovm.media`, `retrovm.cpus` and
`retrovm.chips`.
Nothing is imported before it is asked for.

The order is fixed: built-ins by id, then those of others by id. An id belongs to the first that has it. What
another package registers and cannot be used is left out and listed by `problems`; asked for by its name, it
is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from retrovm.chip_spec import ChipSpec
from retrovm.errors import RegistrationError, UnknownNameError
from retrovm.spec import MachineSpec, nearest

if TYPE_CHECKING:
    from retrovm.media import Format

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Problem:
    """Something installed that cannot be used. `value` is what its entry point names: "package.module:X"."""

    group: str
    id: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.group}: {self.id} = {self.value}: {self.reason}"


class Group(Generic[T]):
    """The entry points of one group. `check` says what is wrong with a loaded object, or None.

    Any number of threads may ask at once, and one may `forget` meanwhile. There is no lock, because loading imports,
    and imports have locks of their own: what two threads find at once is the same, and either may note it.
    """

    def __init__(self, name: str, noun: str, check: Callable[[str, Any], str | None]) -> None:
        self.name, self.noun, self._check = name, noun, check
        self.forget()

    def forget(self) -> None:
        """Looks again the next time: for packages that were installed since."""
        self._found: dict[str, EntryPoint] | None = None
        self._loaded: dict[str, T] = {}
        self._problems: dict[tuple[str, str], Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be used up to now."""
        return tuple(self._problems.copy().values())       # a copy is made at once, while other threads report

    def report(self, id: str, value: str, reason: str) -> Problem:
        """Notes that something cannot be used."""
        problem = Problem(self.name, id, value, reason)
        self._problems[id, value] = problem
        return problem

    def ids(self) -> tuple[str, ...]:
        """All ids, in their fixed order, whether usable or not."""
        return tuple(self._entries())

    def get(self, id: str) -> T:
        """What has this id. Raises `UnknownNameError`, or `RegistrationError` if it cannot be used."""
        known = self._loaded
        if id not in known:
            entries = self._entries()
            if id not in entries:
                raise UnknownNameError(f"there is no {self.noun} {id!r}{nearest(id, entries)}")
            known[id] = self._load(id, entries[id])
        return known[id]

    def all(self) -> dict[str, T]:
        """Everything usable, by id. Of the rest, a built-in raises, and others go to `problems`."""
        usable = {}
        for id, entry in self._entries().items():
            try:
                usable[id] = self.get(id)
            except RegistrationError:
                if _is_builtin(entry):
                    raise
        return usable

    def guard(self, id: str, call: Callable[[], R]) -> R | None:
        """What `call`, a function of the one with this id, returns.

        If the code of another package fails in it, None, and `problems` says why: it must not keep a user
        from what works. A failure of a built-in is raised.
        """
        try:
            return call()
        except Exception as error:
            entry = self._entries()[id]
            if _is_builtin(entry):
                raise
            self.report(id, entry.value, f"failed: {type(error).__name__}: {error}")
            return None

    def _entries(self) -> dict[str, EntryPoint]:
        found = self._found
        if found is None:
            found = {}
            for entry in sorted(entry_points(group=self.name), key=_order):
                first = found.setdefault(entry.name, entry)
                # The same package may be found twice, from its source folder and from its installation.
                if first.value != entry.value:
                    self.report(entry.name, entry.value, f"{first.value} has this id already")
            self._found = found
        return found

    def _load(self, id: str, entry: EntryPoint) -> T:
        try:
            loaded = entry.load()
        except Exception as error:  # whatever the code of others raises while it is imported
            problem = self.report(id, entry.value, f"cannot be imported: {type(error).__name__}: {error}")
            raise RegistrationError(f"{problem}{_remedy(entry)}") from error
        if (wrong := self._check(id, loaded)) is not None:
            raise RegistrationError(f"{self.report(id, entry.value, wrong)}{_remedy(entry)}")
        return loaded  # type: ignore[no-any-return]  # `_check` looked at it


def _is_builtin(entry: EntryPoint) -> bool:
    return entry.value.startswith("retrovm.")


def _order(entry: EntryPoint) -> tuple[bool, str, str]:
    return not _is_builtin(entry), entry.name, entry.value


def _remedy(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist is not None else entry.module.partition(".")[0]
    return f"; install the package {package} anew, or tell its authors"


def _check_machine(id: str, loaded: Any) -> str | None:
    if not isinstance(loaded, MachineSpec):
        return f"expected a MachineSpec, found {type(loaded).__name__}"
    return None if loaded.id == id else f"calls itself {loaded.id!r}"


def _check_format(id: str, loaded: Any) -> str | None:
    from retrovm.media import Format

    if not isinstance(loaded, Format):
        return f"expected a Format, found {type(loaded).__name__}"
    return None if loaded.id == id else f"calls itself {loaded.id!r}"


def _check_cpu(id: str, loaded: Any) -> str | None:
    return None if isinstance(loaded, type) else f"expected a class, found {type(loaded).__name__}"


def _check_chip(id: str, loaded: Any) -> str | None:
    if not isinstance(loaded, ChipSpec):
        return f"expected a ChipSpec, found {type(loaded).__name__}"
    return None if loaded.id == id else f"calls itself {loaded.id!r}"


MACHINES: Group[MachineSpec] = Group("retrovm.machines", "machine", _check_machine)
FORMATS: Group[Format] = Group("retrovm.media", "media format", _check_format)
CPUS: Group[type] = Group("retrovm.cpus", "processor", _check_cpu)
CHIPS: Group[ChipSpec] = Group("retrovm.chips", "chip", _check_chip)
GROUPS: tuple[Group[Any], ...] = (MACHINES, FORMATS, CPUS, CHIPS)


def machines() -> dict[str, MachineSpec]:
    """All machines by id."""
    return MACHINES.all()


def machine(id: str) -> MachineSpec:
    """The machine with this id. Raises `UnknownNameError` with the nearest ids."""
    return MACHINES.get(id)


def formats() -> dict[str, Format]:
    """All media formats by id."""
    return FORMATS.all()


def format(id: str) -> Format:
    """The media format with this id. Raises `UnknownNameError` with the nearest ids."""
    return FORMATS.get(id)


def cpus() -> dict[str, type]:
    """The classes of all processors by id."""
    return CPUS.all()


def cpu(id: str) -> type:
    """The class of the processor with this id. Raises `UnknownNameError` with the nearest ids."""
    return CPUS.get(id)


def chips() -> dict[str, ChipSpec]:
    """All chips that machine files know, by id."""
    return CHIPS.all()


def chip(id: str) -> ChipSpec:
    """The chip with this id. Raises `UnknownNameError` with the nearest ids."""
    return CHIPS.get(id)


def problems() -> tuple[Problem, ...]:
    """What is installed and turned out not to be usable, up to now. Call it after `machines` or `formats`."""
    return tuple(problem for group in GROUPS for problem in group.problems)


def forget() -> None:
    """Looks at the installed packages again the next time anything is asked for."""
    for group in GROUPS:
        group.forget()
