"""The chips of their own size and the PIA in machine files."""

import pytest

import retrovm
from retrovm.errors import ArgumentError, ManifestError, MediaError, OptionError

HEAD = """\
[machine]
name = "board"
title = "A board"

[cpu]
type = "mos6502"
model = "65c02-wdc"
clock_hz = 1_000_000

"""
RAM = """\
[[chip]]
type = "62256"
name = "ram"
at = "$0000-$3FFF"
fill = 0

"""
PIA = """\
[[chip]]
type = "mc6821"
name = "pia"
at = "$5000-$50FF"
irqa = "cpu.irq"
irqb = "cpu.nmi"

"""
EEPROM = """\
[[chip]]
type = "28c256"
name = "eeprom"
at = "$8000-$FFFF"
image = "rom.bin"
"""
# From RAM: store A in $8000, then wait until DATA polling gives it back.
WRITE = bytes.fromhex("A9 42 8D 00 80 CD 00 80 D0 FB DB")


def rom(code=b"\x80\xFE", size=0x8000):
    """An image whose reset vector is its beginning at $8000."""
    return code.ljust(size - 4, b"\xEA") + b"\x00\x80\x00\x80"


@pytest.fixture
def make(tmp_path):
    def build(text, image=None, **options):
        (tmp_path / "rom.bin").write_bytes(rom() if image is None else image)
        (tmp_path / "board.toml").write_text(HEAD + text, encoding="utf-8")
        return retrovm.create(str(tmp_path / "board.toml"), **options)

    return build


def test_a_chip_in_a_smaller_range_shows_its_beginning(make):
    vm = make(RAM + EEPROM)
    assert len(vm.devices["ram"]) == 0x8000
    vm.memory.write(0x3FFF, 0x12)
    assert bytes(vm.devices["ram"])[0x3FFF] == 0x12
    assert vm.buses["bus"].who(0x4000) == "open bus"


def test_a_chip_in_a_larger_range_repeats(make):
    vm = make(RAM.replace("$3FFF", "$9FFF") + EEPROM.replace('name = "eeprom"', 'name = "eeprom"\npriority = 1').replace(
        "$8000-$FFFF", "$A000-$FFFF"), rom(size=0x6000).replace(b"\x00\x80", b"\x00\xA0"))
    vm.memory.write(0x8123, 0x12)
    assert vm.memory.read(0x0123) == 0x12


def test_a_chip_may_be_given_its_first_address_only(make):
    vm = make(RAM.replace("$0000-$3FFF", "$0000") + EEPROM.replace("$8000-$FFFF", "$8000"))
    assert vm.buses["bus"].who(0x7FFF) == "ram"
    assert vm.memory.read(0xFFFC) == 0x00


def test_the_size_of_such_a_chip_is_no_key(make):
    with pytest.raises(ManifestError, match=r"chip\[0\].size: "):
        make(RAM + "size = 0x4000\n" + EEPROM)


def test_an_image_that_does_not_fit_is_refused(make):
    with pytest.raises(ManifestError, match=r"chip\[1\].image: the image has 32,769 bytes, which do not fit into 32,768"):
        make(RAM + EEPROM, rom(size=0x8001))


def test_a_program_stores_a_byte_in_the_eeprom_and_waits_by_data_polling(make):
    vm = make(RAM + EEPROM)
    vm.memory[0x0200:0x0200 + len(WRITE)] = WRITE
    vm.cpu.registers = {"pc": 0x0200}
    vm.run(9_000)
    assert vm.cpu.pc in range(0x0205, 0x020A)
    vm.run(2_000)
    assert vm.cpu.is_stopped
    assert vm.memory[0x8000] == 0x42


@pytest.mark.parametrize("exact", [False, True])
def test_a_program_that_writes_to_its_own_eeprom_fetches_what_polling_gives(make, exact):
    vm = make(RAM + EEPROM, rom(bytes.fromhex("A9 DB 8D 00 90 A9 11 A2 22")))          # LDA #$DB, STA $9000, LDA, LDX
    vm.cpu.exact = exact
    vm.cpu.registers = {"pc": 0x8000, "a": 0, "x": 0}
    vm.run(6 + 100)
    assert vm.cpu.registers["a"] == 0xDB
    assert vm.cpu.registers["x"] == 0                  # $5B and $1B are NOPs of a cycle
    assert vm.cpu.pc == 0x8005 + 100
    with vm.trace_bus() as trace:
        vm.run(4)
    assert [value for _, _, value, _ in trace] == [0x5B, 0x1B, 0x5B, 0x1B]


def test_with_we_tied_high_it_is_a_rom(make):
    vm = make(RAM + EEPROM + "write_enable = false\n")
    vm.memory.write(0x8000, 0x42)
    assert vm.memory.read(0x8000) == 0x80


def test_an_eeprom_without_an_image_is_blank_and_one_for_the_program_holds_it(make, tmp_path):
    blank = EEPROM.replace('image = "rom.bin"\n', "").replace("$8000-$FFFF", "$4000-$4FFF").replace("eeprom", "blank")
    vm = make(RAM + EEPROM + blank)
    assert vm.memory.read(0x4000) == 0xFF
    slot = EEPROM.replace('image = "rom.bin"\n', "program = true\n") + "\n[program]\n"
    (tmp_path / "board.toml").write_text(HEAD + RAM + slot, encoding="utf-8")
    vm = retrovm.load(rom(), machine=str(tmp_path / "board.toml"), name="mine.bin")
    assert bytes(vm.devices["eeprom"]) == rom()


FILE = EEPROM.replace('image = "rom.bin"', 'file = { option = "eeprom_file" }')


@pytest.mark.parametrize(("mode", "kept"), [("", True), (":overlay", False)])
def test_an_eeprom_may_be_a_file_that_the_guest_programs(make, tmp_path, mode, kept):
    file = tmp_path / "eeprom.bin"
    file.write_bytes(rom(WRITE.rjust(0x20, b"\xEA")).replace(b"\x00\x80\x00\x80", b"\x00\x90" * 2))
    assert file.stat().st_size == 0x8000
    vm = make(RAM + FILE, eeprom_file=f"{file}{mode}")
    assert vm.memory.read(0xFFFD) == 0x90
    vm.memory[0x0200:0x0200 + len(WRITE)] = WRITE
    vm.cpu.registers = {"pc": 0x0200}
    vm.run(11_000)
    assert vm.cpu.is_stopped
    assert vm.memory[0x8000] == 0x42
    vm.disks["eeprom_file"].close()
    assert file.read_bytes()[0] == (0x42 if kept else 0xEA)


def test_an_eeprom_that_may_be_a_file_is_blank_without_one(make):
    low = FILE.replace("$8000-$FFFF", "$4000-$4FFF").replace('"eeprom"', '"low"')
    vm = make(RAM + EEPROM + low)
    assert vm.memory.read(0x4000) == 0xFF
    assert not vm.disks


def test_a_file_for_an_eeprom_that_is_left_out_is_refused(make, tmp_path):
    (tmp_path / "eeprom.bin").write_bytes(rom())
    low = FILE.replace('at = "$8000-$FFFF"', 'at = { option = "low", default = "none" }').replace('"eeprom"', '"low_rom"')
    with pytest.raises(OptionError, match="the option eeprom_file is the disk of low_rom, which is left out"):
        make(RAM + EEPROM + low, eeprom_file=str(tmp_path / "eeprom.bin"))


def test_a_file_of_another_size_is_refused(make, tmp_path):
    (tmp_path / "small.bin").write_bytes(bytes(0x2000))
    with pytest.raises(ArgumentError, match="eeprom: a 28C256 has 32,768 bytes, and its disk 8,192"):
        make(RAM + FILE, eeprom_file=str(tmp_path / "small.bin"))


def test_a_file_takes_the_place_of_an_image_and_of_the_program(make):
    for key in ('image = "rom.bin"', "program = true"):
        with pytest.raises(ManifestError, match=r"chip\[1\].file: it says what eeprom holds, as (image|program) does"):
            make(RAM + FILE + key + "\n[program]\n")
    with pytest.raises(ManifestError, match="a disk is what a user puts in"):
        make(RAM + FILE.replace('{ option = "eeprom_file" }', '"eeprom.bin"'))


def test_a_program_cannot_be_loaded_into_a_file(tmp_path):
    (tmp_path / "eeprom.bin").write_bytes(rom())
    (tmp_path / "board.toml").write_text(HEAD + RAM + FILE + "\n[program]\n", encoding="utf-8")
    with pytest.raises(MediaError, match="some of its bytes lie where no memory is"):
        retrovm.load(b":01900000EA85\n:00000001FF\n", machine=str(tmp_path / "board.toml"), name="mine.hex",
                     eeprom_file=str(tmp_path / "eeprom.bin"))


def test_a_program_that_does_not_fit_into_its_chip_is_refused(tmp_path):
    slot = EEPROM.replace('image = "rom.bin"\n', "program = true\n").replace("$8000", "$4000") + "\n[program]\n"
    (tmp_path / "board.toml").write_text(HEAD + RAM + slot, encoding="utf-8")
    with pytest.raises(MediaError, match="it is too large for the ROM: found 32,769 bytes, expected at most 32,768"):
        retrovm.load(rom(size=0x8001), machine=str(tmp_path / "board.toml"), name="mine.bin")


def test_a_state_of_a_machine_has_what_is_in_the_eeprom(make):
    vm = make(RAM + EEPROM)
    vm.memory.write(0x8010, 0x42)
    vm.run(5_000)
    twin = vm.clone()
    for each in (vm, twin):
        each.run(6_000)
        assert each.memory[0x8010] == 0x42
    assert twin.state_hash() == vm.state_hash()
    other = make(RAM + EEPROM)
    other.load_state(vm.save_state())
    assert other.memory.read(0x8010) == 0x42


@pytest.mark.parametrize(("side", "line"), [("a", "irq"), ("b", "nmi")])
def test_the_two_interrupt_lines_of_a_pia_go_where_the_file_says(make, side, line):
    vm = make(RAM + PIA + EEPROM)
    pia = vm.devices["pia"]
    vm.memory.write(0x50FD if side == "a" else 0x5003, 0x01)
    (pia.port_a if side == "a" else pia.port_b)[f"c{side}1"] = False
    assert getattr(vm.cpu, line)
    assert not getattr(vm.cpu, "nmi" if line == "irq" else "irq")
