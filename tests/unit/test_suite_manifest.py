"""suite.toml: what it says, and how what is wrong in it is reported."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.errors import ManifestError
from retrovm.suite.address import Address
from retrovm.suite.judges.memory import Expected, Memory
from retrovm.suite.judges.screen import Screen
from retrovm.suite.judges.serial import Serial
from retrovm.suite.judges.singlestep import SingleStep
from retrovm.suite.judges.trap import Trap
from retrovm.suite.machine_run import Input, Poke
from retrovm.suite.manifest import Suite, parse
from retrovm.toml_places import places

FILE = Path("folder/suite.toml")

WHOLE = r"""[suite]
title = "Everything"
licence = "MIT"

[[test]]
name = "a banner appears"
rom = "monitor.bin"
machine = "sbc6502"
options = { org = 0x0400 }
limit = { cycles = 3_000_000 }
poke = [ { at = 0x1FF, bytes = "01 02" } ]
input = [
    { cycle = 500_000, serial = "1000: A9 01\r" },
    { frame = 30, press = "5" },
    { frame = 35, release = ["5", "6"] },
]
judge = "serial"
text = ["READY", "> "]
known_failure = "the banner is not written yet"

[[test]]
name = "memory holds the answer"
rom = "a.bin"
limit = { frames = 60 }
judge = "memory"
memory = [ { at = 0x0200, bytes = "A9 01" }, { at = 0x0300, text = "DONE" } ]

[[test]]
name = "the functional test passes"
rom = "$RETROVM_TESTDATA/klaus/test.bin"
judge = "trap"
start = 0x0400
success = 0x3469
cycles = 96241364

[[test]]
name = "the picture is right"
rom = "logo.ch8"
judge = "screen"
checkpoints = [
    { frame = 60, sha1 = "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709" },
    { frame = 30, golden = "logo.png" },
]

[[test]]
name = "each instruction is right"
judge = "singlestep"
files = "v1/*.json"
model = "nes6502"
"""


def load(text: str) -> Suite:
    return parse(FILE, text.encode())


def error_of(text: str) -> str:
    with pytest.raises(ManifestError) as caught:
        load(text)
    return str(caught.value)


def test_a_manifest_with_everything_in_it_is_read() -> None:
    suite = load(WHOLE)
    serial, memory, trap, screen, steps = (test.judge for test in suite.tests)
    assert (suite.title, suite.licence, len(suite.tests)) == ("Everything", "MIT", 5)
    assert isinstance(serial, Serial)
    assert serial.texts == (b"READY", b"> ")
    assert serial.setup.inputs == (
        Input(cycle=500_000, serial=b"1000: A9 01\r"),
        Input(frame=30, press=("5",)),
        Input(frame=35, release=("5", "6")),
    )
    assert serial.setup.pokes == (Poke(Address(0x1FF), b"\x01\x02"),)
    assert (serial.setup.cycles, serial.setup.frames, serial.setup.options) == (
        3_000_000,
        None,
        {"org": 0x400},
    )
    assert suite.tests[0].known_failure == "the banner is not written yet"
    assert isinstance(memory, Memory)
    assert memory.expected == (Expected(Address(0x200), b"\xa9\x01"), Expected(Address(0x300), b"DONE"))
    assert isinstance(trap, Trap)
    assert (trap.start, trap.success, trap.failure, trap.exact_cycles) == (Address(0x400), Address(0x3469), (), 96241364)
    assert isinstance(screen, Screen)
    assert [checkpoint.frame for checkpoint in screen.checkpoints] == [30, 60]
    assert screen.checkpoints[0].golden == Path("folder/logo.png")
    assert screen.setup.frames == 60
    assert isinstance(steps, SingleStep)
    assert steps.model == "2a03"


def test_tests_go_through_pickle_so_that_any_executor_may_run_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RETROVM_TESTDATA", raising=False)
    tasks = list(load(WHOLE).tasks())
    assert pickle.loads(pickle.dumps(tasks)) == tasks
    assert tasks[0].name == "folder/suite.toml: a banner appears"


HEAD = '[suite]\ntitle = "x"\n[[test]]\nname = "t"\nrom = "a.bin"\n'
SERIAL = 'judge = "serial"\ntext = "OK"\n'


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        pytest.param("[suite]\ntitle = \n", "2:9", "not TOML", id="no TOML"),
        pytest.param('[[test]]\nname = "x"\n', "1:1", "'suite' is missing", id="no head"),
        pytest.param('[suite]\nlicence = "MIT"\n', "1:1", "suite: the key 'title' is missing", id="no title"),
        pytest.param(
            '[suite]\ntitle = "x"\nlicense = "MIT"\n', "3:1", "did you mean licence?", id="misspelt head"
        ),
        pytest.param(
            "[suite]\ntitle = 5\n", "2:1", "suite.title: expected a line of text", id="title of a wrong type"
        ),
        pytest.param('[suite]\ntitle = "x"\n', "1:1", "'test' is missing", id="no tests"),
        pytest.param('test = []\n[suite]\ntitle = "x"\n', "1:1", "at least one [[test]]", id="empty tests"),
        pytest.param(
            'test = 3\n[suite]\ntitle = "x"\n', "1:1", "expected a list of tables", id="tests of a wrong type"
        ),
        pytest.param(
            'test = [3]\n[suite]\ntitle = "x"\n',
            "1:9",
            "test[0]: expected a table",
            id="a test of a wrong type",
        ),
        pytest.param(
            HEAD + "limit = {frames=1}\njudge = 'sereal'\n",
            "7:1",
            "judge: expected a judge: audio, blargg, checkpoints, lcd, log, memory",
            id="unknown judge",
        ),
        pytest.param(
            HEAD + "limit = {frames=1}\njudge = [1]\n", "7:1", "expected a judge", id="judge of a wrong type"
        ),
        pytest.param(HEAD + SERIAL, "3:1", "test[0]: the key 'limit' is missing", id="no limit"),
        pytest.param(
            HEAD + SERIAL + "limit = 5\n", "8:1", "limit: expected a table", id="limit of a wrong type"
        ),
        pytest.param(
            HEAD + SERIAL + "limit = { cycles = 5, frames = 6 }\n",
            "8:23",
            "found cycles and frames",
            id="two limits",
        ),
        pytest.param(
            HEAD + SERIAL + "limit = {\tcycels = 5 }\n",
            "8:1",
            "one of cycles, frames, found none",
            id="misspelt limit",
        ),
        pytest.param(
            HEAD + SERIAL + "limit = { cycles = 0 }\n",
            "8:11",
            "limit.cycles: expected a whole number from 1",
            id="limit of nothing",
        ),
        pytest.param(
            HEAD + SERIAL + "limit = { cycles = 1 }\ntetx = 'a'\n",
            "9:1",
            "tetx: there is no such key; did you mean",
            id="misspelt key",
        ),
        pytest.param(
            HEAD + SERIAL + "[test.limit]\ncycles = 1\nx = 2\n",
            "10:1",
            "test[0].limit.x: there is no such key",
            id="unknown key in a table with a header",
        ),
        pytest.param(
            HEAD + "limit = {cycles=1}\njudge = 'serial'\ntext = []\n",
            "8:1",
            "the list is empty",
            id="no texts",
        ),
        pytest.param(
            HEAD + "limit = {cycles=1}\njudge = 'serial'\ntext = [\n  'a',\n  7,\n]\n",
            "10:3",
            "text[1]: expected a text",
            id="text of a wrong type",
        ),
        pytest.param(
            HEAD + "limit = {cycles=1}\njudge = 'serial'\ntext = '☃'\n",
            "8:1",
            "characters of one byte each",
            id="text that no guest can send",
        ),
        pytest.param(
            HEAD + "limit = {cycles=1}\njudge = 'memory'\nat = 1\n",
            "3:1",
            "one of bytes, text, found none",
            id="memory without bytes",
        ),
        pytest.param(
            HEAD + "limit = {cycles=1}\njudge = 'memory'\nat = 1\nbytes = 'A9 0'\n",
            "9:1",
            "hexadecimal digits",
            id="odd digits",
        ),
        pytest.param(
            HEAD + "limit = {cycles=1}\njudge = 'memory'\nat = -1\nbytes = 'A9'\n",
            "8:1",
            "found -1",
            id="negative address",
        ),
        pytest.param(
            HEAD + "limit = {frames=1}\njudge = 'screen'\n",
            "3:1",
            "'sha1', or 'golden', or both; found none",
            id="screen without a picture",
        ),
        pytest.param(
            HEAD + "limit = {frames=1}\njudge = 'screen'\nsha1 = 'abc'\n",
            "8:1",
            "40 hexadecimal digits",
            id="short hash",
        ),
        pytest.param(
            HEAD + SERIAL + "limit = {cycles=1}\ninput = [\n  {cycle=1, serial='a'},\n  {cycle=1},\n]\n",
            "11:3",
            "input[1]: expected one of serial, press, release, found none",
            id="input of nothing",
        ),
        pytest.param(
            HEAD + SERIAL + "limit = {cycles=1}\npoke = [ { at = 1, byts = '01' } ]\n",
            "9:10",
            "'bytes' is missing",
            id="poke without bytes",
        ),
        pytest.param(
            HEAD + SERIAL + "limit={cycles=1}\n[[test]]\nname='t'\nrom='b'\nlimit={cycles=1}\n" + SERIAL,
            "10:1",
            "another test is called 't'",
            id="two tests of one name",
        ),
        pytest.param(
            '[suite]\ntitle = "x"\n[[test]]\nname = "t"\n' + SERIAL + "limit = { cycles = 1 }\n",
            "3:1",
            "expected the key 'rom', or 'machine'",
            id="no machine",
        ),
        pytest.param(
            '[suite]\ntitle = "x"\n[[test]]\nname = "t"\njudge = "singlestep"\nfiles = "a"\nmodel = "6503"\n',
            "7:1",
            "did you mean 6502",
            id="unknown model",
        ),
    ],
)
def test_an_error_names_file_line_column_and_what_was_expected(text: str, place: str, said: str) -> None:
    message = error_of(text)
    assert message.startswith(f"{FILE}:{place}: ")
    assert said in message


def test_bytes_that_are_no_text_are_an_error_with_their_line() -> None:
    with pytest.raises(ManifestError, match=r"suite.toml:2: expected UTF-8 text, found the byte 0xFF"):
        parse(FILE, b"[suite]\n# \xff\n")


def test_lines_are_counted_through_strings_of_many_lines_comments_and_carriage_returns() -> None:
    text = '[suite]\r\ntitle = "x" # ]]"\r\nlicence = """\\\r\n MIT"""\r\nother = 1\r\n'
    assert error_of(text).startswith(f"{FILE}:5:1: suite.other: ")


def test_an_error_about_a_table_that_dotted_keys_make_is_where_they_are() -> None:
    assert error_of("suite.title = 'x'\nsuite.oops.deep = 1\n").startswith(f"{FILE}:2:1: suite.oops: ")


def test_nesting_without_end_is_an_error_and_no_crash() -> None:
    assert error_of("a = " + "[" * 100_000)
    assert error_of("a = " + "[" * 5_000 + "]" * 5_000)


def test_a_number_too_long_to_be_read_is_an_error() -> None:
    assert error_of("a = " + "9" * 5_000)


WORDS = st.sampled_from(
    [
        "suite",
        "test",
        "title",
        "name",
        "rom",
        "limit",
        "cycles",
        "judge",
        "serial",
        "text",
        "input",
        "memory",
        "screen",
        "trap",
        "at",
        "bytes",
        "sha1",
        "checkpoints",
        "frame",
        "=",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        ".",
        "\n",
        "\n",
        '"',
        "'",
        '"""',
        "'''",
        '"x"',
        "'y'",
        "1",
        "0x10",
        "-2",
        "1979-05-27 07:32:00",
        "true",
        "#",
        " ",
        "\\",
        "\r\n",
        "é",
    ]
)


def suite_or_place(content: bytes) -> bool:
    """True when this is read as a suite, or the error says where it is."""
    try:
        return isinstance(parse(FILE, content), Suite)
    except ManifestError as error:
        return str(error).startswith(f"{FILE}:")


@given(
    st.one_of(
        st.text(), st.lists(WORDS, max_size=60).map(" ".join), st.lists(WORDS, max_size=60).map("".join)
    )
)
def test_any_text_is_a_suite_or_a_manifest_error(text: str) -> None:
    assert suite_or_place(text.encode("utf-8", "surrogatepass"))


@given(st.data())
def test_any_damage_to_a_manifest_is_a_suite_or_a_manifest_error(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(WHOLE)))
    size = data.draw(st.integers(0, 20))
    damaged = WHOLE[:at] + data.draw(st.one_of(st.text(max_size=5), WORDS)) + WHOLE[at + size :]
    assert suite_or_place(damaged.encode("utf-8", "surrogatepass"))


NAMES = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True), st.just('"a b"'), st.just("'#]'"))
SCALARS = st.sampled_from(
    [
        "1",
        "0x1F",
        "1e5",
        "true",
        '"a\\"]#"',
        "'}'",
        '"""\nx""y\\""""""',
        "'''\na''b'''",
        "1979-05-27T07:32:00Z",
        "1979-05-27 07:32:00",
        "07:32:00",
        "-inf",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: "[ " + " , # ]\n ".join(parts) + " ]"),
        st.lists(st.tuples(NAMES, inner), max_size=3).map(
            lambda pairs: "{ " + ", ".join(f"{name} = {value}" for name, value in pairs) + " }"
        ),
    ),
    max_leaves=8,
)
LINES = st.one_of(
    st.tuples(NAMES, VALUES).map(" = ".join),
    NAMES.map("[[{}]]".format),
    NAMES.map("[ {} ]".format),
    st.tuples(NAMES, NAMES).map("[[{0[0]}.{0[1]}]]".format),
    st.just("# [x]"),
    st.tuples(NAMES, NAMES, VALUES).map("{0[0]} . {0[1]} = {0[2]}".format),
)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_every_key_and_element_of_any_toml_has_a_place_and_nothing_else_has(text: str) -> None:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = places(text)
    expected: set[tuple[str | int, ...]] = {()}
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), values)]
    while waiting:
        path, value = waiting.pop()
        pairs = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, inner in pairs:
            expected.add((*path, key))
            waiting.append(((*path, key), inner))
    assert set(found) <= expected
    lines = text.split("\n")
    for path in expected:
        climbing = path
        while climbing not in found:  # a table that only exists by the name of one inside it
            climbing = climbing[:-1]
        line, column = found[climbing]
        assert lines[line - 1][column - 1 : column].strip() or not path
