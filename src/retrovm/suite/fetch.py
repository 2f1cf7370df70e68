"""Public test programs: what there is, under which licence, and getting it: each file from its own address, and nothing but the
file whose SHA-256 is known.

What is got lies in the user's cache, or in the folder that RETROVM_TESTDATA names; manifests find it there (`testdata`). A list
of one's own looks as `public.toml`, beside this file, does:

    [[suite]]
    id = "mine"
    title = "My company's tests"
    home = "https://tests.example.com"
    licence = "MIT"
    base = "https://tests.example.com/6502/"       # begins the address of each file
    folder = "mine"                                # where it goes, below the folder of test data

    [suite.files]
    "a.bin" = "SHA-256 in hexadecimal"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from retrovm import toml_keys as is_
from retrovm.errors import ArgumentError, DownloadError, ManifestError, UnknownNameError
from retrovm.spec import nearest
from retrovm.suite.testdata import fetched_folder, given_folder
from retrovm.toml_keys import Document, Keys

PUBLIC = Path(__file__).with_name("public.toml")
TRIES = 2
SECONDS = 30
"""How often a server is asked for a file again, and how long it may be silent."""


@dataclass(frozen=True)
class PublicSuite:
    """Test programs of others. `files` are {name: SHA-256}, `base` is what their addresses begin with."""

    id: str
    title: str
    home: str
    licence: str
    base: str
    folder: str
    files: dict[str, str] = field(repr=False)

    def address(self, name: str) -> str:
        """Where a file is."""
        return self.base + quote(name)


def catalogue(file: Path = PUBLIC) -> dict[str, PublicSuite]:
    """The suites of a list by their ids. Raises `ManifestError` where it is wrong."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ManifestError(f"{file}: the list of suites cannot be read: {error.strerror}") from None
    keys = Keys(Document(file, content))
    found: dict[str, PublicSuite] = {}
    for one in keys.tables("suite", required=True):
        suite = read_suite(one)
        if suite.id in found:
            one.fail("id", f"there is a suite {suite.id!r} already")
        found[suite.id] = suite
    keys.finish()
    return found


def read_suite(keys: Keys) -> PublicSuite:
    files = keys.required_table("files")
    suite = PublicSuite(
        id=keys.take("id", is_.sentence), title=keys.take("title", is_.sentence), home=keys.take("home", is_.sentence),
        licence=keys.take("licence", is_.sentence), base=keys.take("base", base_address), folder=keys.take("folder", inside),
        files={inside(name): files.take(name, sha256) for name in files.values},
    )
    files.finish()
    keys.finish()
    return suite


def base_address(value: object) -> str:
    """Parses what addresses begin with."""
    if not isinstance(value, str) or urlsplit(value).scheme not in ("https", "http") or not value.endswith("/"):
        raise ValueError("expected an address that begins with https:// and ends with /")
    return value


def inside(value: object) -> str:
    """Parses the name of a file or a folder that lies below another one."""
    path = PurePosixPath(value) if isinstance(value, str) else None
    if not value or path is None or path.is_absolute() or ".." in path.parts or "\\" in str(value):
        raise ValueError("expected a name like klaus or chip8/timendus, which does not leave the folder")
    return str(path)


def sha256(value: object) -> str:
    """Parses 64 hexadecimal digits."""
    if not isinstance(value, str) or not re.fullmatch("[0-9a-fA-F]{64}", value):
        raise ValueError("expected a SHA-256, 64 hexadecimal digits")
    return value.lower()


def choose(known: dict[str, PublicSuite], ids: Iterable[str]) -> list[PublicSuite]:
    """The suites with these ids, all where none is named. Raises `UnknownNameError`."""
    for id in (named := list(ids)):
        if id not in known:
            raise UnknownNameError(f"there is no public suite {id!r}{nearest(id, known)}")
    return [known[id] for id in named or known]


def target_folder() -> Path:
    """Where test data goes: the folder that RETROVM_TESTDATA names, else the user's cache."""
    return given_folder() or fetched_folder()


def fetch(suite: PublicSuite, folder: Path, tell: Callable[[str], None] = lambda line: None) -> list[Path]:
    """Gets what is missing of a suite into a folder, and returns the paths of all its files.

    A file that is there and is what it should be is left alone; one that is something else is replaced. Raises
    `DownloadError`: then what was there still is, and no part of a file is left.
    """
    try:
        import pooch  # type: ignore[import-untyped]
        from requests import RequestException
    except ImportError:
        raise ArgumentError("getting public suites needs pooch: pip install 'retrovm[suite]'") from None
    pooch.get_logger().setLevel("ERROR")
    where = folder / suite.folder
    paths = []
    for name, expected in suite.files.items():
        path, address = where / name, suite.address(name)
        if path.is_file() and pooch.file_hash(str(path)) == expected:
            paths.append(path)
            continue
        tell(f"{address} -> {path}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pooch.create(where, base_url="", registry={name: f"sha256:{expected}"}, urls={name: address},
                         retry_if_failed=TRIES).fetch(name, downloader=pooch.HTTPDownloader(timeout=SECONDS))
        except RequestException as error:
            raise DownloadError(f"{address}: cannot be got: {reason_of(error)}; get it by hand and put it at {path}, or try "
                                f"again when this computer is online") from None
        except OSError as error:
            raise DownloadError(f"{path}: cannot be written: {error.strerror or error}") from None
        except ValueError as error:
            found = re.search(r"but got '?([0-9a-f]+)", str(error))
            raise DownloadError(f"{address}: this is not the file that was meant: found SHA-256 {found[1] if found else '?'}, "
                                f"expected {expected}; it was not kept") from None
        paths.append(path)
    return paths


def reason_of(error: Exception) -> str:
    """What went wrong with a request, without the names of classes of libraries."""
    from requests import ConnectionError, HTTPError, Timeout

    if isinstance(error, HTTPError) and error.response is not None:
        return f"the server says {error.response.status_code} {error.response.reason}"
    if isinstance(error, Timeout):
        return f"the server has not answered for {SECONDS} s"
    if isinstance(error, ConnectionError):
        address = error.request.url if error.request is not None else None
        return f"there is no connection to {urlsplit(str(address)).hostname if address else 'the server'}"
    return str(error)

