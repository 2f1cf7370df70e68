"""The pages of the menu: what can be done in the player, without a mouse and without knowing a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm import bundled, registry
from retrovm.player import palettes
from retrovm.player.canvas import lines_panel
from retrovm.player.commands import help_lines
from retrovm.player.controllers import source_text, sources_of
from retrovm.player.keyboard import keys_of
from retrovm.player.menu import COLUMNS, Entry, Page, shortened
from retrovm.player.opening import MOVIES, STATES, programs_in
from retrovm.player.pictures import from_png
from retrovm.player.settings import SETTINGS, names_of
from retrovm.slots import COUNT, Slot

if TYPE_CHECKING:
    from retrovm.player.app import Player
    from retrovm.player.deck import Deck
    from retrovm.player.video import Panel, Pixels

# The settings of each page, in its order.
VIDEO = {"fullscreen": "Full screen", "scaling": "Size", "pixels": "Shape of pixels", "filter": "Filter", "palette": "Palette",
         "vsync": "Wait for the display", "screenshots": "Size of screenshots"}
SOUND = {"volume": "Volume", "mute": "Mute", "fast": "Fast forward is heard as"}

BACK = "Esc: back"


class Pages:
    """The pages for a player."""

    def __init__(self, player: Player) -> None:
        self.player = player

    @property
    def _deck(self) -> Deck:
        return self.player.machine

    def _leave(self, act: Callable[[], object]) -> Callable[[], None]:
        """Goes back to the machine, then acts."""

        def leave() -> None:
            self.player.close_menu()
            act()

        return leave

    def _to(self, page: Callable[[], Page]) -> Callable[[], None]:
        """Opens a page above this one."""
        return lambda: self.player.menu.open(page())

    # --- the first page -------------------------------------------------------------------------------------

    def main(self) -> Page:
        """What the menu begins with."""
        return Page("retrovm", self._main, "Enter: choose   Esc: go on   F1: keys")

    def _main(self) -> Sequence[Entry]:
        player = self.player
        if player.deck is None:
            return [Entry("Open a program", choose=self._to(self.programs)), *self._settings(),
                    Entry("End", choose=player.quit)]
        deck = player.deck
        return [
            Entry("Go on", choose=player.close_menu),
            Entry("Save", f"slot {deck.past.slot}", choose=self._to(lambda: self.slots(saving=True))),
            Entry("Load", choose=self._to(lambda: self.slots(saving=False))),
            Entry("Take the last load back", choose=self._leave(deck.undo)),
            Entry("Open a program", choose=self._to(self.programs)),
            Entry("Reset", choose=self._leave(lambda: deck.reset(power_on=False))),
            Entry("Switch off and on", choose=self._leave(lambda: deck.reset(power_on=True))),
            Entry("Recordings", choose=self._to(self.recordings)),
            *self._settings(),
            Entry("Buttons", choose=self._to(self.buttons)),
            Entry("Keys of the player", choose=self._leave(player.toggle_help)),
            Entry("End", choose=player.quit),
        ]

    def _settings(self) -> list[Entry]:
        return [Entry("Picture", choose=self._to(lambda: self._page_of("Picture", VIDEO))),
                Entry("Sound", choose=self._to(lambda: self._page_of("Sound", SOUND)))]

    # --- save slots -----------------------------------------------------------------------------------------

    def slots(self, saving: bool) -> Page:
        """The ten slots with their pictures."""
        return Page("Save into a slot" if saving else "Load a slot", lambda: self._slots(saving),
                    f"Enter: {'save' if saving else 'load'}   {BACK}")

    def _slots(self, saving: bool) -> Sequence[Entry]:
        deck = self._deck
        found = {slot.number: slot for slot in deck.past.files().all()}
        entries = []
        for number in range(COUNT):
            slot = found.get(number)

            def act(number: int = number) -> None:
                deck.past.choose(number)
                (self.player.save if saving else self.player.load)()

            entries.append(Entry(f"{number}  {'empty' if slot is None else when(slot.saved)}",
                                 choose=self._leave(act) if saving or slot is not None else None,
                                 picture=partial(thumbnail, slot)))
        return entries

    # --- programs -------------------------------------------------------------------------------------------

    def programs(self) -> Page:
        """Where programs are: those of late, the bundled ones, and the host's files."""
        return Page("Open a program", self._programs, f"or drop a file on the window   {BACK}")

    def _programs(self) -> Sequence[Entry]:
        player = self.player
        recent = [Entry(Path(each.program).name if Path(each.program).is_absolute() else each.program, each.machine,
                        choose=partial(player.open, each.program, each.machine))
                  for each in player.memory.recent[:8]]
        programs = [Entry(program.id, registry.machine(program.machine).title,
                          choose=partial(player.open, program.id))
                    for program in bundled.programs().values()]
        return [*([Entry("Of late"), *recent] if recent else []), Entry("Files", choose=self._to(self.files)),
                Entry("Bundled"), *programs]

    def files(self, folder: Path | None = None, wanted: tuple[str, ...] = ()) -> Page:
        """A folder of the host; with `wanted` only files that end so."""
        place = Path.cwd() if folder is None else folder
        return Page(shortened(str(place), COLUMNS - 4), lambda: self._files(place, wanted),
                    f"a letter: the next that begins so   {BACK}")

    def _files(self, folder: Path, wanted: tuple[str, ...]) -> Sequence[Entry]:
        folders, files = programs_in(folder)
        shown = [path for path in files if not wanted or path.suffix.lower() in wanted]

        def go(path: Path) -> Callable[[], None]:
            def act() -> None:
                self.player.menu.back()
                self.player.menu.open(self.files(path, wanted))

            return act

        return [
            Entry("../", choose=go(folder.parent)),
            *(Entry(f"{path.name}/", choose=go(path)) for path in folders),
            *(Entry(path.name, "" if wanted else size_of(path), choose=partial(self.player.open, str(path)))
              for path in shown),
        ]

    # --- recordings -----------------------------------------------------------------------------------------

    def recordings(self) -> Page:
        """Pictures, films and movies."""
        return Page("Recordings", self._recordings, BACK)

    def _recordings(self) -> Sequence[Entry]:
        player, deck = self.player, self._deck
        entries = [Entry("Write a picture", choose=self._leave(player.screenshot))]
        if deck.recording is not None:
            entries.append(Entry("End the recording", choose=self._leave(lambda: player.record(""))))
        else:
            entries += [Entry("Record a GIF", choose=self._leave(lambda: player.record(".gif"))),
                        Entry("Record a video with sound", choose=self._leave(lambda: player.record(".mkv")))]
        entries.append(Entry("Record a movie: what you do" if deck.recorder is None else "End the movie",
                             choose=self._leave(player.record_movie)))
        entries.append(Entry("Play a movie", choose=self._to(lambda: self.files(player.folder.resolve(), MOVIES))))
        entries.append(Entry("Load a state from a file", choose=self._to(lambda: self.files(player.folder.resolve(), STATES))))
        return entries

    # --- settings -------------------------------------------------------------------------------------------

    def _page_of(self, title: str, names: dict[str, str]) -> Page:
        return Page(title, lambda: [self._setting(name, text) for name, text in names.items()], f"←→: change   {BACK}")

    def _setting(self, name: str, text: str) -> Entry:
        player, value = self.player, self.player.get(name)
        values = (palettes.MACHINE, *palettes.named()) if name == "palette" else SETTINGS[name].values

        def change(by: int) -> None:
            at = values.index(value) if value in values else 0
            player.set(name, values[(at + by) % len(values)])

        shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        return Entry(text, str(shown), change=change)

    # --- buttons --------------------------------------------------------------------------------------------

    def buttons(self) -> Page:
        """The machine's buttons with the host's keys and a controller's buttons, and a way to choose others."""
        return Page("Buttons", self._buttons, f"Enter: another key   Del: none   {BACK}")

    def _buttons(self) -> Sequence[Entry]:
        player, vm = self.player, self._deck.vm
        ports, machine, names = vm.spec.ports_for(vm.options), vm.spec.id, names_of(vm)
        keys = keys_of(ports, player.settings.keys(machine, names))
        pads = sources_of(ports, player.settings.pads(machine, names))
        entries: list[Entry] = []
        for port in ports:
            if port.buttons:
                entries.append(Entry(port.title))
            for button in port.buttons:
                shown = " ".join([*keys[button.name], *(f"pad {source_text(source)}" for source in pads[button.name])])
                entries.append(Entry(button.label or button.name, shown or "-", choose=self._ask(button.name),
                                     remove=partial(self._clear, button.name)))
        return entries or [Entry("This machine has no buttons.")]

    def _ask(self, button: str) -> Callable[[], None]:
        def answered(name: str) -> None:
            source = name.removeprefix("pad:")
            self._choose("keys" if source == name else "pads", button, (source,))

        return lambda: self.player.menu.ask(f"Press a key or a controller's button for {button}, or Esc", answered)

    def _clear(self, button: str) -> None:
        self._choose("keys", button, ())
        self._choose("pads", button, ())

    def _choose(self, kind: str, button: str, chosen: tuple[str, ...]) -> None:
        player, vm = self.player, self._deck.vm
        with player.telling("kept until the end only"):
            player.settings.change_keys(vm.spec.id, kind, button, chosen)
        names = names_of(vm)
        self._deck.set_keys(player.settings.keys(vm.spec.id, names), player.settings.pads(vm.spec.id, names))

    # --- help -----------------------------------------------------------------------------------------------

    def help(self) -> Panel:
        """The keys of the machine and those of the player, side by side."""
        left: list[str] = []
        if self.player.deck is not None and not self.player.deck.shows_terminal:
            vm = self.player.deck.vm
            ports = vm.spec.ports_for(vm.options)
            keys = keys_of(ports, self.player.settings.keys(vm.spec.id, names_of(vm)))
            for port in ports:
                named = [(button.label or button.name, keys[button.name]) for button in port.buttons if keys[button.name]]
                if named:
                    left += ([""] if left else []) + [port.title]
                    left += [f"  {name:<7} {' '.join(map(key_text, codes))}" for name, codes in named]
        terminal = self.player.deck is not None and self.player.deck.shows_terminal
        right = [f"{keys:<26} {what}" for keys, what in help_lines(terminal)]
        width = max((len(line) for line in left), default=-3) + 3
        rows = [f"{a:<{width}}{b}" for a, b in zip_longest(left, right, fillvalue="")]
        return lines_panel(["", *rows, ""])


def key_text(code: str) -> str:
    """A key as people call it: "KeyQ" is Q."""
    for prefix in ("Key", "Digit", "Arrow"):
        if code.startswith(prefix):
            return code.removeprefix(prefix)
    return code


def thumbnail(slot: Slot | None) -> Pixels | None:
    """The picture of a slot; None of an empty or damaged one, or of a machine without a screen."""
    return None if slot is None else from_png(slot.picture)


def when(moment: datetime) -> str:
    """A time in words, to the second."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def size_of(path: Path) -> str:
    """The size of a file in words."""
    try:
        size = path.stat().st_size
    except OSError:
        return ""
    return f"{size:,} B" if size < 10_000 else f"{size / 1024:,.0f} KiB"
