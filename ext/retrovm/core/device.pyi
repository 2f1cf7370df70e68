from typing import Any

class Device:
    """The base of every part. `name` is how errors, snapshots and `machine.devices` call it."""

    # What a subclass takes for itself is its own affair: the C part of the base is made with any arguments.
    def __new__(cls, *args: Any, **kwargs: Any) -> Any: ...
    def __init__(self, name: str = "") -> None: ...
    @property
    def name(self) -> str: ...

class Wire:
    """An open-collector line: asserted while any of its drivers pulls it."""

    def __init__(self, sink: Device | None = None, pin: int = 0) -> None: ...
    @property
    def asserted(self) -> bool: ...
