"""Unit tests of guest code: the routines of a 6502 or CHIP-8 program, called from pytest one by one.

    def test_three_times_four(vm):                       # a machine with the program in it
        result = vm.call("multiply", a=3, x=4)
        assert result.a == 12
        assert result.cycles <= 120

The plugin `retrovm.testing.plugin` brings the fixtures, docs/testing.md tells them. What they are made of works without pytest,
too: `Builder` assembles, `GuestVM` is the machine. Nothing is imported before it is used.
"""

from typing import TYPE_CHECKING

from retrovm.lazy import names

if TYPE_CHECKING:
    from retrovm.testing.build import Builder, BuildError
    from retrovm.testing.failure import GuestFailure
    from retrovm.testing.guest import Call, GuestVM, Patch
    from retrovm.testing.program import GuestProgram, SourceLine, Structure

__all__ = ["BuildError", "Builder", "Call", "GuestFailure", "GuestProgram", "GuestVM", "Patch", "SourceLine", "Structure"]

__getattr__, __dir__ = names(__name__, build=("Builder", "BuildError"),
                             failure=("GuestFailure",),
                             guest=("Call", "GuestVM", "Patch"),
                             program=("GuestProgram", "SourceLine", "Structure"))
