"""Builds every module below ext/. The environment chooses:

RETROVM_PROFILE   release (default), or debug: checks of bounds and overflow, asserts, symbols
RETROVM_DISPATCH  goto (default where the compiler has computed goto), or switch
"""

import os
import subprocess
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).parent
PROFILE = os.environ.get("RETROVM_PROFILE", "release")
DISPATCH = os.environ.get("RETROVM_DISPATCH", "goto")
if PROFILE not in ("release", "debug"):
    sys.exit(f"RETROVM_PROFILE is release or debug, not {PROFILE!r}")
if DISPATCH not in ("goto", "switch"):
    sys.exit(f"RETROVM_DISPATCH is goto or switch, not {DISPATCH!r}")

DEBUG = PROFILE == "debug"
CPUS = os.cpu_count() or 1
# Cython translates in other processes, which must not run this file again: where they are forked, they do not.
TRANSLATORS = CPUS if sys.platform == "linux" and sys.version_info < (3, 14) else 0
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": DEBUG,
    "initializedcheck": DEBUG,
    "nonecheck": DEBUG,
    "overflowcheck": DEBUG,
    "cdivision": not DEBUG,
    "binding": False,
    "auto_pickle": False,
    "embedsignature": True,
    "freethreading_compatible": True,
}

MACROS = [("RETROVM_SWITCH", "1")] if DISPATCH == "switch" else []
if os.name == "nt":
    COMPILE, LINK = (["/Od", "/Zi"] if DEBUG else ["/O2"]), []
else:
    FAST = [
        "-O2",
        "-g0",
        # The core loop is written as small inline functions; left to its own judgement gcc calls some of them, and the
        # loop runs at half the speed.
        "-DCYTHON_INLINE=inline __attribute__((always_inline))",
        # Crossjumping joins the equal ends of operations, and with them the jumps of computed goto, into one: the chip8
        # core then runs at 220 instead of 370 million instructions a second.
        "-fno-crossjumping",
        # What is called once is apart for a reason: its caller then needs fewer registers that survive calls.
        "-fno-inline-functions-called-once",
    ]
    COMPILE = [*(["-O1", "-g"] if DEBUG else FAST), "-Wno-unused-label", "-Wno-unused-function"]
    LINK = [] if DEBUG or sys.platform == "darwin" else ["-Wl,-s"]
# Intel's processors from Skylake to Cascade Lake run jumps that touch a boundary of 32 bytes without their cache of decoded
# instructions. The core loop is all jumps: without this its speed varies by a quarter with where the linker puts it.
BRANCHES = "-Wa,-mbranches-within-32B-boundaries"
if not DEBUG:
    MACROS.append(("CYTHON_WITHOUT_ASSERTIONS", "1"))


def module(source: Path) -> Extension:
    name = ".".join(source.relative_to(HERE / "ext").with_suffix("").parts)
    generated = [str(path.relative_to(HERE)) for path in source.parent.glob(f"{source.stem}_*.*")]
    return Extension(name, [str(source.relative_to(HERE))], include_dirs=["ext/retrovm/cpu"], define_macros=MACROS,
                     extra_compile_args=[*COMPILE], extra_link_args=LINK, depends=generated)


class BuildExt(build_ext):
    """Translates when there is something to compile: a source distribution and metadata need no C."""

    def build_extensions(self):
        if not DEBUG and self.accepts(BRANCHES):
            for extension in self.extensions:
                extension.extra_compile_args.append(BRANCHES)
        super().build_extensions()

    def accepts(self, flag: str) -> bool:
        """Whether the compiler knows this flag."""
        command = [*getattr(self.compiler, "compiler_so", []), flag, "-c", "-x", "c", os.devnull, "-o", os.devnull]
        return os.name == "posix" and subprocess.run(command, capture_output=True).returncode == 0

    def finalize_options(self):
        translated = cythonize(
            self.distribution.ext_modules,
            include_path=["ext"],
            build_dir=f"build/cython-{PROFILE}",
            compiler_directives=DIRECTIVES,
            nthreads=TRANSLATORS,
        )
        # The processors take as long as all others together: begun last, one would be compiled alone.
        self.distribution.ext_modules = sorted(translated, key=lambda extension: -Path(extension.sources[0]).stat().st_size)
        super().finalize_options()


setup(
    ext_modules=[module(source) for source in sorted((HERE / "ext").rglob("*.pyx"))],
    cmdclass={"build_ext": BuildExt},
    options={"build_ext": {"parallel": CPUS}},
)
