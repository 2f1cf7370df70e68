"""What `retrovm test` writes for other programs and for people: JUnit, TAP, JSON, HTML."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import suite_folder
import xmlschema
from PIL import Image

from retrovm.cli import main
from retrovm.suite import Outcome, Report, Result, Settings, discover, run
from retrovm.suite.judges.runs import Runs
from retrovm.suite.machine_judge import MachineTest
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.reports import as_json, html, junit, tap
from retrovm.suite.scene import Comparison

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETROVM_TESTDATA", str(tmp_path_factory.mktemp("data")))
        return run(discover([suite_folder.write(tmp_path_factory.mktemp("suite"))]), keep_passed=True)


def found(report: Report, title: str) -> Result:
    (result,) = [result for result in report.results if result.title == title]
    return result


# --- what travels with a result -----------------------------------------------------------------------------------------


def test_a_failure_brings_along_registers_and_the_last_instructions_up_to_the_trap(report: Report) -> None:
    scene = found(report, "it traps where it should").scene
    assert scene is not None
    assert dict(scene.registers)["pc"] == "0406"
    assert dict(scene.registers)["x"] == "01"
    texts = [re.sub(r"^(\$\w+)  (?:\w\w )+ +(.*?)  .*", r"\1 \2", line) for line in scene.instructions]
    assert texts[0] == "$0400 LDX #$05"
    assert texts[-4:-1] == ["$0403 BNE $0402", "$0405 INX", "$0406 JMP $0406"]
    assert re.fullmatch(r" +and [\d,]+ times more", scene.instructions[-1])


def test_the_listing_begins_with_an_instruction_of_the_program_and_not_with_the_reset(report: Report) -> None:
    scene = found(report, 'memory <& "more"').scene
    assert scene is not None
    assert scene.cycles >= 100
    assert all("LDX" not in line for line in scene.instructions[1:])


def test_a_failure_brings_along_what_the_guest_has_sent(report: Report) -> None:
    scene = found(report, "it says goodbye").scene
    assert scene is not None
    assert scene.serial == "HI <b>\\x01"


def test_a_test_of_pictures_brings_along_its_picture_and_others_that_passed_bring_nothing(report: Report) -> None:
    scene = found(report, "the picture is the golden one").scene
    assert scene is not None
    assert scene.screen is not None
    with Image.open(io.BytesIO(scene.screen)) as image:
        assert image.size == (64, 32)
    assert found(report, "memory is as it was").scene is None


def test_a_golden_picture_that_differs_is_shown_beside_what_was_found_with_the_pixels_marked(report: Report) -> None:
    (comparison,) = found(report, "the picture is the golden one").comparisons
    assert comparison.marked is not None
    with Image.open(io.BytesIO(comparison.marked)) as image:
        pixels = image.convert("RGB").load()
        marked = [(x, y) for y in range(32) for x in range(64) if pixels[x, y] == (255, 0, 80)]
    # the background of the machine is not black, so every pixel differs from the golden picture, the digit's among them
    assert len(marked) == 64 * 32


def test_results_can_be_pickled_with_all_they_bring_along(report: Report) -> None:
    assert pickle.loads(pickle.dumps(report)) == report


def test_the_same_run_a_second_time_says_the_same(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    again = run(discover([report.results[0].suite]), keep_passed=True)
    assert [result.scene for result in again.results] == [result.scene for result in report.results]
    assert [result.comparisons for result in again.results] == [result.comparisons for result in report.results]


class Broken(Runs):
    """Fails as parts of a machine do that somebody has written in Python."""

    def watch(self, run: MachineRun, settings: Settings) -> None:
        run.to_frame(3)
        raise RuntimeError("the part is broken")


def test_a_failure_in_python_brings_along_the_machine_too(tmp_path: Path) -> None:
    (tmp_path / "a.ch8").write_bytes(suite_folder.DIGIT)
    setup = Setup(tmp_path, "a.ch8", "chip8", {}, (), (), None, 9)
    (result,) = MachineTest("a", "b", Broken(setup)).run(Settings(), lambda: False)
    assert result.reason == "RuntimeError: the part is broken"
    assert result.scene is not None
    assert result.scene.frame == 3
    assert "1206" in "".join(result.scene.instructions).replace(" ", "")


def test_nothing_is_brought_along_where_nobody_asks(tmp_path: Path) -> None:
    setup = Setup(tmp_path, "a.ch8", "chip8", {}, (), (), None, 9)
    (tmp_path / "a.ch8").write_bytes(suite_folder.DIGIT)
    (result,) = MachineTest("a", "b", Broken(setup)).run(Settings(scenes=False), lambda: False)
    assert result.scene is None


# --- JUnit --------------------------------------------------------------------------------------------------------------


def test_junit_validates_against_the_schema(report: Report) -> None:
    schema = xmlschema.XMLSchema(str(ROOT / "tests/unit/schemas/junit.xsd"))
    schema.validate(junit.text(report))
    schema.validate(junit.text(Report()))


def test_junit_counts_what_it_holds(report: Report) -> None:
    root = ElementTree.fromstring(junit.text(report))
    (suite,) = root
    assert suite.get("tests") == root.get("tests") == str(len(suite_folder.TESTS))
    assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) == str(suite_folder.FAILED)
    assert suite.get("skipped") == str(len(suite.findall("testcase/skipped"))) == "2"


def test_junit_names_the_test_and_says_why_it_failed_and_how_to_run_it_alone(report: Report) -> None:
    root = ElementTree.fromstring(junit.text(report))
    (case,) = [case for case in root.iter("testcase") if case.get("name") == 'memory <& "more"']
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "memory differs:"
    assert "A2 06" in str(failure.text)
    assert "reproduce: retrovm test " in str(failure.text)


def test_junit_has_no_characters_that_xml_does_not_have() -> None:
    report = Report()
    report.add([Result("a\x00b\x1b[1m\ud800", Outcome.FAILED, "\x07\ufffe]]> & <x>", suite="a\x0b")])
    (case,) = ElementTree.fromstring(junit.text(report).encode()).iter("testcase")
    assert case.get("name") == "a\ufffdb\ufffd[1m\ufffd"
    assert str(case[0].text) == "\ufffd\ufffd]]> & <x>"


# --- TAP ----------------------------------------------------------------------------------------------------------------


def needed(package: str, *commands: str) -> str:
    """The first of these commands that there is. Without, skips the test; under CI on Linux, where it has to run, fails it."""
    found = next(filter(None, map(shutil.which, commands)), None)
    if found is None:
        message = f"this test needs {' or '.join(commands)}: apt-get install {package}"
        pytest.fail(message) if os.environ.get("CI") == "true" and sys.platform == "linux" else pytest.skip(message)
    return found


def test_prove_reads_the_tap(report: Report, tmp_path: Path) -> None:
    prove = needed("perl", "prove")
    file = tmp_path / "results.tap"
    file.write_text(tap.text(report))
    done = subprocess.run([prove, "--exec", "cat", str(file)], capture_output=True, text=True)
    assert done.returncode == 1
    failed = [n for n, result in enumerate(report.results, 1) if result.outcome is Outcome.FAILED]
    assert f"Tests: {len(report.results)} Failed: {len(failed)}" in done.stdout
    assert "Parse errors" not in done.stdout

    good = Report(keep_passed=True)
    good.add([result for result in report.results if result.outcome is not Outcome.FAILED])
    file.write_text(tap.text(good))
    done = subprocess.run([prove, "--exec", "cat", str(file)], capture_output=True, text=True)
    assert (done.returncode, "Result: PASS" in done.stdout) == (0, True)


def test_a_name_in_tap_is_one_line_and_begins_no_directive() -> None:
    report = Report(keep_passed=True)
    report.add([Result("a # TODO not\nreally \\", Outcome.PASSED), Result("b", Outcome.SKIPPED, "no # data")])
    lines = tap.text(report).splitlines()
    assert r"ok 1 - a \# TODO not really \\" in lines
    assert r"ok 2 - b # SKIP no \# data" in lines


def test_a_known_failure_is_a_todo_and_a_run_that_did_not_end_bails_out(report: Report) -> None:
    assert re.search(r"^not ok 7 - .*it is not done yet # TODO nobody has written it \\# TODO$", tap.text(report), re.M)
    assert tap.text(Report(unfinished="interrupted")).splitlines()[-1] == "Bail out! interrupted"


# --- JSON ---------------------------------------------------------------------------------------------------------------


def test_json_validates_against_its_schema_and_has_every_test(report: Report) -> None:
    schema = json.loads((ROOT / "docs/suite-report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    content = json.loads(as_json.text(report))
    jsonschema.validate(content, schema)
    assert [test["title"] for test in content["tests"]] == [result.title for result in report.results]
    assert content["summary"]["failed"] == suite_folder.FAILED
    assert content["summary"]["known failures"] == 1
    (test,) = [test for test in content["tests"] if test["title"] == "the picture is the golden one"]
    assert b64decode(test["scene"]["screen"])[:4] == b"\x89PNG"


# --- HTML ---------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The elements of a page, and whether they are closed in order."""

    VOID = {"meta", "input", "img", "br", "link"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


def test_the_page_is_well_formed_and_loads_nothing_from_anywhere(report: Report) -> None:
    page = Page(html.text(report))
    assert page.open == []
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "data", "action"):
            assert (attributes.get(name) or "data:").startswith("data:"), f"{tag} {name}"
    assert not list(page.all("link"))
    assert "@import" not in html.text(report)


def test_the_page_has_every_test_with_its_outcome_and_text_to_filter_for(report: Report) -> None:
    rows = list(Page(html.text(report)).all("details"))
    assert [row["data-outcome"] for row in rows] == [str(result.outcome) for result in report.results]
    assert [row["data-text"] for row in rows] == [f"{r.name} {r.machine} {r.judge}" for r in report.results]


def test_what_the_guest_says_is_text_on_the_page_and_no_markup(report: Report) -> None:
    text = html.text(report)
    assert "HI &lt;b&gt;\\x01" in text
    assert "<b>" not in text


def test_expected_and_found_stand_side_by_side_with_the_difference_marked(report: Report) -> None:
    text = html.text(report)
    assert re.search(r"<td>\$0400: A2 0<mark>6</mark>.*</td><td>\$0400: A2 0<mark>5</mark>", text)
    assert '<figcaption>difference</figcaption>' in text
    assert "LDX #$05" in text
    for result in report.problems:
        assert result.reproduce in unescape(text)


def test_lines_that_are_equal_stand_beside_each_other_though_others_are_missing() -> None:
    sides = list(html.rows(Comparison("x", "one\ntwo\nthree", "zero\none\nthree")))
    shown = [("".join(p.text for p in left), "".join(p.text for p in right)) for left, right in sides]
    assert shown == [("", "zero"), ("one", "one"), ("two", ""), ("three", "three")]
    assert [any(p.differs for p in left + right) for left, right in sides] == [True, False, True, False]


def test_very_long_texts_are_compared_in_no_time() -> None:
    sides = list(html.rows(Comparison("x", "a\n" * 20_000, "b\n" * 20_000)))
    assert len(sides) == 20_001
    ((left,), (right,)) = html.pieces("a" * 100_000, "b" * 100_000)
    assert left.differs
    assert right.differs


def test_without_jinja2_a_report_in_html_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                              capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    assert main(["test", str(suite_folder.write(tmp_path)), "--html", str(tmp_path / "a.html")]) == 1
    assert 'pip install "retrovm[suite]"' in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()


def shown(page: Path, asked: str = "") -> Page:
    """A page as headless Chromium shows it, with this behind its address."""
    browser = needed("chromium", "chromium", "chromium-browser", "google-chrome")
    done = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'profile'}",
                           "--virtual-time-budget=5000", "--dump-dom", page.as_uri() + asked],
                          capture_output=True, text=True, timeout=120)
    return Page(done.stdout)


def visible(page: Page) -> list[str]:
    """The tests that are not hidden, by what they are filtered by."""
    return [str(row["data-text"]) for row in page.all("details") if "hidden" not in row]


@pytest.mark.parametrize(("asked", "count"), [
    ("", 8), ("#text=memory", 4), ("#text=SBC6502+trap", 1), ("#without=failed&without=skipped", 2), ("#text=nothing+like+it", 0),
])
def test_a_browser_shows_the_tests_that_are_filtered_for(report: Report, tmp_path: Path, asked: str, count: int) -> None:
    file = tmp_path / "report.html"
    file.write_text(html.text(report))
    page = shown(file, asked)
    assert len(visible(page)) == count
    assert f"{count} of 8 shown" in page.text


FINGERS = """<script>
const field = document.querySelector("[type=search]");
field.value = "{words}";
field.dispatchEvent(new Event("input", {bubbles: true}));
for (const box of document.querySelectorAll("[value='{outcome}']")) box.click();
document.documentElement.dataset.address = location.hash;
</script>"""


def test_who_types_and_ticks_sees_fewer_tests_and_has_an_address_to_pass_on(report: Report, tmp_path: Path) -> None:
    file, typed = tmp_path / "report.html", tmp_path / "typed.html"
    text = html.text(report)
    file.write_text(text)
    typed.write_text(text.replace("</body>", FINGERS.replace("{words}", "Memory SBC6502").replace("{outcome}", "failed")
                                  + "</body>"))
    by_hand = shown(typed)
    (title,) = [result.name for result in report.results if result.title == "memory is as it was"]
    assert any(text.startswith(title) for text in visible(by_hand))
    assert not set(visible(by_hand)) & {f"{r.name} {r.machine} {r.judge}" for r in report.results
                                        if r.outcome is Outcome.FAILED}
    (root,) = by_hand.all("html")
    assert root["data-address"] == "#text=Memory+SBC6502&without=failed"
    assert visible(shown(file, str(root["data-address"]))) == visible(by_hand)


# --- on the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return suite_folder.write(tmp_path / "suite")


def test_all_reports_are_written_by_one_run(suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = {form: tmp_path / f"out.{form}" for form in ("junit", "html", "tap", "json")}
    assert main(["test", str(suite), *(word for form, place in places.items() for word in (f"--{form}", str(place)))]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 5 failed, 2 skipped"
    assert len(ElementTree.parse(places["junit"]).findall(".//testcase")) == 8
    assert len(list(Page(places["html"].read_text()).all("details"))) == 8
    assert "1..8" in places["tap"].read_text()
    assert len(json.loads(places["json"].read_text())["tests"]) == 8


@pytest.mark.parametrize("option", ["--tap", "--json"])
@pytest.mark.parametrize("before", [True, False])
def test_a_report_without_a_file_stands_alone_on_standard_output(
    suite: Path, option: str, before: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", option, str(suite)] if before else ["test", str(suite), option]) == 1
    captured = capsys.readouterr()
    if option == "--json":
        assert len(json.loads(captured.out)["tests"]) == 8
    else:
        assert captured.out.splitlines()[1] == "1..8"
    assert captured.err.splitlines()[-1] == "1 passed, 5 failed, 2 skipped"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--junit", "gone/a.xml"], "gone/a.xml: expected the name of a file in a folder that exists"),
    (["--html", "."], ".: expected the name of a file"),
    (["--tap", "--json"], "--tap and --json both go to standard output"),
    (["--judge", "memry"], "--judge memry: there is no such judge; did you mean memory?"),
    (["--timeout", "0"], "timeout"),
])
def test_a_report_that_cannot_be_written_is_wrong_use_before_any_test_runs(
    suite: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(suite)
    assert main(["test", str(suite), *arguments]) == 2
    captured = capsys.readouterr()
    assert said in " ".join(captured.err.split())
    assert captured.out == ""
