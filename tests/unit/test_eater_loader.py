"""The loader of the breadboard computer: cards that the host's mkfs.fat made, driven over the serial line."""

import random
import subprocess

import fat_image
import pytest
from eater_board import program

pytestmark = pytest.mark.skipif(fat_image.MKFS is None, reason="mkfs.fat makes the image: apt-get install dosfstools")

PROGRAM = bytes([0xA0, 0x00, 0xB9, 0x0E, 0x10, 0xF0, 0x06, 0x20, 0x06, 0xFF, 0xC8, 0x80, 0xF5, 0x60]) + b"it runs\r\n\0"
LONG = random.Random(5).randbytes(9000)


def until(vm, end, most=900):
    got = b""
    for _ in range(most):
        vm.tick()
        got += vm.serial.receive()
        if got.endswith(end):
            return got.decode()
    raise AssertionError(f"{end!r} did not come; this did: {got!r}")


def say(vm, command):
    vm.serial.send(command.encode() + b"\r")
    return until(vm, b"\n> ").removeprefix(command + "\r\n").removesuffix("> ")


def booted(path, **options):
    vm = program("loader", disk=f"{path}:readonly", fill=0, **options)
    greeting = until(vm, b"\n> ")
    return vm, greeting


def filled(volume):
    """Files, one in pieces, a long name, a deleted one, a label, a directory in a directory, a directory of many entries."""
    hello = volume.write((0x1000).to_bytes(2, "little") + PROGRAM)
    long = volume.write(LONG, gap=3)
    inner = volume.next_free
    volume.next_free += 1
    outer = volume.next_free
    volume.next_free += 1
    deep = volume.write(b"deep down")
    for cluster, entries in (
        (outer, [volume.entry(".", outer, 0, 0x10), volume.entry("..", 0, 0, 0x10), volume.entry("INNER", inner, 0, 0x10)]),
        (inner, [volume.entry(".", inner, 0, 0x10), volume.entry("..", outer, 0, 0x10), volume.entry("DEEP.TXT", deep, 9)]),
    ):
        at = volume.data_at + (cluster - 2) * volume.cluster_bytes
        volume.data[at:at + 32 * len(entries)] = b"".join(entries)
        volume.link(cluster, fat_image.END)
    volume.put_root([
        volume.entry("CARD", 0, 0, 0x08),
        bytes([0x41]) + b"a\0 \0l\0o\0n\0" + bytes([0x0F]) + bytes(20),
        volume.entry("HELLO.PRG", hello, len(PROGRAM) + 2),
        b"\xE5" + volume.entry("GONE.TXT", hello, 5)[1:],
        volume.entry("LONG.BIN", long, len(LONG)),
        volume.entry("SUB", outer, 0, 0x10),
        volume.entry("EMPTY", 0, 0),
        *(volume.entry(f"F{i}.DAT", 0, 0) for i in range(60)),
        volume.entry("LAST.PRG", hello, len(PROGRAM) + 2),
    ])
    volume.save()


SHAPES = [(16, 1, False), (16, 4, True), (16, 8, False), (32, 1, False), (32, 1, True)]


@pytest.fixture(scope="module", params=SHAPES, ids=lambda shape: "FAT{}-{}{}".format(*shape[:2], "-mbr" * shape[2]))
def card(request, tmp_path_factory):
    bits, cluster, partition = request.param
    path = tmp_path_factory.mktemp("card") / "card.img"
    filled(fat_image.make(path, bits, cluster=cluster, partition=partition))
    return path


def test_a_directory_is_listed_without_label_long_names_and_deleted_files(card):
    vm, greeting = booted(card)
    assert "LOADER 1.0" in greeting
    assert "?" not in greeting.replace("? for help", "")
    lines = say(vm, "dir").splitlines()
    assert lines[:4] == [
        "HELLO.PRG             26", "LONG.BIN            9000", "SUB            directory", "EMPTY                  0",
    ]
    assert len(lines) == 4 + 60 + 1
    assert lines[-1].startswith("LAST.PRG ")


def test_a_program_is_loaded_by_its_header_and_run(card):
    vm, _ = booted(card)
    assert say(vm, "load hello.prg") == "1000-1017 loaded\r\n"
    assert vm.memory[0x1000:0x1000 + len(PROGRAM)] == PROGRAM
    assert say(vm, "run LAST.PRG") == "1000-1017 loaded\r\nit runs\r\n"


def test_a_file_in_pieces_is_loaded_to_an_address(card):
    vm, _ = booted(card)
    assert say(vm, "load long.bin $1100") == "1100-3427 loaded\r\n"
    assert vm.memory[0x1100:0x1100 + len(LONG)] == LONG
    assert set(vm.memory[0x1100 + len(LONG):0x4000]) == {0}


def test_paths_go_down_and_up(card):
    vm, _ = booted(card)
    assert say(vm, "dir sub/inner").splitlines()[-1] == "DEEP.TXT               9"
    assert say(vm, "cd sub/inner") == ""
    assert say(vm, "load deep.txt 2000") == "2000-2008 loaded\r\n"
    assert vm.memory[0x2000:0x2009] == b"deep down"
    assert say(vm, "cd ../..") == ""
    assert say(vm, "load /sub/inner/deep.txt 2100") == "2100-2108 loaded\r\n"
    assert "HELLO.PRG" in say(vm, "dir /")


@pytest.mark.parametrize(("command", "message"), [
    ("load nothing.prg", "there is no such file"),
    ("load", "which file?"),
    ("load sub", "that is a directory"),
    ("cd hello.prg", "that is not a directory"),
    ("load empty", "the file is too short to tell its address"),
    ("load long.bin 3000", "the file does not fit into $0800-$3FFF"),
    ("load long.bin 200", "the file does not fit into $0800-$3FFF"),
    ("load long.bin 12345", "an address has up to 4 hex digits"),
    ("load long.bin 1000 x", "an address has up to 4 hex digits"),
    ("load waytoolongname.bin", "a name has 8 characters, a dot, and 3"),
    ("format", "no such command; ? for help"),
])
def test_a_wrong_command_says_what_is_wrong(card, command, message):
    vm, _ = booted(card)
    assert say(vm, command) == f"? {message}\r\n"
    assert say(vm, "load deep.txt 1000") == "? there is no such file\r\n"


def test_without_a_card_it_says_so_and_mounts_one_later(tmp_path):
    vm = program("loader")
    assert "? no card answers\r\n" in until(vm, b"\n> ")
    assert say(vm, "mount") == "? no card answers\r\n"


def test_cards_that_have_no_fat16_or_fat32_are_told(tmp_path):
    blank = tmp_path / "blank.img"
    blank.write_bytes(bytes(1 << 20))
    assert "? the card is not formatted\r\n" in booted(blank)[1]
    blank.write_bytes(bytes(510) + b"\x55\xAA" + bytes(1 << 20))
    assert "? no FAT volume on the card\r\n" in booted(blank)[1]
    fat12 = tmp_path / "fat12.img"
    fat_image.make(fat12, 12)
    assert "? the card has FAT12, not FAT16 or FAT32\r\n" in booted(fat12)[1]


def test_a_broken_chain_is_told(tmp_path):
    path = tmp_path / "broken.img"
    volume = fat_image.make(path, 16)
    first = volume.write(LONG)
    volume.link(first, 1)
    volume.put_root([volume.entry("LONG.BIN", first, len(LONG))])
    volume.save()
    vm, _ = booted(path)
    assert say(vm, "load long.bin 1000") == "? the file's chain of clusters is broken\r\n"
    volume.link(first, fat_image.END)
    volume.save()
    vm, _ = booted(path)
    assert say(vm, "load long.bin 1000") == "? the file ends before its size says\r\n"


def test_a_card_of_more_than_2_gb_counts_blocks(tmp_path):
    path = tmp_path / "sdhc.img"
    with path.open("wb") as file:
        file.truncate(3 << 30)
    subprocess.run([fat_image.MKFS, "-F", "32", "-n", "BIG", path], check=True, capture_output=True)
    vm, greeting = booted(path)
    assert "?" not in greeting.replace("? for help", "")
    assert say(vm, "dir") == ""


def test_a_line_is_edited_as_it_is_typed(card):
    vm, _ = booted(card)
    vm.serial.send(b"dux\b\bir /nonono\x15load empty\x7f\x7f\x7f\x7f\x7fdeep.no\r")
    assert until(vm, b"\n> ").endswith("? there is no such file\r\n> ")
    vm.serial.send(b"lo\x03")
    assert until(vm, b"\n> ") == "lo^C\r\n> "
