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

from retrovm.cpu.singlestep import Cases
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


def doubtful(*cases: object, text: bytes | None = None, **builds: bool) -> list[int]:
    found = Cases(json.dumps(cases).encode() if text is None else text)
    return Bench("6502").judge.doubtful(found, range(len(found)), **builds)


@pytest.mark.parametrize("build", BUILDS)
def test_the_short_way_passes_a_right_case_and_doubts_every_wrong_one(build: str) -> None:
    wrong = [changed("final", "a", 0x5B), changed("final", "ram", 4, 1, 0x5B), changed("final", "p", 0x26),
             changed("cycles", 3, [0x1224, 0x78, "read"]), changed("cycles", 4, [0x1324, 0x5A, "read"]),
             changed("cycles", STORE["cycles"][:4]), changed("cycles", [*STORE["cycles"], [1, 2, "read"]]),
             changed("cycles", [STORE["cycles"][i] for i in (0, 1, 3, 2, 4)])]
    only = {name: name == build for name in BUILDS}
    assert doubtful(STORE, *wrong, STORE, **only) == list(range(1, 9))


@given(st.sampled_from(KEYS), JSON)
@settings(max_examples=300)
def test_what_the_short_way_passes_is_a_case_that_passes(keys: tuple[Any, ...], value: Any) -> None:
    case = changed(*keys, value)
    if not doubtful(case):
        assert Bench("6502").reason(case, BUILDS) == ""


@pytest.mark.parametrize("text", [
    b' [ {"name" : "9d" } ] ', b'[{"name":"9d","name":"9d"}]', b'[{"name":"\\u0041"}]', b"[{}]", b'[{"cycles":[]}]',
    b'[{"initial":{"pc":01}}]', b'[{"name":"a}]"}]', b'[{"cycles":[[0,0,"dummy"]]}]', b'[{"initial":{"pc":1e3}}]',
])  # fmt: skip
def test_the_short_way_doubts_what_it_does_not_know(text: bytes) -> None:
    assert doubtful(text=text) == [0]


@pytest.mark.parametrize("text", [b"", b"[", b"{}", b"[1]", b"[{}", b"[{},]", b"[{}]]", b'[{"}]', b"[{} {}]"])
def test_what_is_no_array_of_objects_has_no_cases(text: bytes) -> None:
    with pytest.raises(ValueError, match="no array of objects"):
        Cases(text)


def test_upstream_files_with_line_breaks_and_spaces_go_the_short_way() -> None:
    assert doubtful(text=json.dumps([STORE, STORE], indent=2).encode()) == []
    assert doubtful(text=b"[\n" + json.dumps(STORE).encode() + b",\r\n" + json.dumps(STORE).encode() + b"\n]\n") == []


def named(count: int) -> list[dict[str, Any]]:
    """Cases that fail, so that the report names them."""
    return [{**changed("final", "a", 0), "name": f"case {n}"} for n in range(count)]


def chosen(folder: Path, **asked: int) -> list[str]:
    (task,) = discover([folder])
    return [result.name.split(": ")[1] for result in task.run(Settings(**asked), lambda: False)]


def test_a_sample_is_so_many_cases_of_each_file_and_the_seed_says_which(tmp_path: Path) -> None:
    here = write(tmp_path / "here", named(40))
    there = write(tmp_path / "there", named(40), name="9d.json.gz")
    sample = chosen(here, sample=5, seed=1)
    assert len(set(sample)) == 5
    assert sample == chosen(there, sample=5, seed=1), "the same cases wherever the corpus lies, packed or not"
    assert sample != chosen(here, sample=5, seed=2)
    assert len(chosen(here, sample=50)) == 40


def test_a_sample_is_taken_of_what_is_selected(tmp_path: Path) -> None:
    path = write(tmp_path, named(40))
    (task,) = discover([path])
    found = task.run(Settings(Selection("'case 3?'"), sample=4), lambda: False)
    assert len(found) == 4
    assert all(": case 3" in result.name for result in found)


def test_a_file_with_an_object_that_is_no_json_fails_whole(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    path.write_bytes(b"[" + json.dumps(STORE).encode() + b', {"name": }]')
    (result,) = results(path)
    assert result.reason.startswith("no single-step cases: Expecting value: line 1 column")


def case(cycles: list[list[Any]], changed: dict[str, int] | None = None, **registers: int) -> dict[str, Any]:
    """A case at $8000 with these cycles; memory is what they read, and written as they write."""
    initial = {"pc": 0x8000, "s": 0xFD, "a": 0, "x": 0, "y": 0, "p": 0x24, **registers}
    before = {address: value for address, value, kind in cycles if kind == "read"}
    after = before | {address: value for address, value, kind in cycles if kind == "write"}
    return {"name": "recorded", "initial": {**initial, "ram": [[*cell] for cell in before.items()]},
            "final": {**initial, **(changed or {}), "ram": [[*cell] for cell in after.items()]}, "cycles": cycles}


def fetched(*code: int) -> list[list[Any]]:
    return [[0x8000 + i, byte, "read"] for i, byte in enumerate(code)]


RECORDED = {
    "JAM": ("6502", case([*fetched(0x02, 0x55), [0x8001, 0x55, "read"]])),
    "NOP abs": ("6502", case(fetched(0x0C, 0x34, 0x12), {"pc": 0x8003})),
    "NOP abs,X": ("6502", case([*fetched(0x1C, 0xF0, 0x12), [0x1210, 7, "read"]], {"pc": 0x8003}, x=0x20)),
    "SHX": ("6502", case([*fetched(0x9E, 0xF0, 0x12), [0x1210, 7, "read"], [0x1310, 0x14, "write"]], {"pc": 0x8003},
                         x=0xFC, y=0x20)),
    "SHY": ("6502", case([*fetched(0x9C, 0xF0, 0x12), [0x1210, 7, "read"], [0x1310, 0x14, "write"]], {"pc": 0x8003},
                         x=0x20, y=0xFC)),
    "SHA": ("6502", case([*fetched(0x93, 0x40), [0x40, 0xF0, "read"], [0x41, 0x12, "read"], [0x1210, 7, "read"],
                          [0x1310, 0x14, "write"]], {"pc": 0x8002}, a=0xFE, x=0xFD, y=0x20)),
    "NOP $5C": ("65c02-wdc", case([*fetched(0x5C, 0x34, 0x12), [0xFF34, 1, "read"]], {"pc": 0x8003})),
    "BBR not taken": ("65c02-wdc", case([*fetched(0x0F, 0x40), [0x40, 1, "read"], [0x40, 1, "write"], [0x8002, 5, "read"],
                                         [0x8003, 9, "read"]], {"pc": 0x8003})),
    "BBS taken over a page": ("65c02-wdc", case([*fetched(0x8F, 0x40), [0x40, 1, "read"], [0x40, 1, "write"],
                                                 [0x8002, 0x80, "read"], [0x8003, 9, "read"]], {"pc": 0x7F83})),
}


@pytest.mark.parametrize("name", RECORDED)
def test_a_case_that_is_recorded_otherwise_than_the_chip_works_is_judged_by_the_chip(name: str) -> None:
    model, recorded = RECORDED[name]
    found = Cases(json.dumps([recorded] * 3).encode())
    bench = Bench(model)
    assert bench.judge.doubtful(found, range(3)) == []
    assert bench.judge.corrected == 3
    assert (bench.reason(recorded, BUILDS), bench.corrected) == ("", True)


@pytest.mark.parametrize("name", RECORDED)
def test_a_case_that_is_recorded_as_the_chip_works_stands_and_is_not_counted(name: str) -> None:
    model, recorded = RECORDED[name]
    bench = Bench(model)
    bench.memory.store(recorded["initial"]["ram"])
    right = bench.judge.by_the_chip(recorded)
    assert right is not None
    assert bench.judge.by_the_chip(right) is None
    assert bench.judge.doubtful(Cases(json.dumps([right]).encode()), [0]) == []
    assert bench.judge.corrected == 0


@pytest.mark.parametrize("name", RECORDED)
def test_a_wrong_register_is_found_in_a_corrected_case_too(name: str) -> None:
    model, recorded = RECORDED[name]
    wrong = {**recorded, "final": {**recorded["final"], "s": 1}}
    bench = Bench(model)
    assert bench.judge.doubtful(Cases(json.dumps([wrong]).encode()), [0]) == [0]
    assert "s        01             FD             <" in bench.reason(wrong, BUILDS)
