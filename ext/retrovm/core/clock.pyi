from fractions import Fraction
from typing import Any

class Clock:
    """`Clock(rate)`: ticks per second, exact (an int, a Fraction or a string such as "39375000/11")."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any: ...
    def __init__(self, rate: int | float | str | Fraction) -> None: ...
    @property
    def rate(self) -> Fraction: ...
    @property
    def ticks(self) -> int:
        """Ticks since power-on."""

    @property
    def seconds(self) -> Fraction:
        """Time since power-on, as a Fraction."""

    @property
    def is_running(self) -> bool:
        """Whether a run goes on, in any thread, or something else that nothing may happen during."""

    def wait(self, ticks: int) -> None:
        """Lets time pass without a processor, every event at its own tick: for chips that are tried alone."""
