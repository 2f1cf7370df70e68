"""The host's side of a CHIP-8: how a gamepad's directions and buttons lie on the keypad, and how the screen stands.

Each program has its own keys for up, down and so on. chip-8-database knows them for many, and the option `keys` says them for
any; then these keys of the host do the same as those of the keypad:

    up down left right    the arrow keys
    a b                   Space, Enter
    player2 and Up ...    I K J L, and U O for A and B

Sources: chip8-database (names of directions and buttons).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from retrovm.spec import Front, Option, Options, Port, integer, nearest

HOST_KEYS = {
    "up": "ArrowUp", "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight", "a": "Space", "b": "Enter",
    "player2Up": "KeyI", "player2Down": "KeyK", "player2Left": "KeyJ", "player2Right": "KeyL",
    "player2A": "KeyU", "player2B": "KeyO",
}

Keys = tuple[tuple[str, int], ...]


def key_map(value: Any) -> Keys:
    """Parses keys of the keypad by what they do: {"up": 5, "a": 6}, "up=5,a=6", "up=0x5"; from 16 on, of the second."""
    if isinstance(value, str):
        value = [(part.partition("=")[0], part.partition("=")[2]) for part in value.split(",") if part.strip()]
    pairs = []
    for name, key in (value.items() if isinstance(value, Mapping) else value):
        if name.strip() not in HOST_KEYS:
            raise ValueError(f"there is no {name.strip()!r}{nearest(name.strip(), HOST_KEYS)}")
        pairs.append((name.strip(), integer(0, 31)(key)))
    return tuple(pairs)


def degrees(value: Any) -> int:
    """Parses by how much the screen is turned."""
    parsed = integer(0, 270)(value)
    if parsed % 90:
        raise ValueError("expected 0, 90, 180 or 270 degrees")
    return parsed


HOST_OPTIONS = (
    Option(name="keys", help="what keys of the keypad do, for a gamepad's keys on the host: up=5,down=8,left=7,right=9,a=6",
           default=(), parse=key_map, show=lambda value: ",".join(f"{name}={key:#x}" for name, key in value)),
    Option(name="rotation", help="degrees clockwise by which the player turns the screen: 0, 90, 180 or 270", default=0,
           parse=degrees),
)


def front(*ports: Port) -> Callable[[Options], Front]:
    """What the user has before him, for a machine with these keypads and `HOST_OPTIONS`."""

    def with_options(options: Options) -> Front:
        extra: dict[str, tuple[str, ...]] = {}
        for name, key in options["keys"]:
            extra[f"{key:x}"] = (*extra.get(f"{key:x}", ()), HOST_KEYS[name])
        pads = tuple(replace(port, buttons=tuple(
            replace(button, keys=(*button.keys, *extra.get(button.name, ()))) for button in port.buttons)) for port in ports)
        return Front(ports=pads, rotation=options["rotation"])

    return with_options
