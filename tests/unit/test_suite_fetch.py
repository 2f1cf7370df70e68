"""`retrovm test --fetch`: public suites by address and SHA-256, from a server on this computer."""

import hashlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from retrovm.cli import main
from retrovm.errors import DownloadError, ManifestError, UnknownNameError
from retrovm.suite import fetch as fetching
from retrovm.suite.fetch import catalogue, choose, fetch
from retrovm.suite.task import Skip
from retrovm.suite.testdata import VARIABLE, locate

FILES = {"a.bin": b"\x00\x01\x02", "b+c.ch8": b"\x12\x00"}


class Server(ThreadingHTTPServer):
    """Files of a dictionary; `asked` are the paths that somebody wanted."""

    def __init__(self):
        self.files = {f"/programs/{name.replace('+', '%2B')}": content for name, content in FILES.items()}
        self.asked = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                content = server.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *message):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_port}/programs/"


@pytest.fixture
def server():
    with Server() as server:
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(fetching, "TRIES", 0)


def list_of(path, address, **changes):
    """A list with one suite."""
    lines = {"id": "mine", "title": "Mine", "home": "https://example.com", "licence": "MIT", "base": address, "folder": "some/mine"}
    lines |= changes
    text = "[[suite]]\n" + "".join(f"{key} = '{value}'\n" for key, value in lines.items()) + "[suite.files]\n"
    text += "".join(f"'{name}' = '{hashlib.sha256(content).hexdigest()}'\n" for name, content in FILES.items())
    path.write_text(text)
    return path


@pytest.fixture
def suite(tmp_path, server):
    return catalogue(list_of(tmp_path / "list.toml", server.base))["mine"]


def test_the_public_list_says_of_each_suite_where_it_is_and_its_licence():
    known = catalogue()
    assert {"klaus", "timendus"} <= set(known)
    for one in known.values():
        assert one.licence
        assert one.base.startswith("https://")
        assert one.files


@pytest.mark.skipif(not os.environ.get(VARIABLE), reason="set RETROVM_TESTDATA to the folder of conformance data")
def test_the_files_of_the_public_list_are_those_of_the_conformance_data():
    testdata = Path(os.environ[VARIABLE])
    for one in catalogue().values():
        for name, expected in one.files.items():
            assert hashlib.sha256((testdata / one.folder / name).read_bytes()).hexdigest() == expected


def test_every_file_is_got_and_what_is_there_is_not_asked_for_again(suite, server, tmp_path):
    told = []
    paths = fetch(suite, tmp_path / "data", told.append)
    assert {path.name: path.read_bytes() for path in paths} == FILES
    assert {path.parent for path in paths} == {tmp_path / "data" / "some" / "mine"}
    assert server.asked == ["/programs/a.bin", "/programs/b%2Bc.ch8"]
    assert len(told) == 2
    assert fetch(suite, tmp_path / "data", told.append) == paths
    assert len(server.asked) == len(told) == 2


def test_a_damaged_file_is_got_again(suite, server, tmp_path):
    path = fetch(suite, tmp_path)[0]
    path.write_bytes(b"damaged")
    fetch(suite, tmp_path)
    assert path.read_bytes() == FILES["a.bin"]


def test_another_file_than_the_one_that_was_meant_is_not_kept(suite, server, tmp_path):
    server.files["/programs/a.bin"] = b"something else"
    found = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(DownloadError, match=f"not the file that was meant: found SHA-256 {found}, expected"):
        fetch(suite, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "list.toml"]


def test_a_file_that_was_there_is_kept_where_no_better_one_is_got(suite, server, tmp_path):
    path = tmp_path / "some" / "mine" / "a.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    server.files["/programs/a.bin"] = b"something else"
    with pytest.raises(DownloadError):
        fetch(suite, tmp_path)
    assert path.read_bytes() == b"mine"


def test_a_file_that_the_server_does_not_have_is_told(suite, server, tmp_path):
    del server.files["/programs/a.bin"]
    with pytest.raises(DownloadError, match=r"programs/a.bin: cannot be got: the server says 404 Not Found; get it by hand"):
        fetch(suite, tmp_path)


def test_without_a_connection_it_says_what_to_do(tmp_path, server):
    suite = catalogue(list_of(tmp_path / "list.toml", server.base))["mine"]
    server.shutdown()
    server.server_close()
    with pytest.raises(DownloadError, match=r"there is no connection to 127\.0\.0\.1; get it by hand and put it at"):
        fetch(suite, tmp_path)


def test_a_folder_that_cannot_be_written_is_told(suite, tmp_path):
    (tmp_path / "some").write_text("a file, where a folder should be")
    with pytest.raises(DownloadError, match=r"a.bin: cannot be written: "):
        fetch(suite, tmp_path)


def test_suites_are_chosen_by_their_ids(tmp_path):
    known = catalogue()
    assert [one.id for one in choose(known, ["timendus"])] == ["timendus"]
    assert choose(known, []) == list(known.values())
    with pytest.raises(UnknownNameError, match="there is no public suite 'klaas'; did you mean klaus"):
        choose(known, ["klaas"])


@pytest.mark.parametrize(("changes", "message"), [
    ({"base": "ftp://example.com/"}, "base: expected an address that begins with https://"),
    ({"base": "https://example.com"}, "base: expected an address"),
    ({"folder": "../mine"}, "folder: expected a name like klaus"),
    ({"folder": "/mine"}, "folder: expected a name like klaus"),
    ({"color": "red"}, "color"),
])
def test_a_list_that_is_wrong_is_reported_with_its_place(tmp_path, changes, message):
    with pytest.raises(ManifestError, match=message):
        catalogue(list_of(tmp_path / "list.toml", "https://example.com/", **changes))


def test_what_was_got_is_found_by_manifests_unless_a_folder_is_named(suite, tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("retrovm.suite.testdata.fetched_folder", lambda: tmp_path / "cache")
    with pytest.raises(Skip, match="or get it: retrovm test --fetch"):
        locate(Path(), f"${VARIABLE}/some/mine/a.bin")
    paths = fetch(suite, tmp_path / "cache")
    assert locate(Path(), f"${VARIABLE}/some/mine/a.bin") == [paths[0]]
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(Skip, match="--fetch gets what is public"):
        locate(Path(), f"${VARIABLE}/some/mine/a.bin")


# --- the command ------------------------------------------------------------------------------------------------------------


def test_the_command_says_what_each_suite_is_and_where_it_lies(server, tmp_path, capsys, monkeypatch):
    listed = list_of(tmp_path / "list.toml", server.base)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    assert main(["test", "--fetch", "--suites", str(listed)]) == 0
    told = capsys.readouterr()
    where = tmp_path / "data" / "some" / "mine"
    assert "mine: Mine, licence MIT, from https://example.com" in told.out
    assert f"2 files in {where}; they are tested by: retrovm test {where}" in told.out
    assert f"{server.base}a.bin -> {where / 'a.bin'}" in told.err


def test_the_command_fails_where_something_cannot_be_got(server, tmp_path, capsys, monkeypatch):
    listed = list_of(tmp_path / "list.toml", server.base)
    server.files.clear()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    assert main(["test", "--fetch", "mine", "--suites", str(listed)]) == 1
    assert "404 Not Found" in capsys.readouterr().err
    assert main(["test", "--fetch", "yours", "--suites", str(listed)]) != 0
    assert "there is no public suite 'yours'" in capsys.readouterr().err


def test_without_anything_to_test_the_command_says_what_to_give(capsys):
    assert main(["test"]) == 2
    assert "there is nothing to test" in capsys.readouterr().err
