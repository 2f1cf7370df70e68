"""Files of the host: written as a whole or not at all, in the folders that the user's system has for such things."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Literal


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that a reader sees the old one or the new one, never a part, whenever this process is killed."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)          # mkstemp makes files that only their owner may read
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def user_folder(kind: Literal["cache", "config", "data"]) -> Path | None:
    """Where this system keeps a user's things of this kind for retrovm; None where platformdirs is not installed."""
    try:
        import platformdirs
    except ImportError:
        return None
    found: Path = getattr(platformdirs, f"user_{kind}_path")("retrovm", appauthor=False)
    return found
