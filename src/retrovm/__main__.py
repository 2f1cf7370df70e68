"""`python -m retrovm` is the command `retrovm`."""

import sys

from retrovm.cli import main

sys.exit(main())
