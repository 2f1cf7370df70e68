"""Virtual machines for the computers and consoles of old.

    import retrovm

    vm = retrovm.load("game.ch8")        # finds out what machine the program is for
    vm.tick(60)                          # runs 60 frames
    vm.button("5")
    vm.screen.image.save("game.png")

Nothing is imported before it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm import cpu, media, movie, recording, rewind
    from retrovm.core.cpu import CallResult, Frame
    from retrovm.core.machine import Machine
    from retrovm.core.python_device import PythonDevice
    from retrovm.core.types import Access, Line, StopReason
    from retrovm.core.watch import Watch, WatchEvent
    from retrovm.detection import Target, detect
    from retrovm.errors import (
        AddressError,
        ArgumentError,
        BusyError,
        CallError,
        ManifestError,
        MediaError,
        MovieError,
        OptionError,
        RecordingError,
        RegistrationError,
        ReplayError,
        RetroVMError,
        StateError,
        UnknownNameError,
    )
    from retrovm.loading import create, get_include, load
    from retrovm.media import Media
    from retrovm.registry import machines
    from retrovm.session import VM
    from retrovm.spec import Button, Judgement, MachineSpec, Option, Port

    __version__: str

# Where each public name is defined. `machines` is a package that can be called: retrovm/machines/__init__.py.
_HOMES = {
    "Access": "core.types", "Line": "core.types", "StopReason": "core.types",
    "Watch": "core.watch", "WatchEvent": "core.watch",
    "CallResult": "core.cpu", "Frame": "core.cpu", "Machine": "core.machine", "PythonDevice": "core.python_device",
    "Target": "detection", "detect": "detection",
    "AddressError": "errors", "ArgumentError": "errors", "BusyError": "errors", "CallError": "errors",
    "ManifestError": "errors",
    "MediaError": "errors", "MovieError": "errors", "OptionError": "errors", "RecordingError": "errors",
    "RegistrationError": "errors", "ReplayError": "errors", "RetroVMError": "errors",
    "StateError": "errors", "UnknownNameError": "errors",
    "create": "loading", "get_include": "loading", "load": "loading",
    "Media": "media",
    "VM": "session",
    "Button": "spec", "Judgement": "spec", "MachineSpec": "spec", "Option": "spec", "Port": "spec",
}
_PACKAGES = ("cpu", "machines", "media", "movie", "recording", "rewind")

__all__ = [
    "VM", "Access", "AddressError", "ArgumentError", "BusyError", "Button", "CallError", "CallResult", "Frame", "Judgement", "Line",
    "Machine", "MachineSpec", "ManifestError", "Media", "MediaError", "MovieError", "Option", "OptionError", "Port",
    "PythonDevice", "RecordingError", "RegistrationError", "ReplayError", "RetroVMError", "StateError", "StopReason", "Target",
    "UnknownNameError", "Watch", "WatchEvent", "__version__", "cpu", "create", "detect", "get_include", "load", "machines", "media",
    "movie", "recording", "rewind",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version(__name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
