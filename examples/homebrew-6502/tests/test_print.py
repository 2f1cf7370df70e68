"""What is printed: CHROUT is no part of the library, so a function of Python stands for it."""

import pytest
from hypothesis import given

from retrovm.testing.strategies import word


def printed(vm, routine):
    """What a routine sends through CHROUT, which may leave A as it likes."""
    out = bytearray()

    def chrout(vm):
        out.append(vm.cpu.registers["a"])
        return {"a": 0}

    with vm.patch("CHROUT", chrout):
        vm.call(routine)
    return out.decode("ascii")


@given(number=word())
def test_a_number_is_printed_as_python_does(make_vm, number):
    vm = make_vm()
    vm.poke("num1", number, "word")
    assert printed(vm, "print_decimal") == str(number)


@pytest.mark.parametrize("text", ["", "HELLO, WORLD", "A" * 255])
def test_a_text_is_printed_up_to_its_zero_byte(vm, text):
    vm.poke("src", 0x5000, "word")
    vm.poke(0x5000, text)
    assert printed(vm, "print_text") == text


def test_a_number_is_printed_by_a_call_for_each_digit(vm):
    vm.poke("num1", 4030, "word")
    with vm.patch("CHROUT") as chrout:
        vm.call("print_decimal")
    assert [call["a"] for call in chrout.calls] == [ord(digit) for digit in "4030"]
