"""Bytes that mean harm: what is right with a few things changed, which gets further than noise does."""

import faulthandler
from contextlib import contextmanager

from hypothesis import strategies as st

# A run that does not end cannot be interrupted from Python; then this ends the process and shows where it was.
SECONDS = 20

EDITS = st.lists(
    st.tuples(st.sampled_from(["flip", "set", "cut", "drop", "insert", "copy"]), st.integers(0, 1 << 20),
              st.integers(0, 1 << 20), st.binary(min_size=1, max_size=8)),
    min_size=1, max_size=6,
)


def edited(data, edits):
    """`data` after a list of `EDITS`."""
    data = bytearray(data)
    for kind, one, other, content in edits:
        at = one % (len(data) + 1)
        if kind == "flip" and data:
            data[at % len(data)] ^= 1 << other % 8
        elif kind == "set":
            data[at:at + len(content)] = content
        elif kind == "cut":
            del data[at:]
        elif kind == "drop":
            del data[at:at + other % 64]
        elif kind == "insert":
            data[at:at] = content
        elif kind == "copy":
            data[at:at] = data[other % (len(data) + 1):][:64]
    return bytes(data)


@contextmanager
def no_hang():
    """Ends the process with a traceback when the block takes too long."""
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
