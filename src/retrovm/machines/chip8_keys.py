"""How a gamepad's directions and buttons lie on the keypad of a CHIP-8.

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

from retrovm.spec import Option, Options, Port, integer, nearest

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


GAMEPAD = Option(name="keys", help="what keys of the keypad do, for a gamepad's keys on the host: up=5,down=8,left=7,right=9,a=6",
                 default=(), parse=key_map, show=lambda value: ",".join(f"{name}={key:#x}" for name, key in value))


def with_keys(*ports: Port) -> Callable[[Options], tuple[Port, ...]]:
    """These keypads, with the host's keys that the option `keys` adds."""

    def with_options(options: Options) -> tuple[Port, ...]:
        extra: dict[str, tuple[str, ...]] = {}
        for name, key in options["keys"]:
            extra[f"{key:x}"] = (*extra.get(f"{key:x}", ()), HOST_KEYS[name])
        return tuple(replace(port, buttons=tuple(
            replace(button, keys=(*button.keys, *extra.get(button.name, ()))) for button in port.buttons)) for port in ports)

    return with_options
