"""Files on a worker: each is kept by its SHA-256, so that a worker gets it once, whatever it is called and whoever sends it.

They lie in `$RETROVM_CACHE/files`, without that variable in the user's cache, and where nothing says which that is, in the
folder for temporary files. Nobody has to clean up there, and anybody may.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from retrovm.host_files import user_folder, write_whole


def folder() -> Path:
    """Where this worker keeps files."""
    given = os.environ.get("RETROVM_CACHE")
    cache = Path(given) if given else user_folder("cache") or Path(tempfile.gettempdir(), "retrovm")
    return cache / "files"


def find(digest: str) -> bytes | None:
    """The content with this SHA-256; None where it is not here, or no longer what it was."""
    try:
        content = (folder() / digest).read_bytes()
    except FileNotFoundError:
        return None
    return content if sha256(content).hexdigest() == digest else None


def receive(contents: Mapping[str, bytes]) -> None:
    """Keeps these contents, which are given by their SHA-256."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    for digest, content in contents.items():
        write_whole(place / digest, content)
