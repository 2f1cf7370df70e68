"""Blocks of memory: all of them, and nothing beside them."""

from hypothesis import given

from retrovm.testing.strategies import byte, data, word

SOURCE, TARGET = 0x5000, 0x6000


@given(content=data(largest=700))
def test_memcpy_copies_every_byte_and_no_other(make_vm, content):
    vm = make_vm()
    vm.poke(SOURCE, content)
    vm.poke("src", SOURCE, "word")
    vm.poke("dst", TARGET, "word")
    vm.poke("count", len(content), "word")
    vm.guard_reads()
    vm.guard_writes("src", "dst", range(TARGET, TARGET + max(len(content), 1)))
    vm.call("memcpy")
    assert vm.peek(TARGET, len(content)) == content


@given(value=byte(), count=word(last=700))
def test_memset_fills_a_block(make_vm, value, count):
    vm = make_vm()
    vm.poke(TARGET, bytes([value ^ 0xFF]) * (count + 1))
    vm.poke("dst", TARGET, "word")
    vm.poke("count", count, "word")
    vm.call("memset", a=value)
    assert vm.peek(TARGET, count + 1) == bytes([value]) * count + bytes([value ^ 0xFF])


def test_a_page_is_copied_at_17_cycles_a_byte(vm):
    for name, value in {"src": SOURCE, "dst": TARGET, "count": 256}.items():
        vm.poke(name, value, "word")
    assert vm.call("memcpy").cycles <= 17 * 256
