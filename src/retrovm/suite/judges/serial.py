"""Judge `serial`: the guest sends these texts, one after the other.

    judge = "serial"
    text = ["READY", "1000: A9 01"]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun
from retrovm.suite.scene import Comparison, decoded
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys

SHOWN = 600
"""How many of the last bytes from the guest a failure shows."""


@dataclass(frozen=True)
class Serial(MachineJudge):
    """Passes as soon as all texts were seen in this order, whatever comes before, between and behind them."""

    texts: tuple[bytes, ...]

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {"texts": keys.take_list("text", is_.latin)}

    def watch(self, run: MachineRun, settings: Settings) -> None:
        while seen(run.hear(), self.texts) < len(self.texts):
            if run.over:
                check(run, self.texts, run.limit)
            run.advance()


def seen(sent: bytes, texts: tuple[bytes, ...]) -> int:
    """How many of the texts have been sent, one behind the other."""
    at = 0
    for number, text in enumerate(texts):
        found = sent.find(text, at)
        if found < 0:
            return number
        at = found + len(text)
    return len(texts)


def check(run: MachineRun, texts: tuple[bytes, ...], when: str) -> None:
    """Raises `Mismatch` where the guest has not sent these texts by now."""
    sent = run.hear()
    count = seen(sent, texts)
    if count < len(texts):
        after = f" after {quoted(texts[count - 1])}" if count else ""
        raise Mismatch(f"expected the guest to send {quoted(texts[count])}{after} {when}\n" + transcript(sent),
                       Comparison("the serial line", "\n".join(map(decoded, texts)), decoded(sent)))


def quoted(data: bytes) -> str:
    return repr(data.decode("latin-1"))


def transcript(sent: bytes) -> str:
    """What the guest has sent, line by line, as a text that can be shown on any terminal."""
    if not sent:
        return "it sent nothing"
    lines = sent[-SHOWN:].decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = ["  | " + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line) for line in lines]
    last = f", the last {SHOWN} of them" if len(sent) > SHOWN else ""
    return "\n".join([f"it sent {len(sent)} bytes{last}:", *shown])
