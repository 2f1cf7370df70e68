"""Any bytes as a program: every machine refuses them with a typed error, or runs them."""

import hostile
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm import bundled, registry
from retrovm.cpu import chip8

MACHINES = tuple(registry.machines())


def run(id, data, name, **options):
    """Makes a machine of bytes and runs it, with whatever buttons it has; or a typed error."""
    with hostile.no_hang():
        try:
            vm = retrovm.create(id, data, name=name, **options)
        except retrovm.RetroVMError as error:
            assert str(error)
            return
        for _ in range(3):
            vm.tick()
        for port in vm.ports.groups.values():
            for button in getattr(port, "names", ()):
                vm.button(button)
        if vm.serial is not None:
            vm.serial.send(data[:16])
        vm.tick()
        saved = vm.save_state()
        vm.tick()
        expected = vm.state_hash()
        vm.load_state(saved)
        vm.tick()
        assert vm.state_hash() == expected


def demo(id):
    program = registry.machine(id).demo
    return b"" if program is None else bundled.program(program).file.read_bytes()


def name(id):
    program = registry.machine(id).demo
    return "program.bin" if program is None else bundled.program(program).file.name


@pytest.mark.parametrize("id", MACHINES)
@given(data=st.binary(min_size=1, max_size=4096))
def test_noise_runs_or_is_refused(id, data):
    run(id, data, name(id))


@pytest.mark.parametrize("id", MACHINES)
@given(edits=hostile.EDITS)
def test_a_damaged_program_runs_or_is_refused(id, edits):
    run(id, hostile.edited(demo(id), edits), name(id))


@given(data=st.binary(min_size=1, max_size=2048), org=st.integers(0, 0x7FFF))
def test_noise_as_6502_code_runs(data, org):
    run("sbc6502", data, "noise.bin", org=org, start=org)


@given(data=st.binary(max_size=600), suffix=st.sampled_from([".ch8", ".bin", ".hex", ".s19", ".zip", ""]))
def test_detection_of_noise_is_an_answer_or_a_typed_error(data, suffix):
    try:
        targets = retrovm.detect(data, name=f"noise{suffix}")
    except retrovm.RetroVMError as error:
        assert str(error)
        return
    assert all(0 <= target.confidence <= 1 and target.reason for target in targets)


@given(data=st.lists(st.sampled_from(
    "0010 0011 00B3 00C5 00E0 00FB 00FC 00FE 00FF 0112 02FF 0203 0300 0307 0400 0405 0580 0600 0601 0700 0801 0804 0805 "
    "0900 09FF A300 D01A F055 F165 F21E F329 F430 60C0 71FD 7203 F018 3005 1202".split()), max_size=200),
    noise=st.binary(max_size=3000))
def test_any_instructions_of_megachip8_in_any_order_run(data, noise):
    with hostile.no_hang():
        vm = retrovm.create("chip8", bytes.fromhex("0011" + "".join(data)) + noise, name="program.ch8",
                            variant="megachip8", tickrate=500)
        vm.tick(10)
        again = vm.clone()
        vm.tick(5)
        again.tick(5)
        assert again.state_hash() == vm.state_hash()
        assert vm.screen.ndarray.shape[:2] == vm.screen.size[::-1]


@pytest.mark.parametrize("variant", chip8.VARIANTS)
@given(data=st.one_of(st.binary(min_size=1, max_size=3000), st.binary(min_size=3000, max_size=65536)),
       flags=st.dictionaries(st.sampled_from(chip8.FLAGS), st.booleans()), keys=st.integers(0, 0xFFFF))
def test_any_bytes_run_on_any_chip8_or_are_refused(variant, data, flags, keys):
    with hostile.no_hang():
        try:
            vm = retrovm.create("chip8", data, name="program.ch8", format="ch8", variant=variant, tickrate=500,
                                **flags)
        except retrovm.RetroVMError as error:
            assert "bytes" in str(error) or "zip" in str(error)
            return
        for key in range(16):
            if keys >> key & 1:
                vm.button_press(f"{key:x}")
        vm.tick(30)
        for key in range(16):
            vm.button_release(f"{key:x}")
        vm.tick(30)
        assert vm.cpu.halted is None or vm.cpu.halted.strip()
        assert 0 <= vm.cpu.pc <= vm.cpu.bus.size - 2
        assert vm.screen.size[0] * vm.screen.size[1] in (2048, 4096, 8192, 49152)
        assert vm.cpu.cycles == 60 * 500
