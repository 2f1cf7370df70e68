"""A process that is killed in the middle of its writes leaves every sector as it was before or after a write.

RETROVM_PROFILE_LONG=1 kills 1,000 of each kind, and not a few.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("disk_kills.py")
KILLS = 1000 if os.environ.get("RETROVM_PROFILE_LONG") else 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are ended by signals, which this host does not have")
@pytest.mark.parametrize("mode", ["guest", "image", "overlay"])
def test_kill_9_tears_no_sector(mode):
    done = subprocess.run([sys.executable, SCRIPT, mode, str(KILLS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS
    assert found["torn"] == found["out of order"] == 0
    assert found["within a round"] > 0
