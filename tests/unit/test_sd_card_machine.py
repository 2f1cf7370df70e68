"""An SD card in a whole computer: wired to a 6522, read and written by a 6502, saved and copied at any moment."""

import random
import shutil
import subprocess
from hashlib import sha256

import pytest
import sd_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sd_host import Host, frame

from retrovm.chips.mos6522 import Mos6522
from retrovm.core.clock import Clock
from retrovm.core.errors import StateError
from retrovm.core.machine import Machine
from retrovm.machines.sd_wiring import WIRINGS, Wiring, parse_wiring, wire_card
from retrovm.session import VM
from retrovm.storage import open_disk

MKFS = shutil.which("mkfs.fat", path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/opt/homebrew/sbin")
BUFFER = slice(sd_machine.BUFFER, sd_machine.BUFFER + 512)


def content(sectors, seed=1):
    return random.Random(seed).randbytes(512 * sectors)


def made(tmp_path, data):
    path = tmp_path / "card.img"
    path.write_bytes(data)
    return path


def computer(disk):
    vm = VM(sd_machine.SPEC, None, {"disk": str(disk)})
    for name in ("init", "read", "write"):
        vm.symbols.define(name, sd_machine.PROGRAM.symbols[name])
    assert vm.call("init").registers["a"] == 0
    return vm


def read(vm, sector):
    vm.memory[sd_machine.SECTOR:sd_machine.SECTOR + 4] = sector.to_bytes(4, "little")
    assert vm.call("read").registers["a"] == 0
    return bytes(vm.memory[BUFFER])


def test_a_6502_reads_what_is_in_the_file(tmp_path):
    data = content(1024)
    vm = computer(made(tmp_path, data))
    for sector in (0, 1, 7, 1023):
        assert read(vm, sector) == data[512 * sector:512 * (sector + 1)]
    assert vm.devices["card"].reads == 4


def test_a_6502_writes_to_the_file(tmp_path):
    data = content(1024)
    image = made(tmp_path, data)
    vm = computer(image)
    new = content(1, seed=2)
    vm.memory[BUFFER] = new
    vm.memory[sd_machine.SECTOR:sd_machine.SECTOR + 4] = (77).to_bytes(4, "little")
    assert vm.call("write").registers["a"] == 0
    assert image.read_bytes() == data[:512 * 77] + new + data[512 * 78:]
    assert read(vm, 77) == new


@pytest.mark.skipif(MKFS is None, reason="mkfs.fat makes the image: apt-get install dosfstools")
@pytest.mark.parametrize(("bits", "sectors"), [(12, 2048), (16, 32768), (32, 131072)])
def test_a_fat_image_made_by_the_host_reads_as_the_file_is(tmp_path, bits, sectors):
    image = tmp_path / "card.img"
    with image.open("wb") as file:
        file.truncate(512 * sectors)
    subprocess.run([MKFS, "-F", str(bits), "-n", "RETROVM", image], check=True, capture_output=True)
    data = image.read_bytes()
    before = sha256(data).digest()
    vm = computer(f"{image}:readonly")
    boot = read(vm, 0)
    assert boot[510:] == b"\x55\xAA"
    assert boot[0x52:0x5A] if bits == 32 else boot[0x36:0x3E] == f"FAT{bits}   ".encode()
    used = [sector for sector in range(sectors) if any(data[512 * sector:512 * (sector + 1)])]
    assert used[0] == 0
    for sector in [*used, *range(0, sectors, sectors // 64), sectors - 1]:
        assert read(vm, sector) == data[512 * sector:512 * (sector + 1)]
    assert sha256(image.read_bytes()).digest() == before


def test_two_runs_with_overlays_are_equal(tmp_path):
    image = made(tmp_path, bytes(512 * 1024))
    runs = [VM(sd_machine.SPEC, None, {"disk": f"{image}:overlay"}) for _ in range(2)]
    for vm in runs:
        vm.run(3_000_000)
    assert runs[0].disks["disk"].changed == tuple(range(16))
    assert runs[0].state_hash() == runs[1].state_hash()


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(1, 150_000), min_size=1, max_size=6))
def test_saved_and_loaded_in_another_machine_at_any_moment_it_goes_on_as_if_nothing_had_been(tmp_path_factory, cuts):
    image = made(tmp_path_factory.mktemp("disk"), bytes(512 * 1024))
    options = {"disk": f"{image}:overlay"}
    whole = VM(sd_machine.SPEC, None, options)
    vm = VM(sd_machine.SPEC, None, options)
    for cut in cuts:
        whole.run(cut)
        vm.run(cut)
        state = vm.save_state()
        vm = VM(sd_machine.SPEC, None, options)
        vm.load_state(state)
    assert vm.state_hash() == whole.state_hash()
    assert vm.disks["disk"].packed() == whole.disks["disk"].packed()


def test_a_copy_in_the_middle_of_a_write_goes_its_own_way(tmp_path):
    image = made(tmp_path, bytes(512 * 1024))
    vm = VM(sd_machine.SPEC, None, {"disk": str(image)})
    vm.run(1_000_000)
    twin = vm.clone()
    vm.run(3_000_000)
    seen = image.read_bytes()
    twin.run(3_000_000)
    assert image.read_bytes() == seen
    assert twin.disks["disk"].read_sectors(0, 1024) == seen


def test_the_state_is_kept_at_any_bit(tmp_path):
    image = made(tmp_path, content(1024))
    script = frame(17, 3) + b"\xFF" * 20 + frame(13) + b"\xFF" * 4
    levels = [script[at // 8] >> (7 - at % 8) & 1 for at in range(8 * len(script))]

    def card():
        machine, host = Machine(1_000_000), Host()
        host.part = machine.add(host.card(machine.add(open_disk("disk", f"{image}:overlay")), kind="sdhc"))
        return machine, host

    machine, host = card()
    host.start()
    begin = machine.save_fields()
    expected = [host.bit(level) for level in levels]
    for cut in range(0, len(levels), 7):
        first, one = card()
        one.select()
        first.load_fields(begin)
        found = [one.bit(level) for level in levels[:cut]]
        second, other = card()
        other.select()
        second.load_fields(first.save_fields())
        assert found + [other.bit(level) for level in levels[cut:]] == expected


@pytest.mark.parametrize(("fields", "message"), [
    ({"reply_at": 5, "reply_end": 4}, "it cannot be at byte 5 of a response of 4"),
    ({"reply_at": 0, "reply_end": 23, "frame_size": 5}, "with 5 bytes of a command"),
    ({"task": 1, "block_at": 400, "block_end": 300}, "it cannot be at byte 400 of a block of 300"),
    ({"task": 3, "block_at": 515}, "it cannot be at byte 515 of a block"),
    ({"task": 9}, "card.task: 9 is above 4"),
    ({"frame_size": 6}, "card.frame_size: 6 is above 5"),
    ({"block_at": 516}, "card.block_at: 516 is above 515"),
])
def test_a_state_that_no_run_leads_to_is_refused(tmp_path, fields, message):
    machine = Machine(1_000_000)
    host = Host()
    machine.add(host.card(machine.add(open_disk("disk", made(tmp_path, content(1024))))))
    host.start()
    before = machine.save_fields()
    state = bytearray(before)
    for name, value in fields.items():
        key = b"u" + bytes([len(name)]) + name.encode()
        at = state.index(key) + len(key)
        width = state[at]
        state[at + 5:at + 5 + width] = value.to_bytes(width, "little")
    with pytest.raises(StateError, match=message):
        machine.load_fields(bytes(state))
    assert machine.save_fields() == before


# --- wiring

@pytest.mark.parametrize(("text", "wiring"), [
    ("gfoot", WIRINGS["gfoot"]), ("LLVM-MOS", WIRINGS["llvm-mos"]), (WIRINGS["gfoot"], WIRINGS["gfoot"]),
    ("cs=pa4 sclk=pa3 di=pa2 do=pa1", WIRINGS["gfoot"]),
    ("cs=pb1, sck=pb0, mosi=PB7, miso=cb2", Wiring("pb1", "pb0", "pb7", "cb2")),
])
def test_a_wiring_is_a_name_or_four_wires(text, wiring):
    assert parse_wiring(text) == wiring
    assert parse_wiring(str(wiring)) == wiring


@pytest.mark.parametrize(("text", "message"), [
    ("gfot", "expected gfoot or llvm-mos, or all of cs=pa4 sclk=pa3 di=pa2 do=pa1; did you mean gfoot"),
    ("cs=pa4 sclk=pa3 di=pa2", "no line for do"),
    ("cs=pa4 sclk=pa3 di=pa2 do=pa4", "do=pa4 is the second wire there"),
    ("cs=pa4 cs=pa3 di=pa2 do=pa1", "cs=pa3 is the second wire there"),
    ("cs=pa8 sclk=pa3 di=pa2 do=pa1", "a 6522 has no line 'pa8'"),
    ("wp=pa4 sclk=pa3 di=pa2 do=pa1", "a card has no signal 'wp'"),
])
def test_another_wiring_is_an_error(text, message):
    with pytest.raises(ValueError, match=r"expected|no line|second wire|no signal") as caught:
        parse_wiring(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["llvm-mos", "cs=pb1 sclk=pb0 di=pb7 do=cb2", "cs=pa0 sclk=pb0 di=ca1 do=pa7"])
def test_the_lines_may_be_on_any_port(tmp_path, text):
    clock = Clock(1_000_000)
    via = Mos6522("via", clock)
    wiring = parse_wiring(text)
    card = wire_card("card", open_disk("disk", made(tmp_path, content(1024))), via, wiring, kind="sdhc")

    class Lines:
        """The four signals, wherever they are."""

        names = ("cs", "sclk", "di", "do")

        def port(self, signal):
            line = getattr(wiring, signal)
            return via.port_a if line[1] == "a" else via.port_b, line

        def __getitem__(self, signal):
            port, line = self.port(signal)
            return port[line]

        def __setitem__(self, signal, level):
            port, line = self.port(signal)
            port[line] = level

    host = Host(Lines())
    assert host.start() == "sdhc"
    assert host.read(5) == content(1024)[512 * 5:512 * 6]
    assert card.reads == 1


def test_cs_and_do_are_high_when_nobody_drives_them(tmp_path):
    via = Mos6522("via", Clock(1_000_000))
    wire_card("card", open_disk("disk", made(tmp_path, content(1024))), via, WIRINGS["gfoot"])
    assert via.port_a["pa4"]
    assert via.port_a["pa1"]
