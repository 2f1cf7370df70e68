"""Going back in time: the states of the last frames, each as what it takes to get to it from the one after it.

    rewind = retrovm.rewind.Rewind(vm, limit=16 << 20)
    for _ in range(600):
        vm.tick()
        rewind.capture()
    rewind.back(60)               # a second ago; vm.tick() goes on from there

The newest state is kept as it is, and all others as the 64-bit words in which they differ from their successor, compressed. So
the oldest can be dropped at any time, and a step back costs as much as a step forth.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from retrovm.errors import ArgumentError

if TYPE_CHECKING:
    from retrovm.session import VM

# Of one entry beside the bytes of its delta: the object that has them and its place in the deque.
_OVERHEAD = 64
_SIZES = struct.Struct("<II")


class Rewind:
    """The past of a machine, in at most `limit` bytes: where they are full, the oldest states go.

    `capture` keeps the present state; call it once a frame, or less often for a longer past in larger steps. The machine may be
    reset, loaded or changed by hand meanwhile: a state that was kept is gone back to as it was. Raises `ArgumentError` for
    a limit that no two states fit into.
    """

    def __init__(self, vm: VM, limit: int = 16 << 20) -> None:
        self.vm = vm
        self.limit = limit
        self._newest = vm.save_fields()
        self._deltas: deque[bytes] = deque()
        self._size = 0
        least = 2 * len(self._newest) + 2 * _OVERHEAD
        if limit < least:
            raise ArgumentError(f"a state of this machine has {len(self._newest):,} bytes, so rewinding needs {least:,} bytes or "
                                f"more, not {limit:,}")

    def __len__(self) -> int:
        """How many steps back there are."""
        return len(self._deltas)

    @property
    def size(self) -> int:
        """The bytes of memory that the past takes, `limit` at most."""
        return self._size + len(self._newest) + _OVERHEAD

    def capture(self) -> None:
        """Keeps the present state, one step after the one that was captured or gone back to before."""
        fields = self.vm.save_fields()
        delta = difference(self._newest, fields)
        self._newest = fields
        self._deltas.append(delta)
        self._size += len(delta) + _OVERHEAD
        while self._deltas and self.size > self.limit:
            self._size -= len(self._deltas.popleft()) + _OVERHEAD

    def back(self, steps: int = 1) -> int:
        """Puts the machine into the state so many captures before the newest one; with 0, into the newest.

        Returns how many steps it went, fewer where the past is not so long. What was captured after that state is forgotten.
        Raises `StateError`, and changes nothing, where the machine does not take it, as after a write to a disk image.
        """
        if steps < 0:
            raise ArgumentError(f"going back takes 0 steps or more, not {steps}")
        steps = min(steps, len(self._deltas))
        fields = self._newest
        for index in range(1, steps + 1):
            fields = undo(self._deltas[-index], fields)
        self.vm.load_fields(fields)
        self._newest = fields
        for _ in range(steps):
            self._size -= len(self._deltas.pop()) + _OVERHEAD
        return steps

    def clear(self) -> None:
        """Forgets the past and begins anew with the present state."""
        self._newest = self.vm.save_fields()
        self._deltas.clear()
        self._size = 0


def difference(old: bytes, new: bytes) -> bytes:
    """What `undo` makes `old` of, given `new`."""
    ours, theirs = _words(old, len(old)), _words(new, len(old))
    places = np.flatnonzero(ours != theirs).astype(np.uint32)
    # A window of 4 KiB is made in a fraction of the time of the usual one, and most deltas are far smaller.
    packer = zlib.compressobj(1, zlib.DEFLATED, 12, 5)
    return packer.compress(_SIZES.pack(len(old), len(places)) + places.tobytes() + ours[places].tobytes()) + packer.flush()


def undo(delta: bytes, new: bytes) -> bytes:
    """The bytes that `difference` had as `old`."""
    content = zlib.decompress(delta)
    size, count = _SIZES.unpack_from(content)
    words = _words(new, size).copy()
    places = np.frombuffer(content, np.uint32, count, _SIZES.size)
    words[places] = np.frombuffer(content, np.uint64, count, _SIZES.size + 4 * count)
    return words.tobytes()[:size]


def _words(data: bytes, size: int) -> np.ndarray:
    """The first `size` bytes in words of 64 bits, with zeros behind the end."""
    whole = -(-size // 8) * 8
    return np.frombuffer(data[:whole].ljust(whole, b"\0"), np.uint64)
