"""Machines, one file each; and `retrovm.machines()`, which gives all that are installed, by id.

Importing a machine makes this package an attribute of `retrovm`, in the place of a function of the same name.
So the package itself is what can be called.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrovm.spec import MachineSpec


class _Machines(ModuleType):
    def __call__(self) -> "dict[str, MachineSpec]":
        """All machines that are installed, by id."""
        from retrovm.registry import machines

        return machines()


sys.modules[__name__].__class__ = _Machines
