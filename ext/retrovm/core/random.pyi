from retrovm.core.device import Device

class Random(Device):
    """`Random(name, seed)`: every random bit of a machine comes from here."""

    def __init__(self, name: str = "random", seed: int = 1) -> None: ...
    @property
    def seed(self) -> int: ...
    def draw(self) -> int:
        """The next 32 random bits; the machine's state moves on."""

    def draw_bytes(self, count: int) -> bytes:
        """So many random bytes: four of each draw, the lowest first. What is left of the last draw is lost."""
