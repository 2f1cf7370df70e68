"""How long `import retrovm` and the first uses take, above a Python that does nothing, in ms.

    python benchmarks/import_time.py [RUNS]
    python -X importtime -c "import retrovm"        # module by module
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

from figures import difference, goal, interleave, show

PROGRAMS = {
    "nothing": ["-c", "pass"],
    "import retrovm": ["-c", "import retrovm"],
    "a machine": ["-c", "import retrovm; retrovm.create('chip8')"],
    "a picture": ["-c", "import retrovm; vm = retrovm.create('chip8'); vm.tick(); vm.screen.ndarray"],
    "retrovm --version": ["-m", "retrovm", "--version"],
    "retrovm --help": ["-m", "retrovm", "--help"],
    "retrovm machines": ["-m", "retrovm", "machines"],
}


def start(arguments: list[str]) -> Callable[[], float]:
    """The ms that a Python with these arguments takes."""

    def run() -> float:
        begin = perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        return (perf_counter() - begin) * 1e3

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    figures = interleave({name: start(arguments) for name, arguments in PROGRAMS.items()}, runs)
    show(figures, "ms ")
    goal("import retrovm above nothing", difference(figures, "import retrovm", "nothing"), "ms ", "below 60")


if __name__ == "__main__":
    main()
