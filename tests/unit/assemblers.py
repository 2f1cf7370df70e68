"""Assemblers of others that tests run: without them such a test is skipped with a hint.

Where `CI` is set it fails, on Linux, whose package managers have them.
"""

import os
import shutil
import sys

import pytest

PACKAGES = {"ca65": "cc65", "64tass": "64tass", "acme": "acme"}


def require(command):
    """Skips the test without the command, or fails it in CI, which has to have it."""
    if shutil.which(command) is None:
        hint = f"{command} is not installed: apt install {PACKAGES[command]}"
        if os.environ.get("CI") and sys.platform == "linux":
            pytest.fail(f"{hint}; a run with CI set tests everything", pytrace=False)
        pytest.skip(hint)
