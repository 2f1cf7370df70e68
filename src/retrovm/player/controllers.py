"""Game controllers: what SDL's database knows about them, as buttons by name.

The first controller is the first player's. Its directions and its buttons A and B do what the arrow keys, Space and Enter do for
the machine; those of the second one what I, K, J, L and U, O do. A machine whose buttons are named up, down, left, right, a, b, x,
y, start and select has them of themselves. The user may choose others: names are those of SDL, with the left stick as directions.

Sources: docs/references.md: sdl-gamecontroller (names of buttons).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from retrovm.errors import ArgumentError
from retrovm.player.sdl import sdl2
from retrovm.spec import Port, nearest

# How far a stick or trigger must be moved to count, of 32767; and how far back to count no more.
PUSHED, BACK = 16000, 11000

BUTTONS = ("a", "b", "x", "y", "back", "guide", "start", "leftstick", "rightstick", "leftshoulder", "rightshoulder", "dpup",
           "dpdown", "dpleft", "dpright")
"""By SDL's numbers."""

AXES = {sdl2.SDL_CONTROLLER_AXIS_LEFTX: ("dpleft", "dpright"), sdl2.SDL_CONTROLLER_AXIS_LEFTY: ("dpup", "dpdown"),
        sdl2.SDL_CONTROLLER_AXIS_TRIGGERLEFT: ("", "lefttrigger"), sdl2.SDL_CONTROLLER_AXIS_TRIGGERRIGHT: ("", "righttrigger")}
"""What a stick or trigger is as buttons: back, and forth."""

NAMES = (*BUTTONS, "lefttrigger", "righttrigger")

# The host keys that a controller stands for, by its button: the first player's, and the second's.
KEYS = (
    {"ArrowUp": "dpup", "ArrowDown": "dpdown", "ArrowLeft": "dpleft", "ArrowRight": "dpright", "Space": "a", "Enter": "b"},
    {"KeyI": "dpup", "KeyK": "dpdown", "KeyJ": "dpleft", "KeyL": "dpright", "KeyU": "a", "KeyO": "b"},
)
WORDS = {"up": "dpup", "down": "dpdown", "left": "dpleft", "right": "dpright", "a": "a", "b": "b", "x": "x", "y": "y",
         "start": "start", "select": "back", "l": "leftshoulder", "r": "rightshoulder"}

Source = tuple[int, str]
"""A button of a player's controller: (0, "dpup")."""


def sources_of(ports: Iterable[Port], chosen: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Source, ...]]:
    """{button of the machine: the buttons of controllers}. Raises `ArgumentError` for names that do not exist.

    `chosen` has what the user has: "dpup" of the first player's controller, "2:dpup" of the second's.
    """
    found: dict[str, tuple[Source, ...]] = {}
    with_pads = [port for port in ports if port.buttons]
    for player, port in enumerate(with_pads):
        words = all(button.name.lower() in WORDS for button in port.buttons)
        for button in port.buttons:
            if words:
                found[button.name] = ((player, WORDS[button.name.lower()]),)
            else:
                found[button.name] = tuple((number, keys[key]) for number, keys in enumerate(KEYS)
                                           for key in button.keys if key in keys)
    for name, names in chosen.items():
        if name not in found:
            raise ArgumentError(f"pads: the machine has no button {name!r}{nearest(name, found)}")
        found[name] = tuple(_source(name, each) for each in names)
    return found


def _source(button: str, text: str) -> Source:
    player, colon, name = text.rpartition(":")
    if name not in NAMES or (colon and not (player.isdigit() and int(player) >= 1)):
        raise ArgumentError(f"pads: {button}: a controller has no button {text!r}{nearest(name, dict.fromkeys(NAMES))}")
    return (int(player) - 1 if colon else 0), name


def source_text(source: Source) -> str:
    """A button of a controller as the settings name it."""
    player, name = source
    return name if player == 0 else f"{player + 1}:{name}"


class Controllers:
    """The controllers that are plugged in. SDL's events about them become presses of buttons by name."""

    def __init__(self) -> None:
        self._open: dict[int, object] = {}                   # by SDL's number for it as long as it is plugged in
        self._players: list[int | None] = []
        self._pushed: set[tuple[int, str]] = set()
        if sdl2.SDL_InitSubSystem(sdl2.SDL_INIT_GAMECONTROLLER) == 0:
            for index in range(sdl2.SDL_NumJoysticks()):
                self.added(index)

    def close(self) -> None:
        """Gives them back."""
        for controller in self._open.values():
            sdl2.SDL_GameControllerClose(controller)
        self._open.clear()

    def __len__(self) -> int:
        return len(self._open)

    def added(self, index: int) -> str | None:
        """One was plugged in, or was there: its name where it is new and a controller. The first free player has it."""
        if not sdl2.SDL_IsGameController(index):
            return None
        which = sdl2.SDL_JoystickGetDeviceInstanceID(index)
        if which in self._open:
            return None
        controller = sdl2.SDL_GameControllerOpen(index)
        if not controller:
            return None
        self._open[which] = controller
        if None in self._players:
            self._players[self._players.index(None)] = which
        else:
            self._players.append(which)
        return (sdl2.SDL_GameControllerName(controller) or b"a controller").decode(errors="replace")

    def removed(self, which: int) -> list[Source]:
        """One was unplugged: what it held down comes up."""
        controller = self._open.pop(which, None)
        if controller is None:
            return []
        player = self._players.index(which)
        sdl2.SDL_GameControllerClose(controller)
        self._players[player] = None
        held = [name for number, name in self._pushed if number == which]
        self._pushed -= {(which, name) for name in held}
        return [(player, name) for name in held]

    def button(self, which: int, number: int, down: bool) -> tuple[Source, bool] | None:
        """A button went down or came up: which, and where it is now; None for one that has no name."""
        if which not in self._players or not 0 <= number < len(BUTTONS):
            return None
        return self._change(which, BUTTONS[number], down)

    def axis(self, which: int, axis: int, value: int) -> list[tuple[Source, bool]]:
        """A stick or trigger was moved: what that means for its two buttons."""
        if which not in self._players or axis not in AXES:
            return []
        back, forth = AXES[axis]
        changes = []
        for name, amount in ((back, -value), (forth, value)):
            held = (which, name) in self._pushed
            if name and held != (amount > (BACK if held else PUSHED)):
                changes.append(self._change(which, name, not held))
        return changes

    def _change(self, which: int, name: str, down: bool) -> tuple[Source, bool]:
        (self._pushed.add if down else self._pushed.discard)((which, name))
        return (self._players.index(which), name), down
