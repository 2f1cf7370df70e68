"""`retrovm bench`: what it reports, and that it measures a program which really ran. No test looks at a speed."""

import json
from dataclasses import replace

import pytest

from retrovm import bench, cli, registry
from retrovm.errors import ArgumentError, MediaError

COUNT = bytes.fromhex("A2 00 CA D0 FD 4C 05 03")         # LDX #0; DEX; BNE; JMP to itself at $0305
CYCLES = 2 + 256 * 2 + 255 * 3 + 2


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "count.bin"
    path.write_bytes(COUNT)
    return path


@pytest.fixture
def run(capsys):
    def run(*words):
        status = cli.main(["bench", *(str(word) for word in words)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def on_image(image, *words):
    return ["cpu", "--image", image, "--start", "0x300", "--org", "$300", *words]


def test_the_cycles_are_those_up_to_the_first_arrival(image):
    program = bench.program(image, start=0x300, org=0x300, end=0x305)
    for exact in (False, True):
        assert bench.CpuBenchmark(program, exact=exact).cycles == CYCLES


def test_every_run_begins_anew_and_ends_at_the_end(image):
    benchmark = bench.CpuBenchmark(bench.program(image, start=0x300, org=0x300, end=0x305))
    for _ in range(2):
        assert all(speed > 0 for speed in benchmark.run())
        assert (benchmark.cpu.pc, benchmark.cpu.cycles) == (0x305, CYCLES)


def test_the_bundled_program_takes_the_documented_cycles():
    assert bench.CpuBenchmark(bench.bundled_program()).cycles == 25_137_003


def test_a_program_that_stays_elsewhere_is_an_error_that_says_where(run, image):
    status, out, err = run(*on_image(image, "--until", "0x400"))
    assert (status, out) == (1, "")
    assert "count.bin did not arrive at $0400: it stays at $0305" in err


def test_a_program_that_jams_is_an_error_that_says_where(run, tmp_path):
    path = tmp_path / "jam.bin"
    path.write_bytes(b"\xEA\x02")
    status, _, err = run(*on_image(path, "--until", "0x400"))
    assert status == 1
    assert "jam.bin did not arrive at $0400: it jammed at $03" in err


def test_a_program_that_never_ends_is_an_error(image, monkeypatch):
    monkeypatch.setattr(bench, "LONGEST_WAY", 5_000_000)
    image.write_bytes(bytes.fromhex("E6 10 4C 00 03"))
    with pytest.raises(bench.BenchmarkError, match=r"did not arrive at \$0400: it still was at \$030[02] after [56],"):
        bench.CpuBenchmark(bench.program(image, start=0x300, org=0x300, end=0x400))


def test_a_program_that_begins_at_its_end_is_an_error(image):
    with pytest.raises(bench.BenchmarkError, match="nothing to measure"):
        bench.CpuBenchmark(bench.program(image, start=0x300, org=0x300, end=0x300))


def test_a_run_that_goes_elsewhere_than_the_first_is_an_error(image):
    benchmark = bench.CpuBenchmark(bench.program(image, start=0x300, org=0x300, end=0x305))
    benchmark.cycles -= 4
    with pytest.raises(bench.BenchmarkError, match=r"it was at \$0302"):
        benchmark.run()


def test_json_has_the_median_the_runs_and_what_ran(run, image):
    status, out, err = run(*on_image(image, "--until", "773", "--runs", 3, "--exact", "--json"))
    assert (status, err) == (0, "")
    report = json.loads(out)
    assert report["mhz"] == sorted(report["runs"])[1]
    assert len(report["runs"]) == 3
    assert report["wall_mhz"] > 0
    assert report["variation"] >= 0
    assert {key: report[key] for key in ("cycles", "model", "build", "image", "start", "until")} == {
        "cycles": CYCLES, "model": "6502", "build": "exact", "image": "count.bin", "start": 0x300, "until": 0x305}


def test_people_see_every_run_the_median_and_what_ran(run, image):
    status, out, _ = run(*on_image(image, "--until", "0x305", "--runs", 2))
    assert status == 0
    assert len(out.splitlines()) == 4
    assert "median of CPU time" in out
    assert f"count.bin on a 6502, fast build: {CYCLES:,} cycles from $0300 to $0305" in out


def test_an_image_of_64_kib_belongs_at_0_and_a_shorter_one_has_to_be_told(tmp_path):
    path = tmp_path / "whole.bin"
    path.write_bytes(bytes(0x300) + COUNT + bytes(0x10000 - 0x308))
    assert bench.CpuBenchmark(bench.program(path, start=0x300, end=0x305)).cycles == CYCLES
    path.write_bytes(COUNT)
    with pytest.raises(ArgumentError, match="is raw and does not say where it belongs: give --org"):
        bench.program(path, start=0x300, end=0x305)


def test_an_image_that_says_where_it_belongs_takes_no_org(tmp_path):
    path = tmp_path / "count.hex"
    path.write_text(":08030000A200CAD0FD4C050368\n:00000001FF\n")
    assert bench.CpuBenchmark(bench.program(path, start=0x300, end=0x305)).cycles == CYCLES
    with pytest.raises(ArgumentError, match="says itself where it belongs"):
        bench.program(path, start=0x300, end=0x305, org=0x300)
    with pytest.raises(ArgumentError, match="does not say where it starts: give --start"):
        bench.program(path, end=0x305)


def test_an_image_beyond_the_address_space_is_an_error(image):
    with pytest.raises(MediaError, match=r"goes beyond \$FFFF"):
        bench.program(image, start=0x300, end=0x305, org=0xFFFC)


@pytest.mark.parametrize(("words", "message"), [
    (["cpu", "--start", "0x400"], "--start is about an image: give --image too"),
    (["cpu", "--image", "nowhere.bin", "--until", "3"], "nowhere.bin: there is no such file"),
    (["cpu", "--model", "6800", "--runs", "1"], "no 6502 model '6800'"),
    (["machine", "chip9"], "no machine 'chip9'"),
    (["machine", "chip8", "-o", "tickrates=3"], "no option 'tickrates'"),
    (["machine", "chip8", "--frames", "0"], "--frames"),
])
def test_wrong_use_is_status_2_and_says_what_is_wrong(run, words, message):
    status, _, err = run(*words)
    assert status == 2
    assert message in err


def test_an_image_needs_its_end_and_addresses_are_addresses(run, image):
    assert run("cpu", "--image", image, "--start", "0x300")[::2] == (
        2, "retrovm: --image needs --until, the address at which the program ends\n")
    status, _, err = run(*on_image(image, "--until", "0x10000"))
    assert status == 2
    assert "--until: expected" in err


def test_a_machine_is_measured_drawn_and_not_drawn(run):
    status, out, _ = run("machine", "sbc6502", "--frames", 2, "--runs", 3, "--json")
    report = json.loads(out)
    assert status == 0
    assert report["fps"] == sorted(report["runs"])[1]
    assert report["unrendered_fps"] == sorted(report["unrendered_runs"])[1]
    assert (report["machine"], report["image"], report["frames"]) == ("sbc6502", "monitor.bin", 2)
    assert "mips" not in report


def test_a_processor_that_counts_instructions_has_mips(run, tmp_path):
    path = tmp_path / "loop.ch8"
    path.write_bytes(b"\x12\x00")
    status, out, _ = run("machine", "chip8", "--rom", path, "--frames", 3, "--runs", 3, "-o", "tickrate=1000", "--json")
    report = json.loads(out)
    assert status == 0
    assert report["mips"] == sorted(report["mips_runs"])[1]
    assert report["image"] == "loop.ch8"
    status, out, _ = run("machine", "chip8", "--rom", path, "--frames", 3, "--runs", 1)
    assert status == 0
    assert "million instructions/s" in out
    assert out.endswith("loop.ch8 on chip8, 3 frames a run\n")


def test_a_machine_that_halts_is_an_error_that_says_why(run, tmp_path):
    path = tmp_path / "bad.ch8"
    path.write_bytes(b"\x50\x01")
    status, _, err = run("machine", "chip8", "--rom", path, "--frames", 3)
    assert status == 1
    assert "chip8 stopped in frame 0 of 3 at $" in err
    assert "opcode 5001 at $0200 is not an instruction" in err


def test_a_machine_without_a_bundled_program_runs_what_it_has():
    spec = replace(registry.machine("sbc6502"), demo=None)
    assert [run.mips for run in bench.bench_machine(spec, frames=1, runs=2)] == [None, None]


def test_the_variation_of_a_single_run_is_none():
    assert bench.variation([5.0]) == 0
    assert bench.variation([1.0, 3.0]) == pytest.approx(2**0.5 / 2)
