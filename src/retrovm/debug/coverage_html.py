"""Coverage as pages: an index, and each source with its lines marked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError

if TYPE_CHECKING:
    from retrovm.debug.coverage import Coverage


def write_pages(coverage: Coverage, folder: Path) -> None:
    """Writes index.html and a page a source into a folder, which is made. Needs Jinja2: `pip install "retrovm[suite]"`."""
    try:
        from jinja2 import Environment, PackageLoader
    except ImportError as error:
        raise ArgumentError('pages need Jinja2: pip install "retrovm[suite]"; or write F.info for lcov') from error
    pages = Environment(loader=PackageLoader("retrovm.debug", "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    files = sorted(coverage.files(), key=lambda file: file.name)
    links = {file.name: f"{number:03}.html" for number, file in enumerate(files)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(pages.get_template("index.html").render(files=files, links=links), encoding="utf-8")
    for file in files:
        text = file.text or [""] * max(file.lines)
        page = pages.get_template("source.html").render(file=file, text=text)
        (folder / links[file.name]).write_text(page, encoding="utf-8")
