"""`vm.coverage()`: which instructions and branches of a program ran, by address and by line of its sources."""

import json
import shutil
import subprocess
import sys

import pytest
from guest_program import guest, line_of, machine  # noqa: F401

import retrovm
from retrovm.debug.coverage import Coverage
from retrovm.errors import ArgumentError, MediaError


@pytest.fixture
def covered(guest):  # noqa: F811
    vm = machine(guest)
    with vm.coverage(guest / "guest.dbg") as coverage:
        vm.run(cycles=1000)
    return vm, coverage


def test_an_instruction_counts_how_often_it_ran(covered):
    vm, coverage = covered
    at = vm.symbols.resolve
    assert coverage.counts[at("outer")] == coverage.counts[at("inner")] == 3
    assert coverage.counts[at("recurse")] == 3 * 4
    assert at("never") not in coverage.counts
    assert at("irq") not in coverage.counts


def test_a_branch_counts_both_of_its_ways(covered):
    vm, coverage = covered
    loop = vm.symbols["reset::loop"]
    assert coverage.branches[loop + 4] == (2, 1)              # bne loop
    assert coverage.branches[loop + 6] == (1, 0)              # beq stop
    assert coverage.branches[vm.symbols["recurse"] + 3] == (3, 9)
    assert len(coverage.branches) == 3


def test_a_branch_to_the_next_instruction_is_told_by_its_time():
    vm = retrovm.create("sbc6502", bytes.fromhex("18 90 00 38 90 00 4C 06 02"), name="a.bin", org=0x200)
    with vm.coverage() as coverage:
        vm.run(cycles=60)
    assert coverage.branches == {0x201: (1, 0), 0x204: (0, 1)}


def test_what_ran_before_and_behind_the_block_does_not_count():
    vm = retrovm.create("sbc6502", bytes.fromhex("EA EA EA EA 4C 04 02"), name="a.bin", org=0x200)
    vm.step()
    vm.step()
    with vm.coverage() as coverage:
        vm.step()
        vm.step()
    vm.step()
    assert sum(coverage.counts.values()) == 2
    with coverage:                                            # another time adds
        vm.step()
    assert sum(coverage.counts.values()) == 3


def test_blocks_within_blocks_count_each_what_is_theirs():
    vm = retrovm.create("sbc6502", bytes.fromhex("EA 4C 00 02"), name="a.bin", org=0x200)
    vm.run(until=0x200)
    with vm.coverage() as outer:
        vm.step()
        with vm.coverage() as inner, vm.profile() as profile:
            vm.step()
        vm.step()
    assert outer.counts == {0x200: 2, 0x201: 1}
    assert inner.counts == {0x201: 1}
    assert profile.cycles == 3
    assert vm.cpu.counts is None


def test_a_block_that_is_under_way_is_refused_a_second_time():
    vm = retrovm.create("sbc6502", bytes.fromhex("4C 00 02"), name="a.bin", org=0x200)
    with vm.coverage() as coverage, pytest.raises(ArgumentError, match="under way"), coverage:
        pass


def test_lines_of_the_source_say_what_ran(covered, guest):  # noqa: F811
    _, coverage = covered
    (file,) = coverage.files()
    assert file.name == "guest.s"
    assert file.lines[line_of(guest, "dex")].count == 3
    assert file.lines[line_of(guest, "never reached")].count == 0
    assert file.lines[line_of(guest, "lda table,x")].count == 0
    assert file.lines[line_of(guest, "beq stop")].branches == {0xC00B: (1, 0)}
    assert file.lines[line_of(guest, "beq stop")].is_partial
    assert not file.lines[line_of(guest, "bne loop")].is_partial
    assert file.lines[line_of(guest, "bne :+")].branches == {0xC02B: None}
    assert file.lines[line_of(guest, "bump $20")].count == 3


def test_data_is_no_line_of_instructions(covered, guest):  # noqa: F811
    (file,) = covered[1].files()
    for text in (".byte", ".res", ".asciiz", ".addr never", ".addr nmi"):
        assert line_of(guest, text) not in file.lines, text


def test_the_tracefile_of_lcov_has_lines_branches_and_functions(covered, guest, tmp_path):  # noqa: F811
    _, coverage = covered
    coverage.write(tmp_path / "guest.info")
    rows = (tmp_path / "guest.info").read_text().splitlines()
    assert rows[0] == "TN:"
    assert rows[1] == f"SF:{(guest / 'guest.s').resolve()}"
    assert rows[-1] == "end_of_record"
    assert f"DA:{line_of(guest, 'dex')},3" in rows
    assert f"BRDA:{line_of(guest, 'beq stop')},0,0,1" in rows
    assert f"BRDA:{line_of(guest, 'beq stop')},0,1,0" in rows
    assert f"BRDA:{line_of(guest, 'bne :+')},0,0,-" in rows
    assert "FNDA:12,recurse" in rows
    assert "FNDA:0,never" in rows
    totals = {key: int(value) for key, _, value in (row.partition(":") for row in rows) if key in ("LF", "LH", "BRF", "BRH")}
    lines = [row for row in rows if row.startswith("DA:")]
    ways = [row for row in rows if row.startswith("BRDA:")]
    assert totals == {"LF": len(lines), "LH": sum(not row.endswith(",0") for row in lines),
                      "BRF": len(ways), "BRH": sum(row.rpartition(",")[2] not in ("-", "0") for row in ways)}


@pytest.mark.skipif(shutil.which("lcov") is None, reason="lcov is not installed: apt-get install lcov")
def test_lcov_reads_the_tracefile(covered, tmp_path):
    covered[1].write(tmp_path / "guest.info")
    subprocess.run(["lcov", "--summary", tmp_path / "guest.info"], check=True)


def test_the_pages_mark_the_lines(covered, guest, tmp_path):  # noqa: F811
    covered[1].write(tmp_path / "pages")
    index = (tmp_path / "pages" / "index.html").read_text()
    assert '<a href="000.html">guest.s</a>' in index
    page = (tmp_path / "pages" / "000.html").read_text()

    def marked(text, how):
        return f'<tr id="L{line_of(guest, text)}" class="{how}">' in page

    assert marked("dex", "ran")
    assert marked("beq stop", "partial")
    assert marked("lda table,x", "missed")
    assert f'<tr id="L{line_of(guest, ".byte")}">' in page
    assert "1 / 0" in page


def test_what_a_source_says_is_text_and_no_markup(guest, tmp_path):  # noqa: F811
    vm = machine(guest)
    for name in ("guest.dbg", "guest.s"):
        shutil.copy(guest / name, tmp_path)
    source = tmp_path / "guest.s"
    source.write_text(source.read_text().replace("never reached", "<script>alert(1)</script>"))
    with vm.coverage(tmp_path / "guest.dbg") as coverage:
        vm.run(cycles=100)
    coverage.write(tmp_path / "pages")
    assert "<script>" not in (tmp_path / "pages" / "000.html").read_text()


def test_without_debug_information_a_listing_takes_the_place_of_sources(guest, tmp_path):  # noqa: F811
    vm = machine(guest)
    with vm.coverage() as coverage:
        vm.run(cycles=1000)
    coverage.write(tmp_path / "a.info")
    listing = (tmp_path / "a.lst").read_text().splitlines()
    rows = (tmp_path / "a.info").read_text().splitlines()
    assert f"SF:{(tmp_path / 'a.lst').resolve()}" in rows
    number = next(n for n, line in enumerate(listing, 1) if line.startswith("C009  D0 FA"))
    assert f"BRDA:{number},0,0,2" in rows
    missed = next(n for n, line in enumerate(listing, 1) if line.endswith("NOP"))       # what a branch could have led to
    assert f"DA:{missed},0" in rows


def test_a_chip8_counts_its_skips():
    vm = retrovm.create("chip8", bytes.fromhex("6000 7001 3003 1202 2210 120A 0000 0000 00EE"), name="a.ch8")
    with vm.coverage() as coverage:
        vm.tick(10)
    assert coverage.counts[0x202] == 3
    assert coverage.branches == {0x204: (1, 2)}
    text = coverage.files()[0].text
    assert any(line.startswith("0210  00 EE") for line in text)


def test_coverage_adds(guest):  # noqa: F811
    vm = machine(guest)
    with vm.coverage() as whole:
        with vm.coverage() as one:
            vm.run(cycles=300)
        with vm.coverage() as other:
            vm.run(cycles=400)
    assert one.counts != whole.counts
    total = one + other
    assert (total.counts, total.branches) == (whole.counts, whole.branches)


def test_coverage_of_different_processors_does_not_add(guest):  # noqa: F811
    other = retrovm.create("chip8", b"\x12\x00", name="a.ch8")
    with pytest.raises(ArgumentError, match="does not add up"):
        machine(guest).coverage() + other.coverage()


def test_data_that_was_written_adds_again(covered, guest, tmp_path):  # noqa: F811
    vm, coverage = covered
    coverage.write(tmp_path / "a.json")
    other = vm.coverage(guest / "guest.dbg")
    other.add_data(tmp_path / "a.json")
    assert (other.counts, other.branches) == (coverage.counts, coverage.branches)
    other.add_data(tmp_path / "a.json")
    assert other.counts[vm.symbols["recurse"]] == 24


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 3}', '{"format": "retrovm coverage 1", "processor": "Mos6502"}'])
def test_data_that_is_none_changes_nothing(covered, tmp_path, text):
    _, coverage = covered
    before = dict(coverage.counts)
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(MediaError, match=r"a\.json"):
        coverage.add_data(tmp_path / "a.json")
    assert coverage.counts == before


def test_data_of_another_processor_is_refused(covered, tmp_path):
    data = covered[1].data() | {"model": "65c02-wdc"}
    (tmp_path / "a.json").write_text(json.dumps(data))
    with pytest.raises(MediaError, match="65c02-wdc"):
        covered[1].add_data(tmp_path / "a.json")


@pytest.mark.parametrize(("old", "new"), [
    ("version\tmajor=2", "version\tmajor=3"), ("seg=0", "seg=99"), ("start=11", "start=x"), ("line\tid=0,", "line\t"),
])
def test_debug_information_that_is_damaged_is_an_error_with_its_file(guest, tmp_path, old, new):  # noqa: F811
    text = (guest / "guest.dbg").read_text()
    assert old in text
    (tmp_path / "bad.dbg").write_text(text.replace(old, new))
    vm = machine(guest)
    with vm.coverage(tmp_path / "bad.dbg") as coverage:
        vm.run(cycles=100)
    with pytest.raises(MediaError, match=r"bad\.dbg"):
        coverage.files()


def command(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "retrovm", *map(str, arguments)], cwd=cwd, capture_output=True, text=True,
                          timeout=120, check=False)


def test_the_command_writes_coverage_and_adds_to_data(guest, tmp_path):  # noqa: F811
    run = ["run", guest / "guest.bin", "--machine", "sbc6502", "--frames", "1", "--symbols", guest / "guest.dbg"]
    outputs = ["--coverage", "a.json", "--coverage", "a.info", "--coverage", "pages"]
    for times in (1, 2):
        done = command(*run, *outputs, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert f"DA:{line_of(guest, 'dex')},{3 * times}" in (tmp_path / "a.info").read_text().splitlines()
        assert (tmp_path / "pages" / "index.html").is_file()


@pytest.mark.parametrize(("arguments", "message"), [
    (["--coverage", "missing/a.info"], "does not exist"),
    (["--coverage", "guest.bin"], "this is a file"),
    (["--profile", "a.xyz"], "a profile is"),
    (["--symbols", "missing.dbg"], "missing.dbg"),
])
def test_the_command_says_what_is_wrong_before_it_runs(guest, tmp_path, arguments, message):  # noqa: F811
    shutil.copy(guest / "guest.bin", tmp_path)
    done = command("run", "guest.bin", "--machine", "sbc6502", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_coverage_shows_how_much_it_has(covered):
    assert isinstance(covered[1], Coverage)
    assert repr(covered[1]) == f"<Coverage: {len(covered[1].counts)} instructions>"
