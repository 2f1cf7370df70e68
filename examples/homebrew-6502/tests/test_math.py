"""Multiplication and division, against Python's."""

import pytest
from hypothesis import given

from retrovm.testing.strategies import byte, word


def test_three_times_four(vm):
    result = vm.call("multiply", a=3, x=4)
    assert (result.a, result.x) == (12, 0)
    assert result.cycles <= 220


@given(a=byte(), x=byte())
def test_multiply_gives_the_whole_product_in_time(make_vm, a, x):
    result = make_vm().call("multiply", a=a, x=x)
    assert result.a | result.x << 8 == a * x
    assert result.cycles <= 220


@given(one=word(), other=word())
def test_multiply16_gives_32_bits(make_vm, one, other):
    vm = make_vm()
    vm.poke("num1", one, "word")
    vm.poke("num2", other, "word")
    vm.call("multiply16")
    assert int.from_bytes(vm.peek("product", 4), "little") == one * other


@given(number=word(), by=word(first=1))
def test_divide16_gives_quotient_and_remainder(make_vm, number, by):
    vm = make_vm()
    vm.poke("num1", number, "word")
    vm.poke("num2", by, "word")
    result = vm.call("divide16")
    assert (vm.peek("num1", "word"), vm.peek("remainder", "word")) == divmod(number, by)
    assert not result.carry


def test_a_division_by_zero_is_told_and_changes_nothing(vm):
    vm.poke("num1", 1234, "word")
    vm.poke("num2", 0, "word")
    with vm.guard_writes():
        assert vm.call("divide16").carry
    assert vm.peek("num1", "word") == 1234


@pytest.mark.parametrize(("routine", "changed"), [
    ("multiply", ("num1", "num2")), ("multiply16", ("num1", "product")), ("divide16", ("num1", "remainder"))])
def test_a_routine_changes_what_it_says_and_reads_what_it_is_given(vm, routine, changed):
    vm.poke("num1", 0xABCD, "word")
    vm.poke("num2", 0x00EF, "word")
    vm.guard_writes(*changed)
    vm.guard_reads()
    vm.call(routine)
