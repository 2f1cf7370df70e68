"""Names of packages that are imported when they are used.

A package that imported its own modules would make threads that import one of them first wait for each other, and would take the
time of all for one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any


def names(package: str, **homes: Iterable[str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions `__getattr__` and `__dir__` of a package whose modules have these names:

        __getattr__, __dir__ = names(__name__, opening=("open_disk", "open_image"), delta=("commit",))
    """
    home_of = {name: home for home, found in homes.items() for name in found}

    def get(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home_of})

    return get, listed
