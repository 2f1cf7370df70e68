"""`vm.profile()`: where the cycles of a program go, by subroutine."""

import json
import re
import shutil
import subprocess

import pytest
from guest_program import guest, machine  # noqa: F401
from test_coverage import command

import retrovm
from retrovm.debug.profile import Function
from retrovm.errors import ArgumentError


def costs(profile):
    return {profile.name(function): (cost.own, cost.total, cost.calls) for function, cost in profile.functions.items()}


@pytest.fixture
def profiled(guest):  # noqa: F811
    vm = machine(guest)
    with vm.profile() as profile:
        vm.run(until="reset::stop")
    return vm, profile


# The cycles of guest.s, by the datasheet.
INNER = 5 + 5 + 6
RECURSE = 4 * (2 + 2) + 3 * (2 + 6) + 3 + 4 * 6                # sec, sbc; beq that goes on and jsr; the last beq; rts
OUTER = 6 + 2 + 6 + 6
RESET = 7 + 2 + 2 + 2 + 3 * (6 + 2) + 2 * 3 + 2 + 3


def test_each_subroutine_has_its_cycles_and_those_of_its_callees(profiled):
    vm, profile = profiled
    assert costs(profile) == {
        "recurse": (3 * RECURSE, 3 * RECURSE, 12),
        "outer": (3 * OUTER, 3 * (OUTER + INNER + RECURSE), 3),
        "inner": (3 * INNER, 3 * INNER, 3),
        "reset": (RESET, vm.cpu.cycles, 1),
    }
    assert profile.cycles == vm.cpu.cycles


def test_a_recursion_counts_once_with_its_callees(profiled):
    _, profile = profiled
    edges = {(profile.name(edge.caller), profile.name(edge.callee)): (cost.calls, cost.total)
             for edge, cost in profile.edges.items()}
    assert edges["outer", "recurse"] == (3, 3 * RECURSE)
    assert edges["recurse", "recurse"][0] == 9
    assert edges["recurse", "recurse"][1] < 3 * RECURSE


def test_interrupts_are_functions_of_their_own(guest):  # noqa: F811
    vm = machine(guest)
    vm.run(until="reset::stop")
    vm.cpu.registers = {"p": 0}
    with vm.profile() as profile:
        vm.cpu.irq = True
        vm.run(until="irq")
        vm.cpu.irq = False
        vm.run(cycles=30)
        vm.cpu.nmi = True
        vm.run(cycles=30)
    found = costs(profile)
    assert found["irq (IRQ)"] == (7 + 5 + 6, 7 + 5 + 6, 1)
    assert found["nmi (NMI)"] == (7 + 5 + 6, 7 + 5 + 6, 1)


def test_brk_is_a_call_of_its_handler():
    program = bytearray(0x300)
    program[0:6] = bytes.fromhex("00 EA EA 4C 03 02")
    program[0x100:0x102] = bytes.fromhex("E8 40")
    vm = retrovm.create("sbc6502", bytes(program), name="a.bin", org=0x200)
    vm.run(until=0x200)
    vm.cpu.bus.map(0xFF00, 0x100, retrovm.core.memory.Memory("vectors", contents=bytes(0xFE) + b"\x00\x03"))
    with vm.profile() as profile:
        vm.run(cycles=30)
    assert costs(profile)["$0300 (BRK)"] == (2 + 6, 2 + 6, 1)


def test_a_call_by_the_host_is_a_call(guest):  # noqa: F811
    vm = machine(guest)
    vm.run(until="reset::stop")
    with vm.profile() as profile:
        result = vm.call("outer")
        vm.call("inner")
    found = costs(profile)
    assert found["outer"] == (OUTER, result.cycles, 1)
    assert found["inner"][2] == 2
    assert found["(running)"][:2] == (0, profile.cycles)


def test_calls_that_are_under_way_when_the_block_begins_are_found_on_the_stack(guest):  # noqa: F811
    vm = machine(guest)
    vm.run(until="inner")
    with vm.profile() as profile:
        vm.run(until="reset::stop")
    found = costs(profile)
    assert found["inner"] == (3 * INNER, 3 * INNER, 2)
    assert found["outer"][2] == 2


def test_a_jump_by_rts_leaves_no_function():
    # JSR $0210; JMP $0203. At $0210: PHA of $02, $1F; RTS to $0220. There: RTS.
    program = bytearray(0x40)
    program[0:6] = bytes.fromhex("20 10 02 4C 03 02")
    program[0x10:0x17] = bytes.fromhex("A9 02 48 A9 1F 48 60")
    program[0x20] = 0x60
    vm = retrovm.create("sbc6502", bytes(program), name="a.bin", org=0x200)
    vm.run(until=0x200)
    with vm.profile() as profile:
        vm.run(until=0x203)
    assert costs(profile)["$0210"] == (2 + 3 + 2 + 3 + 6 + 6, 22, 1)


def test_a_chip8_has_subroutines_too():
    vm = retrovm.create("chip8", bytes.fromhex("2206 2206 1204 6001 7001 00EE"), name="a.ch8")
    vm.symbols.define("helper", 0x206)
    with vm.profile() as profile:
        vm.run(cycles=20)
    assert costs(profile)["helper"] == (6, 6, 2)
    assert profile.cycles == 20


def test_profiles_add(guest):  # noqa: F811
    vm = machine(guest)
    with vm.profile() as whole:
        with vm.profile() as one:
            vm.run(until="reset::loop")
        with vm.profile() as other:
            vm.run(cycles=150)
    total = one + other
    assert total.cycles == whole.cycles
    assert total.addresses == whole.addresses
    assert costs(total) == costs(whole)


def test_the_table_has_a_line_for_each_function(profiled):
    _, profile = profiled
    rows = profile.table().splitlines()
    assert rows[0].split() == ["own", "with", "callees", "calls", "function"]
    assert [row.split()[-1] for row in rows[1:]] == ["recurse", "outer", "reset", "inner"]


def test_the_flame_graph_is_what_speedscope_reads(profiled, tmp_path):
    vm, profile = profiled
    profile.write(tmp_path / "a.speedscope.json", "guest")
    data = json.loads((tmp_path / "a.speedscope.json").read_text())
    assert data["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    frames = [frame["name"] for frame in data["shared"]["frames"]]
    (flame,) = data["profiles"]
    assert flame["type"] == "sampled"
    assert flame["unit"] == "none"
    assert (flame["startValue"], flame["endValue"]) == (0, vm.cpu.cycles)
    assert len(flame["samples"]) == len(flame["weights"])
    assert sum(flame["weights"]) == vm.cpu.cycles
    assert all(0 <= frame < len(frames) for stack in flame["samples"] for frame in stack)
    names = [[frames[frame] for frame in stack] for stack in flame["samples"]]
    assert ["reset", "outer", "recurse", "recurse", "recurse", "recurse"] in names


def test_the_file_for_callgrind_adds_up(profiled, tmp_path):
    vm, profile = profiled
    profile.write(tmp_path / "a.callgrind", "guest")
    text = (tmp_path / "a.callgrind").read_text()
    assert text.startswith("# callgrind format\n")
    assert "events: Cycles\n" in text
    own, skip = 0, False
    for row in text.splitlines():
        if row.startswith("0x") and not skip:
            own += int(row.split()[-1])
        skip = row.startswith("calls=")
    assert own == vm.cpu.cycles == int(re.search(r"^summary: (\d+)$", text, re.MULTILINE)[1])


@pytest.mark.skipif(shutil.which("callgrind_annotate") is None, reason="callgrind_annotate comes with valgrind")
def test_callgrind_annotate_reads_it(profiled, tmp_path):
    vm, profile = profiled
    profile.write(tmp_path / "callgrind.out.1", "guest")
    done = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", tmp_path / "callgrind.out.1"],
                          capture_output=True, text=True, check=True)
    found = dict(reversed(match) for match in re.findall(r"^\s*([\d,]+) \([ \d.]+%\)\s+\?\?\?:(\S+)", done.stdout, re.MULTILINE))
    assert f"{vm.cpu.cycles:,}" in done.stdout
    assert found["outer"] == f"{3 * (OUTER + INNER + RECURSE):,}"
    assert found["inner"] == f"{3 * INNER:,}"


def test_other_names_of_files_are_refused(profiled, tmp_path):
    with pytest.raises(ArgumentError, match=r"F\.callgrind"):
        profiled[1].write(tmp_path / "a.svg")


def test_the_command_writes_profiles(guest, tmp_path):  # noqa: F811
    done = command("run", guest / "guest.bin", "--machine", "sbc6502", "--frames", "1", "--symbols", guest / "guest.dbg",
                   "--profile", "a.callgrind", "--profile", "a.speedscope.json", "--profile", "a.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert " outer\n" in (tmp_path / "a.txt").read_text()
    assert (tmp_path / "a.callgrind").is_file()
    assert (tmp_path / "a.speedscope.json").is_file()


def test_a_function_is_how_it_is_entered_and_where(profiled):
    vm, profile = profiled
    assert Function("call", vm.symbols["outer"]) in profile.functions
