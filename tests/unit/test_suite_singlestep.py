"""The single-step corpus: what a case says, what becomes of one that is wrong, and files that are none."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.errors import ArgumentError
from retrovm.suite import Outcome, Result, Selection, Settings, discover, run
from retrovm.suite.singlestep import BUILDS, Bench, CaseFile

# STA $1234,X with X = $F0: it reads $1224 on the way to $1324.
STORE: dict[str, Any] = {
    "name": "9d 34 12",
    "initial": {
        "pc": 0x8000,
        "s": 0xFD,
        "a": 0x5A,
        "x": 0xF0,
        "y": 1,
        "p": 0x24,
        "ram": [[0x8000, 0x9D], [0x8001, 0x34], [0x8002, 0x12], [0x1224, 0x77], [0x1324, 0x00]],
    },
    "final": {
        "pc": 0x8003,
        "s": 0xFD,
        "a": 0x5A,
        "x": 0xF0,
        "y": 1,
        "p": 0x24,
        "ram": [[0x8000, 0x9D], [0x8001, 0x34], [0x8002, 0x12], [0x1224, 0x77], [0x1324, 0x5A]],
    },
    "cycles": [
        [0x8000, 0x9D, "read"],
        [0x8001, 0x34, "read"],
        [0x8002, 0x12, "read"],
        [0x1224, 0x77, "read"],
        [0x1324, 0x5A, "write"],
    ],
}


def changed(*path: Any) -> dict[str, Any]:
    """The case with one value replaced: keys, then the value."""
    case = copy.deepcopy(STORE)
    *keys, last, value = path
    inner: Any = case
    for key in keys:
        inner = inner[key]
    inner[last] = value
    return case


def write(folder: Path, cases: object, model: str = "6502", name: str = "9d.json") -> Path:
    path = folder / model / "v1" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(cases).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return path


def results(path: Path, expression: str = "") -> list[Result]:
    (task,) = discover([path])
    return task.run(Settings(Selection(expression)), lambda: False)


@pytest.mark.parametrize("build", BUILDS)
def test_a_right_case_passes(build: str) -> None:
    assert getattr(Bench("6502"), build)(STORE) is None


@pytest.mark.parametrize(
    ("build", "case", "line"),
    [
        ("exact", changed("final", "a", 0x5B), "  a        5B             5A             <"),
        ("exact", changed("final", "pc", 0x8002), "  pc       8002           8003           <"),
        ("exact", changed("final", "p", 0x26), "  p        26             24             <"),
        ("exact", changed("final", "ram", 4, 1, 0x5B), "  $1324    5B             5A             <"),
        ("exact", changed("cycles", 3, [0x1324, 0, "read"]), "  cycle 3  1324 00 read   1224 77 read   <"),
        ("exact", changed("cycles", 4, [0x1324, 0x5A, "read"]), "  cycle 4  1324 5A read   1324 5A write  <"),
        ("exact", changed("cycles", STORE["cycles"][:4]), "  cycle 4  none           1324 5A write  <"),
        (
            "exact",
            changed("cycles", [*STORE["cycles"], [1, 2, "read"]]),
            "  cycle 5  0001 02 read   none           <",
        ),
        ("fast", changed("final", "a", 0x5B), "  a        5B             5A             <"),
        ("fast", changed("final", "ram", 4, 1, 0x5B), "  $1324    5B             5A             <"),
        ("fast", changed("cycles", 3, [0x1224, 0x78, "read"]), "  cycle 3  1224 78 read   1224 77 read   <"),
        ("fast", changed("cycles", 4, [0x1324, 0x5B, "write"]), "  cycle 4  1324 5B write  1324 5A write  <"),
        (
            "fast",
            changed("cycles", [STORE["cycles"][i] for i in (0, 1, 3, 2, 4)]),
            "  cycle 2  1224 77 read   1224 77 read in cycle 3 <",
        ),
        (
            "fast",
            changed("cycles", [*STORE["cycles"], [1, 2, "read"]]),
            "fast build: 5 cycles passed, expected 6",
        ),
    ],
)
def test_a_wrong_case_fails_with_both_sides_and_a_mark(build: str, case: dict[str, Any], line: str) -> None:
    reason = getattr(Bench("6502"), build)(case)
    assert reason.startswith(f"{build} build:")
    assert line in reason.splitlines()


def test_a_processor_goes_from_a_jam_to_the_next_case() -> None:
    bench = Bench("6502")
    jam = changed("initial", "ram", 0, 1, 0x02)
    for build in BUILDS:
        assert getattr(bench, build)(jam) is not None
        assert bench.cpu.is_jammed
        assert getattr(bench, build)(STORE) is None


@pytest.mark.parametrize("name", ["9d.json", "9d.json.gz"])
def test_each_case_of_a_file_counts_as_a_test(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, [STORE, changed("final", "a", 1), STORE], name=name)
    assert run(discover([path])).summary() == "2 passed, 1 failed"


def test_a_failure_says_how_to_reproduce_it_and_that_command_runs_the_case_alone(tmp_path: Path) -> None:
    path = write(
        tmp_path, [STORE, changed("name", "9d 00 00"), {**changed("final", "a", 1), "name": "9d ff ff"}]
    )
    failed = results(path)[-1]
    assert failed.reproduce == f"""retrovm test {path} -k '"9d ff ff"'"""
    assert [result.name for result in results(path, '"9d ff ff"')] == [f"{path}: 9d ff ff"]


def test_a_folder_is_searched_for_models_and_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    for model, name in (("nes6502", "00.json"), ("6502", "ff.json"), ("6502", "0a.json.gz")):
        write(tmp_path, [], model, name)
    (tmp_path / "6502" / "v1" / "README.json").write_text("[]")
    assert [(Path(task.name).name, task.machine) for task in discover([tmp_path])] == [
        ("0a.json.gz", "6502"),
        ("ff.json", "6502"),
        ("00.json", "2a03"),
    ]


def test_a_file_in_a_folder_of_no_known_model_is_wrong_use(tmp_path: Path) -> None:
    path = write(tmp_path, [], "z80")
    with pytest.raises(ArgumentError, match=r"expected them in MODEL/v1/, with MODEL one of 6502, nes6502"):
        discover([path])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[",
        b"null",
        b"\x1f\x8b\x08broken",
        b"[" * 100_000,
        b"\xff\xfe\xfa",
        gzip.compress(b"[]", mtime=0)[:-3],
    ],
)
def test_a_file_that_is_none_fails_with_the_reason(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, [])
    path.write_bytes(content)
    (result,) = results(path)
    assert (result.outcome, result.reason.startswith("no single-step cases: ")) == (Outcome.FAILED, True)


JSON = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3), st.floats(allow_nan=False), st.just("read")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = [
    ("name",),
    ("initial",),
    ("final",),
    ("cycles",),
    ("initial", "ram"),
    ("initial", "ram", 0),
    ("initial", "pc"),
    ("initial", "a"),
    ("final", "ram"),
    ("final", "ram", 0),
    ("final", "p"),
    ("cycles", 0),
    ("cycles", 3, 0),
    ("cycles", 3, 2),
]


@given(st.sampled_from(KEYS), JSON)
@settings(max_examples=300)
def test_any_json_in_a_case_passes_or_fails_and_leaves_the_next_case_alone(
    keys: tuple[Any, ...], value: Any
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), [changed(*keys, value), STORE, value])
        report = run([CaseFile(str(path), "6502", BUILDS, str(path))])
    assert report.passed >= 1
    assert report.passed + report.failed == 3
