from retrovm.core.device import Device

class Random(Device):
    """`Random(name, seed)`: every random bit of a machine comes from here."""

    def __init__(self, name: str = "random", seed: int = 1) -> None: ...
    @property
    def seed(self) -> int: ...
    def draw(self) -> int:
        """The next 32 random bits; the machine's state moves on."""
