"""Builds the two compiled modules. The declarations of retrovm are found where retrovm is installed."""

from Cython.Build import cythonize
from setuptools import setup

setup(ext_modules=cythonize("src/retrovm_tally/*.pyx", build_dir="build", language_level=3))
