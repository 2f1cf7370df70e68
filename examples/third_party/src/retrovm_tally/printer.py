"""The printer of the Tally: a chip in pure Python. What is written to it goes onto paper."""

from retrovm import PythonDevice


class Printer(PythonDevice):
    """`text` is what has been printed since power-on. A read gives the number of characters, modulo 256."""

    def __init__(self, name: str = "printer") -> None:
        self.text = ""
        super().__init__(name)

    def read(self, addr: int) -> int:
        return self.peek(addr)

    def peek(self, addr: int) -> int:
        return len(self.text) & 0xFF

    def write(self, addr: int, value: int) -> None:
        self.text += chr(value)

    def reset(self, power_on: bool) -> None:
        if power_on:
            self.text = ""

    def save(self) -> bytes:
        return self.text.encode("latin-1")

    def load(self, data: bytes) -> None:
        self.text = data.decode("latin-1")
