"""Computers of registered chips, described in TOML: what a file makes, and what it may not say."""

import pickle
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import retrovm
from retrovm import registry
from retrovm.chip_spec import ChipSpec
from retrovm.cli import main
from retrovm.core.python_device import PythonDevice
from retrovm.errors import ManifestError, MediaError, OptionError, RetroVMError
from retrovm.machines.machine_file.opening import machine_file
from retrovm.toml_keys import REQUIRED, Keys

ECHO = bytes.fromhex("A9 1E 8D 03 50 A9 09 8D 02 50"       # CONTROL, COMMAND
                     "AD 01 50 29 08 F0 F9"                # until a byte is there
                     "AD 00 50 8D 00 50 4C 0A 80")         # send it back, and again

BOARD = """\
[machine]
name = "board"
title = "A board"
description = "RAM, an ACIA and a ROM"

[cpu]
type = "mos6502"
model = "65c02-wdc"
clock_hz = { option = "clock_hz", default = 1_000_000, help = "the clock" }

[[chip]]
type = "ram"
at = "$0000-$3FFF"
fill = 0

[[chip]]
type = "mos6551"
name = "acia"
at = 0x5000
irq = "cpu.irq"

[[chip]]
type = "rom"
at = "$8000-$FFFF"
image = "echo.bin"
"""


def image(code=ECHO, size=0x8000):
    return code.ljust(size - 6, b"\xEA") + b"\x00\x00\x00\x80\x00\x00"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "echo.bin").write_bytes(image())
    return tmp_path


def board(folder, text=BOARD):
    file = folder / "board.toml"
    file.write_text(text, encoding="utf-8")
    return file


def changed(*changes):
    text = BOARD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


# --- what a file makes ----------------------------------------------------------------------------------------


def test_a_file_makes_a_computer_that_runs_its_rom(folder):
    vm = retrovm.create(str(board(folder)))
    vm.tick(1)
    vm.serial.send(b"OK")
    vm.tick(20)
    assert vm.serial.receive() == b"OK"
    assert vm.cpu.model == "65c02-wdc"


def test_chips_lie_where_the_file_says(folder):
    vm = retrovm.create(str(board(folder)))
    assert [row[:3] for row in vm.buses["bus"].map_table()] == [
        (0x0000, 0x3FFF, "ram"), (0x5000, 0x5003, "acia"), (0x8000, 0xFFFF, "rom")]
    assert vm.buses["bus"].who(0x5004) == "open bus"


def test_an_option_of_the_file_is_one_of_the_machine(folder):
    file = str(board(folder))
    assert retrovm.create(file).clock.rate == 1_000_000
    assert retrovm.create(file, clock_hz="2e6").clock.rate == 2_000_000
    with pytest.raises(OptionError, match="no option 'clock'; did you mean clock_hz"):
        retrovm.create(file, clock=1)


def test_the_interrupt_of_a_chip_pulls_the_line_that_the_file_names(folder):
    (folder / "echo.bin").write_bytes(image(bytes.fromhex("80 FE")))                  # BRA to itself
    for line in ("irq", "nmi"):
        vm = retrovm.create(str(board(folder, changed(("cpu.irq", f"cpu.{line}")))))
        vm.memory.write(0x5003, 0x1E)
        vm.memory.write(0x5002, 0x05)                      # the transmitter asks for an interrupt
        vm.run(10_000)
        assert getattr(vm.cpu, line)
        assert not getattr(vm.cpu, "nmi" if line == "irq" else "irq")


def test_a_decoder_that_looks_at_some_lines_only_makes_mirrors(folder):
    vm = retrovm.create(str(board(folder, changed(("at = 0x5000", "decode = { mask = 0xF000, match = 0x5000 }")))))
    vm.memory.write(0x5ABF, 0x1F)
    assert vm.memory.read(0x5003) == vm.memory.read(0x5FFF) == 0x1F


def test_a_decoder_may_leave_out_lines_in_the_middle(folder):
    vm = retrovm.create(str(board(folder, changed(("at = 0x5000", "decode = { mask = 0xE0F0, match = 0x4000 }")))))
    vm.memory.write(0x4003, 0x1F)
    assert vm.memory.read(0x5F03) == 0x1F
    assert vm.buses["bus"].who(0x4010) == "open bus"


def test_memory_of_a_size_repeats_in_its_range(folder):
    vm = retrovm.create(str(board(folder, changed(("fill = 0", "fill = 0\nsize = 0x1000")))))
    vm.memory.write(0x0123, 0x42)
    assert vm.memory.read(0x3123) == 0x42


def test_a_part_of_higher_priority_lies_on_top(folder):
    vm = retrovm.create(str(board(folder, changed(("at = 0x5000", "at = 0x0200\npriority = 1")))))
    bus = vm.buses["bus"]
    assert [bus.who(address) for address in (0x01FF, 0x0200, 0x0203, 0x0204)] == ["ram", "acia", "acia", "ram"]


def test_an_image_may_begin_within_its_file(folder):
    (folder / "echo.bin").write_bytes(b"head" + image())
    vm = retrovm.create(str(board(folder, changed(('"echo.bin"', '"echo.bin"\nfrom = 4')))))
    assert bytes(vm.memory[0x8000:0x8004]) == ECHO[:4]


def test_a_rom_for_the_program_holds_what_the_user_gives(folder):
    file = str(board(folder, changed(('image = "echo.bin"', "program = true")) + "\n[program]\n"))
    vm = retrovm.load(image(), machine=file, name="mine.bin")
    assert bytes(vm.memory[0x8000:0x8004]) == ECHO[:4]
    with pytest.raises(MediaError, match="board needs a program for its ROM rom"):
        retrovm.create(file)


def test_a_machine_without_a_place_for_programs_refuses_one(folder):
    with pytest.raises(MediaError, match=r"takes no program"):
        retrovm.load(image(), machine=str(board(folder)), name="mine.bin")


def test_a_program_goes_into_ram_where_org_says(folder):
    file = str(board(folder, changed(('image = "echo.bin"', "program = true"))
                     + '\n[program]\norg = { option = "org" }\n'))
    vm = retrovm.load(bytes.fromhex("A9 42 85 10"), machine=file, name="mine.bin", org="$0200")
    vm.run(12)
    assert vm.memory[0x10] == 0x42


def test_a_machine_of_a_file_can_be_pickled_cloned_and_saved(folder):
    vm = retrovm.create(str(board(folder)))
    vm.tick(3)
    twin = pickle.loads(pickle.dumps(vm))
    assert twin.state_hash() == vm.clone().state_hash() == vm.state_hash()
    other = retrovm.create(str(board(folder)))
    other.load_state(vm.save_state())
    assert other.state_hash() == vm.state_hash()


# --- chips of others ------------------------------------------------------------------------------------------


class Latch(PythonDevice):
    """A byte that is held."""

    lines = "d0 d1"

    def __init__(self, name, held, watched):
        super().__init__(name)
        self.held, self.watched = held, watched
        self.port = object()

    def read(self, address):
        return self.held

    def write(self, address, value):
        self.held = value


class Pad(PythonDevice):
    """Reads 1 while a button is held."""

    def __init__(self, name, buttons):
        super().__init__(name)
        self.buttons = buttons

    def read(self, address):
        return len(self.buttons.held)


def make_pad(socket):
    return Pad(socket.name, socket.buttons)


def make_latch(socket):
    return Latch(socket.name, socket.options["held"], socket.pins)


@pytest.fixture
def latch(monkeypatch):
    from retrovm.spec import Option, integer

    spec = ChipSpec(
        id="latch", title="A latch", size=1, make=make_latch, ports={"port": ("d0", "d1")}, signals=("enable",),
        options=(Option(name="held", help="what it holds", default=7, parse=integer(0, 255)),))
    pad = ChipSpec(id="gamepad", title="A pad", size=1, make=make_pad, buttons=True)
    ids = (*registry.CHIPS.ids(), "latch", "gamepad")
    real = registry.CHIPS.get
    monkeypatch.setattr(registry.CHIPS, "ids", lambda: ids)
    monkeypatch.setattr(registry.CHIPS, "get", lambda id: {"latch": spec, "gamepad": pad}.get(id) or real(id))


def test_a_chip_of_others_is_used_by_its_name_with_its_options(folder, latch):
    more = '\n[[chip]]\ntype = "latch"\nat = 0x6000\nheld = { option = "held", help = "at power-on" }\n'
    vm = retrovm.create(str(board(folder, BOARD + more)), held="$55")
    assert vm.memory.read(0x6000) == 0x55


def test_a_file_names_the_buttons_of_a_chip_and_their_keys(folder, latch):
    more = '\n[[chip]]\ntype = "gamepad"\nat = 0x6000\nbuttons = [{ name = "fire", keys = ["KeyX"] }, { name = "up" }]\n'
    vm = retrovm.create(str(board(folder, BOARD + more)))
    assert [(button.name, button.keys) for button in vm.spec.ports[-1].buttons] == [("fire", ("KeyX",)), ("up", ())]
    assert vm.memory.read(0x6000) == 0
    vm.button_press("fire")
    assert vm.memory.read(0x6000) == 1


def test_pins_are_wired_to_the_lines_of_a_chip_above(folder, latch):
    more = ('\n[[chip]]\ntype = "latch"\nname = "one"\nat = 0x6000\n'
            '\n[[chip]]\ntype = "latch"\nname = "two"\nat = 0x6001\npins = { enable = "one.d1" }\n')
    vm = retrovm.create(str(board(folder, BOARD + more)))
    assert vm.devices["two"].watched == {"enable": (vm.devices["one"].port, "d1")}
    vm = retrovm.create(str(board(folder, BOARD + more.replace("one.d1", "low"))))
    assert vm.devices["two"].watched == {"enable": (None, "low")}
    with pytest.raises(ManifestError, match=r"board\.toml:36:10: .*'one\.d2'; did you mean one\.d"):
        machine_file(board(folder, BOARD + more.replace("one.d1", "one.d2")))


# --- what it may not say --------------------------------------------------------------------------------------

WRONG = [
    ((('"mos6551"', '"mos6552"'),), "17:1: chip[1].type: there is no chip 'mos6552'; did you mean mos6551"),
    ((('"mos6502"', '"mos6551"'),), "7:1: cpu.type: mos6551 is no processor; there are: mos6502"),
    ((("at = 0x5000", "at = 0x3FFE"),), "19:1: chip[1].at: board: ram at $0000-$3FFF and acia at $3FFE-$4001 overlap; "
                                        "move one, or give one of them a higher priority"),
    ((("echo.bin", "eco.bin"),), "25:1: chip[2].image: the image 'eco.bin' cannot be read: No such file or directory; "
                                 "did you mean echo.bin?"),
    ((('image = "echo.bin"', ""),), "22:1: chip[2]: expected one of image, program, found none of them"),
    ((('image = "echo.bin"', "program = true"),), "25:1: chip[2].program: a ROM for the program needs a table"),
    ((('"cpu.irq"', '"cpu.iqr"'),), "20:1: chip[1].irq: there is no line 'cpu.iqr'; did you mean cpu.irq"),
    ((("irq =", "irk ="),), "20:1: chip[1].irk: there is no such key; did you mean irq"),
    ((('"65c02-wdc"', '"65c03"'),), "8:1: cpu.model: expected"),
    ((("default = 1_000_000", "default = 0"),), "9:35: cpu.clock_hz.default: expected a positive number"),
    ((("at = 0x5000", "at = 0x15000"),), "19:1: chip[1].at: expected"),
    ((("at = 0x5000", "decode = { mask = 0xF000, match = 0x5800 }"),), "19:27: chip[1].decode.match: $5800 has bits"),
    ((("at = 0x5000", "decode = { mask = 0xF001, match = 0x5000 }"),), "19:12: chip[1].decode.mask: $F001 has address"),
    ((('name = "acia"', 'name = "ram"'),), "18:1: chip[1].name: there is a part 'ram' already"),
    ((('"$0000-$3FFF"', "0"),), '13:1: chip[0].at: expected a range, like "$0000-$3FFF", or a first address and the key'),
    ((('"$8000-$FFFF"', '"$C000-$FFFF"'),), "24:1: chip[2].at: $C000-$FFFF has 16384 addresses; 32768 or more are needed"),
    ((('"cpu.irq"', '"cpu.irq"\nserial = "ram"'),), "21:1: chip[1].serial: there is a part 'ram' already"),
    ((('"echo.bin"', '"echo.bin"\nfrom = 0x8000'),), "26:1: chip[2].from: expected 1 to 65,536 bytes in echo.bin from byte"),
    ((("[cpu]", "[cqu]"),), "1:1: the key 'cpu' is missing"),
    ((("title = ", "title "),), "3:7: not TOML"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG, ids=[message.split(":")[2].strip() for _, message in WRONG])
def test_an_error_names_file_line_and_column_and_what_is_near(folder, changes, message):
    file = board(folder, changed(*changes))
    with pytest.raises(ManifestError) as error:
        machine_file(file)
    assert str(error.value).startswith(f"{file}:{message}"), str(error.value)


def test_two_options_of_one_name_are_an_error(folder):
    text = changed(("fill = 0", 'fill = { option = "clock_hz" }'))
    with pytest.raises(ManifestError, match=r"14:.*an option 'clock_hz' already, at line 9"):
        machine_file(board(folder, text))


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ManifestError, match=r"missing\.toml: the machine file cannot be read: No such file"):
        retrovm.create(str(tmp_path / "missing.toml"))


LINES = BOARD.splitlines(keepends=True)
DAMAGE = st.lists(st.one_of(
    st.tuples(st.just("byte"), st.integers(0, len(BOARD) - 1), st.characters(codec="utf-8")),
    st.tuples(st.just("cut"), st.integers(0, len(BOARD) - 1), st.integers(1, 40)),
    st.tuples(st.just("swap"), st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1)),
    st.tuples(st.just("value"), st.integers(0, len(LINES) - 1), st.sampled_from(
        ["0", "-1", "true", "[]", "{}", '""', '"none"', "1e400", "nan", "99999999999999999999", '[1, 2, 3]', '{ option = 3 }',
         '{ option = "x" }', '{ option = "x", default = "y" }', '"$FFFF-$0000"', "1979-05-27", '[["a"]]', '"$0-$1,$2-$3"'])),
), min_size=1, max_size=4)


def damaged(damage):
    text = BOARD
    for kind, where, what in damage:
        if kind == "byte":
            text = text[:where] + what + text[where + 1:]
        elif kind == "cut":
            text = text[:where] + text[where + what:]
        else:
            lines = text.splitlines(keepends=True)
            where %= max(len(lines), 1)
            if not lines:
                continue
            if kind == "swap":
                other = what % len(lines)
                lines[where], lines[other] = lines[other], lines[where]
            elif "=" in lines[where]:
                lines[where] = f"{lines[where].partition('=')[0]}= {what}\n"
            text = "".join(lines)
    return text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DAMAGE)
def test_a_damaged_file_is_an_error_with_its_line_or_still_a_machine(folder, damage):
    file = folder / "board.toml"
    file.write_bytes(damaged(damage).encode("utf-8"))
    try:
        machine_file(file)
    except ManifestError as error:
        assert re.match(rf"{re.escape(str(file))}:\d+", str(error)), str(error)
        return
    # What is left is a machine. It may lack what its program needs, and says so.
    with suppress(RetroVMError):
        retrovm.create(str(file))


# --- what is on the ports of a chip ---------------------------------------------------------------------------


VIA = BOARD + """\

[[chip]]
type = "mos6522"
name = "via"
at = 0x6000

[[chip]]
type = "push_buttons"
name = "buttons"
pad = "keys"
buttons = [{ name = "go", label = "Go", keys = ["Space"] }]
pins = { go = "via.ca1" }

[[chip]]
type = "leds"
lamps = [{ name = "run", colour = "#38E04A" }, { name = "stop" }]
pins = { run = "via.pa7", stop = "via.pa6" }

[[chip]]
type = "sd_card"
disk = { option = "card", help = "the card" }
[chip.pins]
option = "sd"
default = "mine"
[chip.pins.choices]
mine = { cs = "via.pa4", sclk = "via.pa3", di = "via.pa2", do = "via.pa1" }

[[chip]]
type = "panel"
label = "Mine"
shows = ["leds", "buttons"]
"""


def with_ports(*changes):
    text = VIA
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_what_is_wired_to_a_port_is_used_by_its_name(folder):
    vm = retrovm.create(str(board(folder, VIA)))
    vm.memory.write(0x6003, 0xC0)
    vm.memory.write(0x6001, 0x80)
    assert vm.leds == {"run": True, "stop": False}
    assert vm.devices["leds"].colours == (0x38E04A, 0xFF2A1E)
    vm.button_press("go")
    vm.tick()
    assert vm.memory.read(0x600D) & 0x02
    assert vm.screen is vm.devices["panel_screen"]


def test_an_option_takes_the_names_of_choices_and_what_the_key_takes(folder):
    (folder / "card.img").write_bytes(bytes(512 * 64))
    file = str(board(folder, VIA))
    for sd in ("mine", "cs=pa0 sclk=pa3 di=pa2 do=pa1", "cs=via.pa0 sclk=pa3 di=pa2 do=pa1"):
        vm = retrovm.create(file, sd=sd, card=str(folder / "card.img:readonly"))
        assert "sd_card" in vm.devices
        assert list(vm.disks) == ["card"]
    assert "sd_card" not in retrovm.create(file, sd="none").devices
    with pytest.raises(OptionError, match="the option card is the disk of sd_card, which is left out"):
        retrovm.create(file, sd="none", card=str(folder / "card.img:readonly"))
    with pytest.raises(OptionError, match="or one of mine; did you mean mine"):
        retrovm.create(file, sd="min")
    options = {option.name: option for option in machine_file(file).options}
    assert options["sd"].show(options["sd"].parse("cs=pa4 sclk=pa3 di=pa2 do=pa1")) == "mine"
    assert options["sd"].show(options["sd"].parse("cs=pb4")) == "cs=via.pb4"


def test_a_card_that_lacks_a_wire_is_an_error_that_names_it(folder):
    (folder / "card.img").write_bytes(bytes(512 * 64))
    file = str(board(folder, VIA))
    for sd, message in (("cs=pa0 sclk=pa3 di=pa2", "its do is not wired"),
                        ("cs=low sclk=pa3 di=pa2 do=pa1", "its cs is wired to a line")):
        with pytest.raises(OptionError, match=message):
            retrovm.create(file, sd=sd, card=str(folder / "card.img:readonly"))


def test_a_display_may_be_on_the_bus(folder):
    vm = retrovm.create(str(board(folder, BOARD + '\n[[chip]]\ntype = "hd44780_bus"\nname = "lcd"\nat = 0x4000\n')))
    vm.run(20_000)
    for address, value in ((0, 0x38), (0, 0x0E), (0, 0x01), (1, 0x48), (1, 0x49)):
        vm.memory.write(0x4000 + address, value)
        assert vm.memory.read(0x4000) & 0x80
        vm.run(5_000)
    assert vm.lcd.text[0].strip() == "HI"
    assert vm.screen is vm.lcd.screen


def test_raw_bytes_may_lie_at_the_end_of_the_rom(folder):
    text = changed(('image = "echo.bin"', 'program = true\nalign = "end"')) + "\n[program]\n"
    vm = retrovm.load(image(size=0x1000), machine=str(board(folder, text)), name="mine.bin")
    assert bytes(vm.memory[0xF000:0xF004]) == ECHO[:4]
    assert bytes(vm.memory[0x8000:0x8004]) == b"\xFF" * 4


WRONG_PORTS = [
    (('go = "via.ca1"', 'go = "via.ca3"'), "pins.go: no chip above this one has a line 'via.ca3'; did you mean via."),
    (('go = "via.ca1"', 'og = "via.ca1"'), "pins.og: there is no signal 'og'; there are: go"),
    (('cs = "via.pa4"', 'cs = "via.pa9"'), "pins.choices.mine.cs: no chip above this one has a line 'via.pa9'"),
    (('default = "mine"', 'default = "main"'), "pins.default: expected wires"),
    (('disk = { option = "card", help = "the card" }', 'disk = "card.img"'), "disk: a disk is what a user puts in"),
    (('disk = { option = "card", help = "the card" }', ""), "disk: a disk is what a user puts in"),
    (('option = "card"', 'option = "via"'), "disk: the disk is a part 'via', and there is one already"),
    (('"leds", "buttons"', '"led", "buttons"'), "shows[0]: there is no such part; did you mean leds"),
    (('"#38E04A"', '"green"'), 'lamps[0].colour: expected a colour, like 0xFF2A1E or "#FF2A1E"'),
    (('{ name = "stop" }', '{ name = "run" }'), "lamps[1].name: there is a lamp 'run' already"),
    (('name = "go", label', 'name = "go" }, { name = "go", label'), "buttons[1].name: there is a button 'go' already"),
    (('type = "panel"', 'type = "panle"'), "type: there is no chip 'panle'; did you mean panel"),
    (('type = "sd_card"', 'type = "sdcard"'), "type: there is no chip 'sdcard'; did you mean sd_card"),
    (("at = 0x6000", "at = 0x5002"), "at: board: acia at $5000-$5003 and via at $5002-$5011 overlap"),
    (('title = "A board"', 'title = "A board"\nscreen = "panle"'), "machine.screen: there is no such part; did you mean panel"),
    (('title = "A board"', 'title = "A board"\ndetect = "chip"'), "machine.detect: expected yes or no"),
]


@pytest.mark.parametrize(("change", "message"), WRONG_PORTS, ids=[message.partition(":")[0] + str(i)
                                                                  for i, (_, message) in enumerate(WRONG_PORTS)])
def test_what_is_wrong_with_the_parts_on_ports_is_told_with_its_place(folder, change, message):
    file = board(folder, with_ports(change))
    with pytest.raises(ManifestError) as error:
        machine_file(file)
    assert re.match(rf"{re.escape(str(file))}:\d+:\d+: ", str(error.value))
    assert message in str(error.value)


# --- what the documentation says ------------------------------------------------------------------------------


def test_the_page_on_machine_files_has_every_key_that_they_take(folder, latch, monkeypatch):
    taken = set()
    take = Keys.take

    def spy(self, key, parse, default=REQUIRED):
        if len(self.path) == (2 if self.path[:1] == ("chip",) else 1):
            taken.add((self.path[0], key))
        return take(self, key, parse, default)

    monkeypatch.setattr(Keys, "take", spy)
    one_of = Keys.one_of

    def spy_one_of(self, *keys):
        taken.update((self.path[0], key) for key in keys)
        return one_of(self, *keys)

    monkeypatch.setattr(Keys, "one_of", spy_one_of)
    machine_file(board(folder, BOARD + '\n[[chip]]\ntype = "latch"\nat = 0x6000\n'
                               '\n[[chip]]\ntype = "gamepad"\nat = 0x6001\nbuttons = []\n'
                               '\n[[chip]]\ntype = "leds"\nlamps = [{ name = "d0" }]\n'
                               '\n[[chip]]\ntype = "panel"\nshows = "leds"\n'
                               '\n[[chip]]\ntype = "rom"\nname = "mine"\nprogram = true\nat = "$7000-$7FFF"\n\n[program]\n'))
    of_chips = {option.name for spec in registry.chips().values() for option in spec.options} | {"held", "irq"}
    page = (Path(__file__).parents[2] / "docs" / "machine-files.md").read_text(encoding="utf-8")
    for section in ("machine", "cpu", "chip", "program"):
        heading = f"## [[{section}]]" if section == "chip" else f"## [{section}]"
        text = page.split(heading)[1].split("\n## ")[0]
        documented = set(re.findall(r"^\| `(\w+)` ", text, re.MULTILINE))
        assert documented == {key for table, key in taken if table == section} - of_chips, section


# --- on the command line --------------------------------------------------------------------------------------


@pytest.fixture
def command(capsys):
    def command(*arguments):
        status = main([str(each) for each in arguments])
        return status, capsys.readouterr().out

    return command


def test_run_and_info_take_a_machine_file(folder, command):
    file = board(folder)
    status, output = command("run", "--machine", file, "--hash", "-o", "clock_hz=2000000")
    vm = retrovm.create(str(file), clock_hz=2_000_000)
    vm.tick(60)
    assert (status, output.strip()) == (0, vm.state_hash())
    status, output = command("info", file)
    assert status == 0
    assert "board: A board" in output
    assert re.search(r"clock_hz +1000000 +the clock", output)
    assert command("info", file, "--json")[0] == 0


def test_run_needs_a_program_or_a_machine(command):
    status, _ = command("run")
    assert status == 2


def test_a_suite_names_a_machine_file_beside_it(folder, command):
    file = board(folder)
    (folder / "suite.toml").write_text(
        '[suite]\ntitle = "board"\nlicence = "MIT"\n\n[[test]]\nname = "it echoes"\nmachine = "board.toml"\n'
        'limit = { cycles = 1_000_000 }\ninput = [{ cycle = 1000, serial = "OK" }]\njudge = "serial"\ntext = "OK"\n')
    status, output = command("test", "--machine", file, "--jobs", "1", folder / "suite.toml")
    assert status == 0, output
    assert "1 passed, 0 failed" in output
