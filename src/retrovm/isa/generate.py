"""Writes the dispatch of the compiled cores from the instruction tables.

    python src/retrovm/isa/generate.py            writes the files
    python src/retrovm/isa/generate.py --check    exits with 1 when a file is not what the tables say

It runs from a checkout before anything is built or installed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path[0] = str(ROOT / "src")    # in the place of this folder, so that the package is found under its own name

from retrovm.isa import chip8_core, chip8_vip, mos6502_core  # noqa: E402 - found by the line above

FILES = {
    ROOT / "ext/retrovm/cpu/chip8_dispatch.pxi": chip8_core.dispatch_text,
    ROOT / "ext/retrovm/cpu/chip8_vip_dispatch.pxi": chip8_vip.dispatch_text,
    ROOT / "ext/retrovm/cpu/mos6502_dispatch.pxi": mos6502_core.dispatch_text,
    ROOT / "ext/retrovm/cpu/mos6502_tables.h": mos6502_core.tables_text,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes the dispatch of the compiled cores from the instruction tables.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale = []
    for path, text in FILES.items():
        if path.exists() and path.read_text(encoding="utf-8") == text():
            continue
        stale.append(path.name)
        if not check:
            path.write_text(text(), encoding="utf-8", newline="\n")
    if stale:
        print(f"{'not what the tables say' if check else 'written'}: {', '.join(stale)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
