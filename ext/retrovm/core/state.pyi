class State:
    """The visitor that every part hands its fields to."""

    @property
    def loading(self) -> bool: ...

class Saver(State):
    """Writes fields to bytes."""

    def result(self) -> bytes:
        """The fields so far, as bytes."""

class Loader(State):
    """Reads what a `Saver` wrote; with `loading` False it only checks that it could."""

    def __init__(self, source: bytes, loading: bool) -> None: ...
    def where(self, key: str) -> str:
        """The full name of a field, for messages."""

    def finish(self) -> None:
        """Raises `StateError` when bytes are left over."""

class Dumper(State):
    """Collects fields as {"part.key": int | list[int] | bytes}."""

    @property
    def fields(self) -> dict[str, int | list[int] | bytes]: ...
