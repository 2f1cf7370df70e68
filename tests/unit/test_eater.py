"""The breadboard computer: its chips, where they are, and what can be chosen."""

import pickle

import pytest
from eater_board import (
    ACIA,
    ACR,
    DDRA,
    DDRB,
    IER,
    IFR,
    PCR,
    PORTA,
    PORTB,
    T1CH,
    VIA,
    board,
    program,
    rom,
    write,
)
from sd_host import Host

import retrovm
from retrovm import registry
from retrovm.chips import hd44780
from retrovm.cli import main
from retrovm.core.types import StopReason
from retrovm.errors import MediaError, OptionError, UnknownNameError
from retrovm.machines import sd_wiring

E, RW, RS = 0x80, 0x40, 0x20


def table(vm):
    return sorted(row[:3] for row in vm.buses["bus"].map_table())


# --- memory map ---------------------------------------------------------------------------------------------------------


def test_everything_lies_where_the_schematic_decodes_it():
    assert table(board()) == [(0x0000, 0x3FFF, "ram"), (0x5000, 0x5FFF, "acia"), (0x6000, 0x7FFF, "via"), (0x8000, 0xFFFF, "rom")]


def test_the_registers_repeat_as_on_the_real_board():
    vm = board()
    write(vm, DDRA, 0x5A)
    assert vm.memory.read(0x7FF3) == 0x5A
    write(vm, ACIA + 3, 0x1F)
    assert vm.memory.read(0x5FFF) == 0x1F


def test_a_narrow_decoder_leaves_the_mirrors_to_nobody():
    vm = board(acia="narrow", via="narrow")
    assert table(vm)[1:3] == [(0x5000, 0x5003, "acia"), (0x6000, 0x600F, "via")]
    assert vm.buses["bus"].who(0x6010) == "open bus"


def test_chips_may_lie_elsewhere_and_ram_may_be_more():
    vm = board(ram="$0000-$7EFF", acia="$7F00", via="$7F10-$7F1F")
    assert table(vm)[:3] == [(0x0000, 0x7EFF, "ram"), (0x7F00, 0x7F03, "acia"), (0x7F10, 0x7F1F, "via")]


def test_chips_at_one_address_are_an_error_that_names_the_options():
    with pytest.raises(OptionError, match=r"ram at \$0000-\$5FFF and acia at \$5000-\$5FFF overlap; move one with the options"):
        board(ram="$0000-$5FFF")


def test_the_processor_is_a_w65c02s_at_1_mhz():
    vm = board()
    assert (vm.cpu.model, vm.clock.rate) == ("65c02-wdc", 1_000_000)
    assert (board(model="6502", code=b"\x4C\x00\x80").cpu.model, board(clock_hz=4_000_000).clock.rate) == ("6502", 4_000_000)


def test_both_interrupts_are_the_processors():
    vm = board()
    write(vm, ACR, 0x40, IER, 0xC0, VIA + 4, 0, T1CH, 1)
    vm.run(300)
    assert vm.cpu.irq
    vm = board()
    write(vm, ACIA + 3, 0x1F, ACIA + 2, 0x05)
    vm.run(1000)
    assert vm.cpu.irq


# --- the ROM --------------------------------------------------------------------------------------------------------------


def test_an_image_of_32_kib_fills_the_rom():
    image = rom(b"\xA9\x42\x80\xFE")
    vm = retrovm.load(image, machine="eater", name="mine.bin")
    assert bytes(vm.memory[0x8000:0x10000]) == image
    vm.run(10)
    assert vm.cpu.registers["a"] == 0x42


@pytest.mark.parametrize("size", [0x0100, 0x1000, 0x2000, 0x4000])
def test_a_smaller_image_lies_at_the_end_with_its_vectors(size):
    image = rom(b"\xA9\x42\x80\xFE", size)
    vm = retrovm.load(image, machine="eater", name="mine.bin")
    assert bytes(vm.memory[0x10000 - size:0x10000]) == image
    assert bytes(vm.memory[0x8000:0x10000 - size]) == b"\xFF" * (0x8000 - size)
    vm.run(10)
    assert vm.cpu.registers["a"] == 0x42


def test_a_larger_image_is_an_error():
    with pytest.raises(MediaError, match="too large for the ROM") as caught:
        retrovm.load(rom(size=0x9000), machine="eater", name="big.bin")
    assert "36,864" in str(caught.value)
    assert "32,768" in str(caught.value)


def test_an_image_without_vectors_is_an_error_that_says_what_to_do():
    with pytest.raises(MediaError, match="does not end with the vectors of a ROM") as caught:
        retrovm.load(b"\xA9\x42\x80\xFE" * 8, machine="eater", name="code.bin")
    assert "org=ADDRESS" in str(caught.value)


def test_a_program_may_go_into_ram_instead():
    vm = retrovm.load(b"\xA9\x42\xDB", machine="eater", name="code.bin", org=0x0300)
    assert vm.run(1000) is StopReason.HALTED
    assert vm.cpu.registers["a"] == 0x42


def test_the_rom_may_lie_elsewhere():
    vm = retrovm.load(rom(size=0x2000), machine="eater", name="mine.bin", rom="$C000-$FFFF", ram="$0000-$3FFF,$8000-$BFFF")
    assert table(vm)[-1] == (0xC000, 0xFFFF, "rom")


def test_without_an_image_the_monitor_runs():
    vm = retrovm.create("eater")
    vm.tick(60)
    assert b"MON65" in vm.serial.receive()


def test_an_image_that_uses_the_boards_chips_is_detected():
    image = rom(bytes.fromhex("A9FF8D02608D0360A9018D00608D016080FE"))
    target = retrovm.detect(image, name="image.bin")[0]
    assert target.spec.id == "eater"
    assert "it uses via at $6000" in target.reason
    assert all(target.spec.id != "eater" for target in retrovm.detect(rom(b"\xA9\x42\x80\xFE"), name="image.bin"))


# --- the LCD --------------------------------------------------------------------------------------------------------------


def settle(vm):
    vm.run(20_000)


def put_8_bit(vm, value, rs):
    write(vm, PORTB, value, PORTA, rs, PORTA, rs | E, PORTA, rs)
    settle(vm)


def put_nibble(vm, nibble, rs):
    write(vm, PORTB, nibble | rs, PORTB, nibble | rs | 0x40, PORTB, nibble | rs)
    settle(vm)


def test_the_lcd_is_wired_to_port_b_with_8_bits_and_its_control_to_port_a():
    vm = board()
    settle(vm)
    write(vm, DDRB, 0xFF, DDRA, 0xE0)
    for value in (0x38, 0x0E, 0x06, 0x01):
        put_8_bit(vm, value, 0)
    for letter in b"retro":
        put_8_bit(vm, letter, RS)
    assert vm.lcd.text == ("retro           ", " " * 16)


def test_the_busy_flag_is_read_on_pb7():
    vm = board()
    settle(vm)
    write(vm, DDRB, 0xFF, DDRA, 0xE0, PORTB, 0x01, PORTA, 0, PORTA, E, PORTA, 0)
    write(vm, DDRB, 0x00, PORTA, RW, PORTA, RW | E)
    assert vm.memory.read(PORTB) & 0x80
    write(vm, PORTA, RW)
    settle(vm)
    write(vm, PORTA, RW | E)
    assert not vm.memory.read(PORTB) & 0x80


def test_the_lcd_may_be_wired_to_port_b_alone_with_4_bits():
    vm = board(lcd="4-bit")
    settle(vm)
    write(vm, DDRB, 0x7F)
    for nibble in (0x3, 0x3, 0x3, 0x2, 0x2, 0x8, 0x0, 0xE, 0x0, 0x6, 0x0, 0x1):
        put_nibble(vm, nibble, 0)
    for letter in b"retro":
        put_nibble(vm, letter >> 4, 0x10)
        put_nibble(vm, letter & 0x0F, 0x10)
    assert vm.lcd.text[0] == "retro           "


def test_the_lcd_may_be_wired_in_any_other_way():
    vm = board(lcd="rs=pa0 rw=low e=pa1 d7=pb3 d6=pb2 d5=pb1 d4=pb0", buttons="irq")
    settle(vm)
    write(vm, DDRB, 0x0F, DDRA, 0x03)
    for nibble in (0x3, 0x3, 0x3, 0x2, 0x2, 0x8, 0x0, 0xF, 0x0, 0x1):
        write(vm, PORTB, nibble, PORTA, 0, PORTA, 2, PORTA, 0)
        settle(vm)
    for nibble in (0x4, 0x1):
        write(vm, PORTB, nibble, PORTA, 1, PORTA, 3, PORTA, 1)
        settle(vm)
    assert vm.lcd.text[0].strip() == "A"


def test_the_module_and_its_colours_can_be_chosen():
    vm = board(lcd_module="20x4", lcd_palette="blue")
    assert (vm.lcd.columns, vm.lcd.rows) == (20, 4)
    assert tuple(vm.lcd.screen.palette[0]) == (0x1B, 0x33, 0xC8)


def test_without_an_lcd_there_is_none():
    vm = board(lcd="none")
    vm.tick()
    assert vm.lcd is None
    assert "lcd" not in vm.devices
    assert vm.screen is vm.devices["board_screen"]


def test_the_wirings_have_the_names_that_the_chips_know():
    """The names of `retrovm.chips` and `retrovm.machines` mean the same lines in the machine file."""
    parse = {option.name: option.parse for option in registry.machine("eater").options}
    for name, wiring in hd44780.WIRINGS.items():
        assert dict(parse["lcd"](name).ends) == {signal: f"via.{line}" for signal, line in wiring.items()}
    for name, wiring in sd_wiring.WIRINGS.items():
        assert dict(parse["sd"](name).ends) == {signal: f"via.{getattr(wiring, signal)}" for signal in sd_wiring.SIGNALS}


@pytest.mark.parametrize(("options", "message"), [
    ({"lcd": "8bit"}, "or one of 8-bit, 4-bit; did you mean 8-bit"),
    ({"lcd": "rs=pa5 rw=pa6 e=pc7"}, "e=pc7: no chip above this one has a line 'pc7'"),
    ({"lcd": "rs=pa5 wr=pa6"}, "wr=pa6: there is no signal 'wr'; there are: d0"),
    ({"lcd": "rs=pa5 rs=pa6"}, "rs=pa6 is the second wire of rs"),
    ({"sd": "gfot"}, "did you mean gfoot"),
    ({"via": "none"}, "acia is wired to via.pa0, and via is left out: leave out its rts as well"),
    ({"via": "none", "rts": "none"}, "buttons is wired to via.pa0, and via is left out: leave out buttons as well"),
    ({"acia": "bord"}, "did you mean board"),
    ({"lcd_module": "17x9"}, "a display module is called 16x2"),
    ({"lcdd": "none"}, "no option 'lcdd'; did you mean lcd"),
])
def test_what_cannot_be_is_an_error_with_the_nearest_names(options, message):
    with pytest.raises(OptionError) as caught:
        board(**options)
    assert message in str(caught.value)


def test_without_a_via_nothing_of_it_is_there():
    vm = board(via="none", lcd="none", buttons="none", leds="none", sd="none", rts="none")
    vm.tick()
    assert not {"via", "lcd", "buttons", "leds"} & set(vm.devices)
    assert [port.name for port in vm.spec.ports_for(vm.options)] == ["serial"]


# --- buttons and LEDs -----------------------------------------------------------------------------------------------------


def test_five_buttons_are_on_pa0_to_pa4_and_one_on_ca1():
    vm = board()
    for bit in range(5):
        assert vm.memory.read(PORTA) & 0x1F == 0x1F
        vm.button_press(f"b{bit}")
        vm.tick()
        assert vm.memory.read(PORTA) & 0x1F == 0x1F & ~(1 << bit)
        vm.button_release(f"b{bit}")
        vm.tick()
    write(vm, PCR, 0)
    vm.button("irq")
    vm.tick()
    assert vm.memory.read(IFR) & 0x02


def test_the_host_has_keys_for_all_buttons():
    ports = {port.name: port for port in registry.machine("eater").ports}
    assert {button.name: button.keys for button in ports["pad"].buttons} == {
        "b0": ("Digit1",), "b1": ("Digit2",), "b2": ("Digit3",), "b3": ("Digit4",), "b4": ("Digit5",), "irq": ("Space",)}


def test_a_button_of_another_name_is_an_error():
    with pytest.raises(UnknownNameError, match="no button 'b9'; there are: b0, b1"):
        board().button_press("b9")


def test_buttons_may_lead_elsewhere_or_be_left_out():
    vm = board(buttons="b0=pb0 irq=cb1", lcd="none")
    vm.button_press("b0")
    vm.tick()
    assert not vm.memory.read(PORTB) & 1
    with pytest.raises(UnknownNameError):
        board(buttons="none").button_press("b0")


def test_leds_show_what_the_program_drives():
    vm = board()
    write(vm, DDRA, 0x0F, PORTA, 0x05)
    assert [name for name, lit in vm.leds.items() if lit] == ["d0", "d2"]
    vm = board(leds="port-b", lcd="none")
    write(vm, DDRB, 0xFF, PORTB, 0x80)
    assert vm.leds["d7"]
    assert board(leds="none").leds == {}


# --- the SD card ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(bytes(i * 31 & 0xFF for i in range(512 * 64)))
    return path


@pytest.mark.parametrize(("wiring", "options"), [
    ("gfoot", {}), ("llvm-mos", {"lcd": "4-bit"}), ("cs=pb4 sclk=pb5 di=pb6 do=pb7", {"lcd": "none"})])
def test_a_card_is_wired_to_the_via(image, wiring, options):
    vm = board(disk=f"{image}:readonly", sd=wiring, buttons="irq", leds="none", **options)
    ends = {signal: line for signal, _, line in vm.options["sd"]}

    class Lines:
        """The card's signals on the ports of the VIA, from the host's side."""

        def port(self, signal):
            line = ends[signal]
            via = vm.devices["via"]
            return (via.port_a if line[1] == "a" else via.port_b), line

        def __getitem__(self, signal):
            port, line = self.port(signal)
            return port[line]

        def __setitem__(self, signal, level):
            port, line = self.port(signal)
            port[line] = level

    host = Host(Lines())
    assert host.start() == "sdsc"
    assert host.read(512 * 5) == image.read_bytes()[512 * 5:512 * 6]
    assert not vm.disks["disk"].writable


def test_without_a_disk_there_is_no_card(image):
    vm = board()
    assert "card" not in vm.devices
    assert vm.disks == {}
    assert "card" in board(disk=f"{image}:overlay").devices


@pytest.mark.parametrize("mode", ["", ":overlay", ":readonly"])
def test_the_command_line_puts_a_card_in(image, mode, capsys):
    before = image.read_bytes()
    assert main(["run", "eater/hello", "--disk", f"{image}{mode}", "--frames", "10"]) == 0
    others = ["-o", "sd=llvm-mos", "-o", "lcd=4-bit", "--frames", "2"]
    assert main(["run", "--machine", "eater", "--disk", f"{image}{mode}", *others]) == 0
    assert image.read_bytes() == before
    assert main(["run", "eater/hello", "--disk", f"{image}.missing{mode}", "--frames", "1"]) == 2
    assert "missing" in capsys.readouterr().err


def test_a_copy_of_the_machine_has_an_overlay(image):
    vm = board(disk=str(image))
    twin = vm.clone()
    assert twin.options["disk"].mode == "overlay"
    assert twin.disks["disk"].read_sectors(3) == image.read_bytes()[512 * 3:512 * 4]


# --- picture and state ----------------------------------------------------------------------------------------------------


def test_the_screen_is_a_picture_of_the_board():
    vm = program("hello")
    vm.tick(20)
    assert vm.screen is vm.devices["board_screen"]
    assert vm.lcd.screen is not vm.screen
    width, height = vm.screen.size
    assert width > vm.lcd.screen.size[0]
    assert height > vm.lcd.screen.size[1]


@pytest.mark.parametrize("options", [
    {}, {"lcd": "4-bit", "via": "narrow"}, {"lcd": "rs=pb4 rw=low e=pb6 d4=pb0 d5=pb1 d6=pb2 d7=pb3", "leds": "none"},
    {"lcd": "none", "buttons": "irq=cb1", "acia": "none"}])
def test_a_saved_machine_goes_on_as_it_was_with_any_options(options):
    vm = program("button", **options)
    vm.tick(20)
    if "buttons" not in options:
        vm.button("irq", 2)
    vm.run(12_345)
    state = vm.save_state()
    other = program("button", **options)
    other.load_state(state)
    twin, pickled = vm.clone(), pickle.loads(pickle.dumps(vm))
    for each in (vm, other, twin, pickled):
        each.tick(20)
    assert vm.state_hash() == other.state_hash() == twin.state_hash() == pickled.state_hash()
    assert (vm.screen.ndarray == other.screen.ndarray).all()


def test_a_state_of_another_wiring_is_refused():
    from retrovm.errors import StateError

    state = program("hello", lcd="4-bit").save_state()
    with pytest.raises(StateError, match="other options"):
        program("hello").load_state(state)
