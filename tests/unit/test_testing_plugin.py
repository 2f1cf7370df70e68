"""The pytest plugin, in runs of pytest of their own."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from assemblers import require

from retrovm.testing import plugin

pytest_plugins = ["pytester"]

DOCS = Path(__file__).parents[2] / "docs"

SOURCE = """
double: asl a
        bcc done
        lda #$FF
done:   rts
"""
INI = "[pytest]\nretrovm_sources = lib.s\n"


@pytest.fixture
def tests(pytester, monkeypatch):
    """Runs pytest on a text of tests in a folder with a program."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makefile(".s", lib=SOURCE)
    pytester.makeini(INI)

    def run(text, *words):
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess("-p", "no:randomly", *words)

    return run


def test_the_plugin_is_there_and_imports_nothing_of_the_machines_before_it_is_used(pytester):
    pytester.makepyfile("""
        import sys

        def test_nothing_is_loaded(pytestconfig):
            assert pytestconfig.pluginmanager.hasplugin("retrovm")
            loaded = {name for name in sys.modules if name.split(".")[0] in ("retrovm", "numpy", "hypothesis.strategies", "typer")}
            assert loaded - {"retrovm", "retrovm.lazy", "retrovm.testing", "retrovm.testing.plugin"} == set()
    """)
    pytester.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


def test_the_fixture_vm_is_a_new_machine_for_each_test(tests):
    tests("""
        def test_one(vm):
            assert vm.call("double", a=3).a == 6
            vm.poke(0x40, 9)

        def test_two(vm, make_vm):
            assert vm.peek(0x40) != 9 or make_vm(seed=2).peek(0x40) != 9
            assert make_vm(model="65c02-wdc").cpu.model == "65c02-wdc"
    """).assert_outcomes(passed=2)


def test_a_failure_shows_the_instructions_with_their_source_lines(tests):
    done = tests("""
        def test_it(vm):
            assert vm.call("double", a=0x80).a == 0
    """)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([
        "*assert 255 == 0*", "*- machine sbc6502 with lib.bin -*", "pc=$0200  a=$FF*",
        "last call: $0200 (double) with a=$80, returned after 12 cycles", "the last instructions that it ran:",
        "  $0200  0A          double: ASL A*; lib.s:1: double: asl a", "*BCC done*", "*LDA #$FF*", "  $0205  60  *done: RTS*"])
    assert "guards.py" not in done.stdout.str()


def test_a_guard_shows_where_the_program_was(tests):
    done = tests("""
        def test_it(vm):
            vm.guard_reads()
            vm.memory[0x200:0x203] = bytes([0xA5, 0x40, 0x60])
            vm.call(0x200)
    """)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([">*vm.call(0x200)", "E*GuestFailure: $0200 (double), lib.s:1 reads $0040, which nobody has written",
                               "> $0200  A5 40  *LDA $40*"])


def test_hypothesis_makes_machines_and_only_the_failing_one_is_shown(tests):
    done = tests("""
        from hypothesis import given, settings
        from retrovm.testing.strategies import byte, registers, word, data, bcd, signed_byte

        @given(held=registers("a", y=byte(1, 4)), number=word(0x1FF), some=data(2, 3), digits=bcd(), signed=signed_byte())
        @settings(deadline=None)
        def test_good(make_vm, held, number, some, digits, signed):
            assert make_vm().call("double", **held).a == min(2 * held["a"], 0xFF) or held["a"] > 0x7F
            assert set(held) == {"a", "y"} and 1 <= held["y"] <= 4 and number >= 0x1FF and 2 <= len(some) <= 3
            assert digits & 0xF < 10 > digits >> 4 and -129 < signed < 128

        @given(a=byte())
        @settings(deadline=None, database=None)
        def test_bad(make_vm, a):
            assert make_vm().call("double", a=a).a == 2 * a
    """)
    done.assert_outcomes(passed=1, failed=1)
    assert "with a=$80, returned after" in done.stdout.str()
    assert done.stdout.str().count("- machine sbc6502 with lib.bin -") == 1


def test_a_machine_that_tests_share_is_shown_and_counted_to_the_end(tests, pytester):
    done = tests("""
        import pytest
        from retrovm.testing import GuestVM

        @pytest.fixture(scope="module")
        def shared(make_vm):
            return make_vm()

        @pytest.fixture
        def mine(program):
            return GuestVM.of(program)

        @pytest.mark.parametrize("a", range(30))
        def test_many(shared, vm, a):
            assert shared.call("double", a=a).a == 2 * a

        def test_last(shared):
            assert shared.call("double", a=0x80).a == 0

        def test_own(mine):
            assert mine.call("double", a=0x81).a == 0
    """, "--retrovm-coverage=shared.json")
    done.assert_outcomes(passed=30, failed=2)
    assert counted(pytester.path / "shared.json") == {"0200": 31, "0201": 31, "0203": 1, "0205": 31}
    assert done.stdout.str().count("- machine sbc6502 with lib.bin -") == 2
    done.stdout.fnmatch_lines([f"last call: $0200 (double) with a=$8{digit}, returned*" for digit in (0, 1)])


def test_strategies_refuse_what_no_register_can_hold():
    from retrovm.errors import ArgumentError
    from retrovm.testing.strategies import byte, registers

    with pytest.raises(ArgumentError, match="from 0 to 255, not 0 to 256"):
        byte(last=256)
    with pytest.raises(ArgumentError, match="there is no 's'"):
        registers("s")


def test_a_program_of_ones_own_takes_the_place_of_the_ini_file(pytester):
    pytester.makepyfile("""
        import pytest

        @pytest.fixture(scope="module")
        def program(assemble):
            return assemble.text(": main loop again  : seven v0 := 7 return", language="octo")

        def test_it(vm):
            assert vm.call("seven").v0 == 7
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_machine_and_options_come_from_the_ini_file(tests, pytester):
    pytester.makeini(INI + "retrovm_machine = sbc6502\nretrovm_options =\n    model = 65c02-wdc\n    ram = $0000-$3FFF\n")
    tests("""
        def test_it(vm, make_vm):
            assert (vm.cpu.model, vm.devices["ram"].size, "acia" in vm.devices) == ("65c02-wdc", 0x4000, True)
            assert make_vm(ram="$0000-$1FFF").devices["ram"].size == 0x2000
    """).assert_outcomes(passed=1)


def test_what_is_missing_or_wrong_in_the_ini_file_is_told(tests, pytester):
    pytester.makeini("[pytest]\n")
    done = tests("def test_it(vm): pass")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*retrovm_sources is not set: name the sources in the ini file, or define a fixture 'program'*"])
    pytester.makeini(INI + "retrovm_options = model\n")
    tests("def test_it(vm): pass").stdout.fnmatch_lines(["*retrovm_options: expected NAME=VALUE, found 'model'*"])


def test_an_error_of_the_assembler_is_the_error_of_the_test(tests, pytester):
    pytester.makefile(".s", lib="double: asl (a\n")
    done = tests("def test_it(vm): pass")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*BuildError: *lib.s:1:*"])


# --- suites ---------------------------------------------------------------------------------------------------------------

SUITE = """
[suite]
title = "t"

[[test]]
name = "runs"
rom = "a.ch8"
machine = "chip8"
judge = "memory"
limit = { frames = 3 }
at = 0x200
bytes = "12 00"

[[test]]
name = "fails"
rom = "a.ch8"
machine = "chip8"
judge = "memory"
limit = { frames = 3 }
at = 0x200
bytes = "12 01"

[[test]]
name = "is known to fail"
known_failure = "nobody has mended it"
rom = "a.ch8"
machine = "chip8"
judge = "memory"
limit = { frames = 3 }
at = 0x200
bytes = "12 02"

[[test]]
name = "is not here"
rom = "$RETROVM_TESTDATA/nothing.ch8"
machine = "chip8"
judge = "memory"
limit = { frames = 3 }
at = 0x200
bytes = "12 02"
"""


@pytest.fixture
def suite(pytester, monkeypatch, tmp_path):
    monkeypatch.setenv("RETROVM_TESTDATA", str(tmp_path))
    (pytester.path / "roms").mkdir()
    (pytester.path / "roms" / "a.ch8").write_bytes(b"\x12\x00")
    manifest = pytester.path / "roms" / "suite.toml"
    manifest.write_text(SUITE)
    return manifest


def test_each_test_of_a_suite_is_one_of_pytest(suite, pytester):
    done = pytester.runpytest_subprocess("-rsxf", "-v")
    done.assert_outcomes(passed=1, failed=1, xfailed=1, skipped=1)
    done.stdout.fnmatch_lines(["*roms/suite.toml::runs PASSED*", "*roms/suite.toml::fails FAILED*"])
    done.stdout.fnmatch_lines(["again: retrovm test *suite.toml -k '\"fails\"'"])
    done.stdout.fnmatch_lines(["SKIPPED*which has no nothing.ch8*", "XFAIL*nobody has mended it*"])
    pytester.runpytest_subprocess("-k", "runs").assert_outcomes(passed=1, deselected=3)


def test_a_manifest_that_is_wrong_is_an_error_with_its_line(suite, pytester):
    suite.write_text(SUITE.replace("limit = { frames = 3 }", "limit = { frmes = 3 }", 1))
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*suite.toml:10:1: test[[]0[]].limit: expected one of cycles, frames*"])


def test_suites_of_others_can_be_left_alone(suite, pytester):
    pytester.makeini("[pytest]\nretrovm_suites = false\n")
    assert pytester.runpytest_subprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


# --- coverage -------------------------------------------------------------------------------------------------------------

COVERED = """
    def test_one(vm):
        assert vm.call("double", a=3).a == 6

    def test_two(make_vm):
        for _ in range(20):
            assert make_vm().call("double", a=0x80).a == 0xFF
"""


def counted(path):
    return {address: count for address, (count, _) in json.loads(path.read_text())["ran"].items()}


def test_coverage_is_that_of_all_tests_and_the_same_with_workers(tests, pytester):
    done = tests(COVERED, "--retrovm-coverage=one.json", "--retrovm-coverage=pages", "--retrovm-coverage=out/lib.info")
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines([
        "*coverage of guest code*", "*one.json: 4 of 4 lines, 2 of 2 ways of branches", "*pages: 4 of 4 lines*"])
    tests(COVERED, "-n", "2", "--retrovm-coverage=two.json").assert_outcomes(passed=2)
    assert counted(pytester.path / "one.json") == counted(pytester.path / "two.json") == {
        "0200": 21, "0201": 21, "0203": 20, "0205": 21}
    assert (pytester.path / "pages" / "index.html").is_file()
    assert "DA:2,21" in (pytester.path / "out" / "lib.info").read_text()


def test_coverage_by_lines_of_ca65(tests, pytester):
    require("ca65")
    pytester.makefile(".cfg", lib="MEMORY { MAIN: start = $1000, size = $1000, file = %O; }\nSEGMENTS { CODE: load = MAIN; }\n")
    pytester.makefile(".s", lib=SOURCE.replace("double:", ".export double\ndouble:"))
    pytester.makeini(INI + "retrovm_config = lib.cfg\n")
    tests(COVERED, "--retrovm-coverage=lib.info").assert_outcomes(passed=2)
    info = (pytester.path / "lib.info").read_text()
    assert re.search(r"SF:.*lib\.s\n", info)
    assert "DA:4,20" in info


def test_several_programs_have_files_of_their_own_and_none_is_told(tests, pytester):
    other = COVERED + """
    import pytest

    @pytest.mark.parametrize("text", ["one: rts", "one: nop\\n rts"])
    def test_three(assemble, make_vm, text):
        from retrovm.testing import GuestVM
        assert GuestVM.of(assemble.text(text)).call("one").cycles >= 6
    """
    tests(other, "--retrovm-coverage=one.json").assert_outcomes(passed=4)
    assert (pytester.path / "one.json").is_file(), "machines that the fixtures have not made do not count"
    done = tests("def test_it(): pass", "--retrovm-coverage=none.json")
    done.stdout.fnmatch_lines(["no machine of 'vm' or 'make_vm' has run, so there is nothing to write"])
    assert not (pytester.path / "none.json").exists()
    pytester.makepyfile(test_a="def test_a(vm): vm.call('double')\n", test_b="""
        import pytest

        @pytest.fixture(scope="module")
        def program(assemble):
            return assemble.text("other: rts")

        def test_b(vm):
            vm.call("other")
    """)
    pytester.runpytest_subprocess("test_a.py", "test_b.py", "--retrovm-coverage=each.json").assert_outcomes(passed=2)
    assert [re.sub(r"-\w{8}\.", ".", path.name) for path in sorted(pytester.path.glob("each*.json"))] == [
        "each-lib.json", "each-text.json"]


# --- what is said of it ------------------------------------------------------------------------------------------------------


def test_every_option_is_in_the_help_and_on_the_page():
    done = subprocess.run([sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True)
    page = (DOCS / "testing.md").read_text(encoding="utf-8")
    for name in [*plugin.INI, "retrovm_suites"]:
        assert re.search(rf"^  {name} \(", done.stdout, re.MULTILINE), name
        assert f"| `{name}`" in page, name
    assert "--retrovm-coverage=PLACE" in done.stdout
    assert "`--retrovm-coverage" in page
