"""Sphinx: `pip install '.[docs]' && python -m sphinx -W docs docs/_build`."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "retrovm"
author = "the retrovm authors"
copyright = "the retrovm authors, MIT licence"
release = installed("retrovm")
version = release.split("+")[0]

extensions = ["myst_parser", "from_the_code"]
exclude_patterns = ["_build", "_ext"]
html_theme = "furo"
html_title = f"retrovm {version}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Cython is highlighted as Python; what the lexer does not know is shown as it is.
suppress_warnings = ["misc.highlighting_failure"]
