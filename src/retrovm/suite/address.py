"""An address of the guest in a manifest: a number, or the name of a symbol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retrovm import toml_keys as is_
from retrovm.errors import AddressError
from retrovm.symbols import UnknownSymbolError
from retrovm.toml_keys import Keys, placed

if TYPE_CHECKING:
    from retrovm.session import VM


def number_or_symbol(value: Any) -> int | str:
    is_number = not isinstance(value, str) or value.strip().startswith(("$", *"0123456789"))
    return is_.address(value) if is_number else is_.sentence(value)


@dataclass(frozen=True)
class Address:
    """`target` is what the manifest has, and `where` the place of it, for what can only be known with the symbols."""

    target: int | str
    where: str = field(default="", compare=False)

    @classmethod
    def parser(cls, keys: Keys, key: str) -> Callable[[Any], Address]:
        """What takes the address, or each of a list of them, that a key has."""
        return lambda value: cls(number_or_symbol(value), keys.where(key))

    def of(self, vm: VM) -> int:
        """The address on this machine. Raises `ManifestError` where it has no such symbol."""
        with placed(self.where, UnknownSymbolError):
            return vm.symbols.resolve(self.target)

    def read(self, vm: VM, size: int) -> bytes:
        """So many bytes from there on. Raises `ManifestError` where there is no memory."""
        at = self.of(vm)
        with placed(self.where, AddressError):
            return bytes(vm.memory[at:at + size])

    def write(self, vm: VM, data: bytes) -> None:
        """Puts bytes there. Raises `ManifestError` where there is no memory."""
        at = self.of(vm)
        with placed(self.where, AddressError):
            vm.memory[at:at + len(data)] = data

    def shown(self, vm: VM) -> str:
        """As it may stand in a sentence: $0400, or begin ($0400)."""
        address = f"${self.of(vm):04X}"
        return address if isinstance(self.target, int) else f"{self.target} ({address})"
