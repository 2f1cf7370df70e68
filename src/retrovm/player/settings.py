"""What the user has chosen for the player: a file of settings, tables in it for machines and programs, and flags.

    [video]                              for everything
    filter = "scanlines"
    [machine.chip8.video]                for a machine
    palette = "amber"
    [program."ember.ch8".sound]          for a program, by its file name or by its SHA-1
    volume = 50
    [program."ember.ch8".options]        options of the machine for that program
    variant = "schip"
    [machine.chip8.keys]                 host keys for buttons of a machine, by position as in UI Events
    5 = ["KeyW", "ArrowUp"]
    [machine.chip8.pads]                 buttons of a game controller for buttons of a machine, as SDL names them
    5 = ["dpup"]

Where several of them say something, a flag goes before a program's table, that before a machine's, and that before the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrovm.errors import OptionError
from retrovm.host_files import user_folder, write_whole
from retrovm.spec import boolean, choice, integer
from retrovm.toml_keys import Document, Keys, sentence, text

if TYPE_CHECKING:
    from retrovm.session import VM

FILE = "config.toml"


@dataclass(frozen=True)
class Setting:
    """Something that can be chosen.

    `parse` takes what a TOML file or a flag has and raises `ValueError` with a reason; `values` are those that a menu offers.
    """

    name: str
    section: str
    default: Any
    parse: Callable[[Any], Any]
    help: str
    values: tuple[Any, ...] = ()


def _one_of(name: str, section: str, help: str, *values: str) -> Setting:
    return Setting(name, section, values[0], choice(*values), help, values)


SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in (
    Setting("scale", "video", 0, integer(0, 64), "How many lines high a pixel is at first; 0: two thirds of the display, or as "
            "the window was left."),
    Setting("fullscreen", "video", False, boolean, "Begin in full screen.", (False, True)),
    Setting("vsync", "video", True, boolean, "Show pictures in step with the display, or at once.", (True, False)),
    _one_of("scaling", "video", "How the picture fills the window: by whole numbers, as large as its shape allows, or all of it.",
            "integer", "fit", "stretch"),
    _one_of("pixels", "video", "The shape of a pixel: as on the machine, or square.", "machine", "square"),
    _one_of("filter", "video", "What lies over the picture.", "none", "scanlines", "phosphor", "grid"),
    Setting("palette", "video", "machine", sentence, "Other colours: a name, or a file of colours (.hex, .gpl or .pal)."),
    _one_of("screenshots", "video", "The size of screenshots.", "shown", "native"),
    Setting("volume", "sound", 100, integer(0, 100), "Percent of full volume.", tuple(range(0, 101, 10))),
    Setting("mute", "sound", False, boolean, "No sound.", (False, True)),
    Setting("latency", "sound", 50, integer(20, 500), "Milliseconds of sound that wait for the sound card."),
    Setting("fast", "sound", "mute", choice("mute", "pitch"), "Fast forward: without a sound, or with all of it at a higher pitch.",
            ("mute", "pitch")),
    Setting("rewind", "past", 64, integer(0, 65536), "MiB of memory for going back in time."),
    Setting("saves", "past", "", text, "The folder of the save slots; that of the user's data where it is not named."),
    Setting("pictures", "past", "", text, "The folder of screenshots and recordings; where the player was started if not named."),
)}
SECTIONS = tuple(dict.fromkeys(setting.section for setting in SETTINGS.values()))


@dataclass(frozen=True)
class Choice:
    """A value of a setting, and who has chosen it: "default", a place in the file, or a flag."""

    value: Any
    origin: str


@dataclass(frozen=True)
class Chosen:
    """What a table says: values by setting, and what is for a machine or program alone."""

    values: Mapping[str, Choice]
    options: Mapping[str, str]
    keys: Mapping[str, tuple[str, ...]]
    pads: Mapping[str, tuple[str, ...]]


NOTHING = Chosen({}, {}, {}, {})


class Settings:
    """The settings of the player.

    Parameters
        file   the file of settings, which may be missing; None: there is none and none is written
        flags  {setting: value} of a command line
        home   the folder of a portable player, where it keeps all its files; None: the user's folders
    Raises `ManifestError` for a file with an unknown key or a bad value, with its place, and `OptionError` for a bad flag.
    """

    def __init__(self, file: Path | None = None, flags: Mapping[str, Any] | None = None, home: Path | None = None) -> None:
        self.file = file
        self.home = home
        self._flags = {name: Choice(_parse_flag(name, value), f"--{name}") for name, value in (flags or {}).items()
                       if value is not None}
        self._own = NOTHING
        self._machines: dict[str, Chosen] = {}
        self._programs: dict[str, Chosen] = {}
        self._changed: dict[str, Choice] = {}
        if file is not None and file.exists():
            self._read(file)

    def _read(self, file: Path) -> None:
        document = Document(file, file.read_bytes())
        root = Keys(document)
        self._own = Chosen(dict(_values(root)), {}, {}, {})
        for kind, found in (("machine", self._machines), ("program", self._programs)):
            tables = root.table(kind, required=False)
            if tables is not None:
                found |= {name: _chosen(tables.required_table(name)) for name in tables.values}
        root.finish()

    def _levels(self, machine: str, programs: tuple[str, ...]) -> Iterator[Chosen]:
        """What counts for a program on a machine, the strongest first."""
        yield from (self._programs[name] for name in programs if name in self._programs)
        if machine in self._machines:
            yield self._machines[machine]
        yield self._own

    def choice(self, name: str, machine: str = "", programs: tuple[str, ...] = ()) -> Choice:
        """What counts for a setting, for a program that is known by these names, and who said so."""
        for said in (self._changed, self._flags):
            if name in said:
                return said[name]
        for level in self._levels(machine, programs):
            if name in level.values:
                return level.values[name]
        return Choice(SETTINGS[name].default, "default")

    def get(self, name: str, machine: str = "", programs: tuple[str, ...] = ()) -> Any:
        """The value of `choice`."""
        return self.choice(name, machine, programs).value

    def options(self, machine: str, programs: tuple[str, ...]) -> dict[str, str]:
        """The options of a machine for a program, as text."""
        levels = [*self._levels(machine, programs)]
        return {name: value for level in reversed(levels) for name, value in level.options.items()}

    def options_for(self, vm: VM) -> dict[str, str]:
        """The options of a machine for the program in it. Raises `OptionError`, which names the file, for what it does not have."""
        options = self.options(vm.spec.id, names_of(vm))
        try:
            vm.spec.parse_options(options)
        except OptionError as error:
            raise OptionError(f"{self.file}: {error}") from None
        return options

    def keys(self, machine: str, programs: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
        """{button: host keys} where the user has chosen them."""
        levels = [*self._levels(machine, programs)]
        return {name: value for level in reversed(levels) for name, value in level.keys.items()}

    def pads(self, machine: str, programs: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
        """{button: buttons of a game controller} where the user has chosen them."""
        levels = [*self._levels(machine, programs)]
        return {name: value for level in reversed(levels) for name, value in level.pads.items()}

    def change(self, name: str, value: Any) -> None:
        """Chooses a value from now on, in the file too. Raises `OSError` where that cannot be written; the value counts anyhow."""
        setting = SETTINGS[name]
        self._changed[name] = Choice(setting.parse(value), "the menu")
        self._write((setting.section, name), self._changed[name].value)

    def change_keys(self, machine: str, kind: str, button: str, chosen: tuple[str, ...]) -> None:
        """Chooses the keys ("keys") or buttons of a controller ("pads") of a button of a machine, in the file too."""
        before = self._machines.get(machine, NOTHING)
        changed = {**getattr(before, kind), button: chosen}
        self._machines[machine] = Chosen(before.values, before.options, **{"keys": before.keys, "pads": before.pads, kind: changed})
        self._write(("machine", machine, kind, button), list(chosen))

    def _write(self, path: tuple[str, ...], value: Any) -> None:
        """Puts a value into the file, which keeps its comments and order."""
        if self.file is None:
            return
        import tomlkit

        self.file.parent.mkdir(parents=True, exist_ok=True)
        document = tomlkit.parse(self.file.read_text("utf-8") if self.file.exists() else "")
        table: Any = document
        for depth, part in enumerate(path[:-1], 1):
            if part not in table:
                table[part] = tomlkit.table(is_super_table=depth < len(path) - 1)
            table = table[part]
        table[path[-1]] = value
        write_whole(self.file, tomlkit.dumps(document).encode())

    def show(self, machine: str = "", programs: tuple[str, ...] = ()) -> str:
        """What counts, as a file of settings; a comment says where each value is from."""
        lines = []
        for section in SECTIONS:
            lines.append(f"[{section}]")
            for name, setting in SETTINGS.items():
                if setting.section == section:
                    found = self.choice(name, machine, programs)
                    lines.append(f"{f'{name} = {toml(found.value)}':<32} # {found.origin}")
            lines.append("")
        for kind, table in (("options", self.options(machine, programs)), ("keys", self.keys(machine, programs)),
                            ("pads", self.pads(machine, programs))):
            if table:
                lines += [f"[machine.{toml_key(machine)}.{kind}]"]
                lines += [f"{toml_key(key)} = {toml(value)}" for key, value in table.items()]
                lines.append("")
        return "\n".join(lines)


def default_file(home: Path | None = None) -> Path | None:
    """Where the settings are: in `home`, or in the user's folder for them; None where platformdirs is not installed."""
    folder = home or user_folder("config")
    return None if folder is None else folder / FILE


def names_of(vm: VM) -> tuple[str, ...]:
    """What settings may call the program of a machine: its SHA-1, and its file name."""
    return () if vm.media is None else (vm.media.sha1, vm.media.name)


def _parse_flag(name: str, value: Any) -> Any:
    try:
        return SETTINGS[name].parse(value)
    except (ValueError, TypeError) as error:
        raise OptionError(f"--{name} {value}: {error}") from None


def _values(keys: Keys, origin: str = "") -> Iterator[tuple[str, Choice]]:
    """The values of settings in the sections of a table."""
    for section in SECTIONS:
        table = keys.table(section, required=False)
        if table is None:
            continue
        for name, setting in SETTINGS.items():
            if setting.section == section and name in table:
                value = table.take(name, setting.parse)
                line, _ = table.document.place((*table.path, name))
                yield name, Choice(value, f"{table.document.file}:{line}")
            elif setting.section == section:
                table.known.append(name)
        table.finish()


def _chosen(keys: Keys) -> Chosen:
    """What a table of a machine or program says."""
    values = dict(_values(keys))
    options = _table(keys, "options", option_text)
    found = Chosen(values, options, _table(keys, "keys", names), _table(keys, "pads", names))
    keys.finish()
    return found


def _table(keys: Keys, name: str, parse: Callable[[Any], Any]) -> dict[str, Any]:
    table = keys.table(name, required=False)
    return {} if table is None else {key: table.take(key, parse) for key in table.values}


def option_text(value: Any) -> str:
    """The value of a machine's option, as the text of a command line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | str):
        return str(value)
    raise ValueError("expected a text, a number, true or false")


def names(value: Any) -> tuple[str, ...]:
    """Parses a list of names."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) and name for name in value):
        raise ValueError('expected a list of names, like ["KeyW", "ArrowUp"]')
    return tuple(value)


def toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml, value))}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def toml_key(name: str) -> str:
    """A key as TOML has it: bare where it can be."""
    return name if name and all(char.isascii() and (char.isalnum() or char in "-_") for char in name) else toml(name)
