"""The menu: pages of entries that are chosen with the arrow keys, drawn on a sheet over the picture.

Nothing here knows what the entries do; `retrovm.player.pages` says that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrovm.player.canvas import BRIGHT, FAINT, TEXT, Canvas
from retrovm.player.video import Panel

COLUMNS, ROWS = 54, 24
LIST_ROWS = ROWS - 5                     # without the title and the hint, each with a blank row
THUMBNAIL = 20                           # columns for a picture beside the entries


@dataclass(frozen=True)
class Entry:
    """A line of a page.

    text     what it is
    value    what it is set to, where it can be set
    choose   what Enter does; None for a line that only tells
    change   what the arrow keys left (-1) and right (+1) do
    remove   what Delete does
    picture  a picture that goes with it, of shape (height, width, 3)
    """

    text: str
    value: str = ""
    choose: Callable[[], None] | None = None
    change: Callable[[int], None] | None = None
    remove: Callable[[], None] | None = None
    picture: Callable[[], npt.NDArray[np.uint8] | None] | None = None


@dataclass(frozen=True)
class Page:
    """A page; `entries` makes its lines whenever it is shown, and `hint` says what else can be done on it."""

    title: str
    entries: Callable[[], Sequence[Entry]]
    hint: str = ""


class Menu:
    """The pages that are open, one above the other, and the line that is meant on each."""

    def __init__(self) -> None:
        self._open: list[tuple[Page, int]] = []
        self._entries: Sequence[Entry] = ()
        self._panel: Panel | None = None
        self._asks: Callable[[str], None] | None = None
        self.question = ""

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._open[-1][0]

    @property
    def entry(self) -> Entry | None:
        """The line that is meant; None on an empty page."""
        return self._entries[self._index] if self._entries else None

    @property
    def _index(self) -> int:
        return self._open[-1][1]

    def open(self, page: Page) -> None:
        """Shows a page above those that are open."""
        self._open.append((page, 0))
        self.refresh()
        if self._entries and self._entries[0].choose is None:
            self.move(1)

    def back(self) -> None:
        """Closes the page that is shown, and with the last one the menu."""
        self._open.pop()
        self.refresh()

    def close(self) -> None:
        """Closes all pages."""
        self._open.clear()
        self._asks = None
        self.refresh()

    def refresh(self) -> None:
        """What the entries say may have changed."""
        self._panel = None
        if self._open:
            self._entries = self.page.entries()
            self._point(min(self._index, max(0, len(self._entries) - 1)))

    def _point(self, index: int) -> None:
        self._open[-1] = self.page, index
        self._panel = None

    # --- keys -----------------------------------------------------------------------------------------------

    def move(self, steps: int) -> None:
        """Means another line: the next that can be chosen, around the ends."""
        if not any(_can(entry) for entry in self._entries):
            return
        index = self._index
        for _ in range(abs(steps)):
            index = (index + (1 if steps > 0 else -1)) % len(self._entries)
            while not _can(self._entries[index]):
                index = (index + (1 if steps > 0 else -1)) % len(self._entries)
        self._point(index)

    def leap(self, steps: int) -> None:
        """Means a line a page further, and stops at the ends."""
        able = [index for index, entry in enumerate(self._entries) if _can(entry)]
        if able:
            wanted = self._index + steps
            self._point(min(able, key=lambda index: (abs(index - wanted), index)))

    def seek(self, letter: str) -> None:
        """Means the next line that begins with a letter."""
        count = len(self._entries)
        for step in range(1, count + 1):
            index = (self._index + step) % count
            if _can(self._entries[index]) and self._entries[index].text.lower().startswith(letter.lower()):
                self._point(index)
                return

    def choose(self) -> None:
        """Does what the line is for."""
        entry = self.entry
        if entry is not None:
            if entry.choose is not None:
                entry.choose()
            elif entry.change is not None:
                entry.change(1)
            self.refresh()

    def change(self, by: int) -> None:
        """Sets the line to the next value, or that before."""
        entry = self.entry
        if entry is not None and entry.change is not None:
            entry.change(by)
            self.refresh()

    def remove(self) -> None:
        """Takes away what the line is about."""
        entry = self.entry
        if entry is not None and entry.remove is not None:
            entry.remove()
            self.refresh()

    # --- asking for a key -----------------------------------------------------------------------------------

    def ask(self, question: str, answer: Callable[[str], None]) -> None:
        """Waits for a key or a button of a controller, whose name `answer` gets."""
        self.question, self._asks = question, answer
        self._panel = None

    @property
    def asks(self) -> bool:
        return self._asks is not None

    def answer(self, name: str | None) -> None:
        """The key that was waited for; None where the user does not want to say."""
        answer, self._asks = self._asks, None
        if answer is not None and name is not None:
            answer(name)
        self.refresh()

    # --- drawing --------------------------------------------------------------------------------------------

    @property
    def panel(self) -> Panel:
        """The menu as it is seen now."""
        if self._panel is None:
            self._panel = self._draw()
        return self._panel

    def _draw(self) -> Panel:
        canvas = Canvas(COLUMNS, ROWS)
        canvas.text(2, 1, self.page.title, BRIGHT)
        picture = None if self.entry is None or self.entry.picture is None else self.entry.picture()
        columns = COLUMNS - (THUMBNAIL if any(entry.picture is not None for entry in self._entries) else 0)
        first = max(0, min(self._index - LIST_ROWS // 2, len(self._entries) - LIST_ROWS))
        for row, (number, entry) in enumerate(list(enumerate(self._entries))[first:first + LIST_ROWS], 3):
            meant = number == self._index and _can(entry)
            if meant:
                canvas.bar(row)
            room = columns - 4 - (len(entry.value) + 2 if entry.value else 0)
            canvas.text(2, row, shortened(entry.text, room), BRIGHT if meant else TEXT if _can(entry) else FAINT)
            value = f"← {entry.value} →" if meant and entry.change is not None else entry.value
            canvas.text(columns - 2 - len(value), row, value, BRIGHT if meant else FAINT)
        if first > 0:
            canvas.text(COLUMNS - 2, 3, "↑", FAINT)
        if first + LIST_ROWS < len(self._entries):
            canvas.text(COLUMNS - 2, 2 + LIST_ROWS, "↓", FAINT)
        if picture is not None:
            canvas.picture(columns, 3, picture, THUMBNAIL - 2, 10)
        canvas.text(2, ROWS - 1, self.question if self.asks else self.page.hint, BRIGHT if self.asks else FAINT)
        return canvas.panel()


def _can(entry: Entry) -> bool:
    """Whether a line can be meant."""
    return entry.choose is not None or entry.change is not None


def shortened(text: str, length: int) -> str:
    """A text of at most so many letters; its middle goes."""
    if len(text) <= length:
        return text
    half = max(1, (length - 1) // 2)
    return f"{text[:length - 1 - half]}…{text[-half:]}"
