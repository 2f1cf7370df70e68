"""A 6502 machine with a disk, for tests: the tiny machine, whose program does nothing but count."""

from dataclasses import replace

import tiny_machine as tiny

from retrovm import spec
from retrovm.storage import open_disk, parse_disk


def wire(machine, media, options):
    tiny.wire(machine, media, options)
    if options["disk"] is not None:
        machine.add(open_disk("disk", options["disk"]))


SPEC = replace(tiny.SPEC, id="disky", wire=wire, options=(
    *tiny.SPEC.options, spec.Option(name="disk", help="the disk", default=None, parse=parse_disk, medium=True)))
