"""The memory of a machine as a sequence of bytes.

    memory[0x0200]                    a byte, looked at without any side effect
    memory[0x0200:0x0300]             bytes
    memory[0x0200] = 1                a stored byte, changed without any side effect
    memory[0x0200:0x0203] = b"abc"    as many bytes as there are addresses
    memory[0x0200:0x0300] = 0         the same byte everywhere
    memory.read(0xD012)               a real access of the bus, with all that it does to the device there
    memory.write(0xD020, 0)
"""

from numbers import Integral

from retrovm.core.bus cimport Bus

from retrovm.core.errors import AddressError, ArgumentError


cdef class MemoryView:
    """What a processor sees at its addresses, from 0 up.

    Addresses are not negative and a range does not leave the address space: `AddressError`. A value is a byte:
    `ArgumentError`, as for an address where nothing is stored that could be changed.
    """

    cdef Bus bus

    def __init__(self, Bus bus not None):
        self.bus = bus

    def __len__(self):
        return self.bus.size

    def __repr__(self):
        return f"<MemoryView of {self.bus.name}: {len(self)} bytes>"

    def __iter__(self):
        return iter(self[:])

    def __bytes__(self):
        return self[:]

    def __getitem__(self, key):
        if isinstance(key, slice):
            start, stop = self._range(key)
            content = self.bus.peek_bytes(start, stop - start)
            return content[:: key.step]
        return self.bus.peek_bytes(self._address(key), 1)[0]

    def __setitem__(self, key, value):
        if not isinstance(key, slice):
            self.bus.poke_bytes(self._address(key), bytes([_byte(value)]))
            return
        start, stop = self._range(key)
        if key.step not in (None, 1):
            raise ArgumentError(f"memory is changed in ranges without a step, not in steps of {key.step}")
        if isinstance(value, Integral):
            data = bytes([_byte(value)]) * (stop - start)
        else:
            try:
                data = bytes(value)
            except (TypeError, ValueError) as error:
                raise ArgumentError(f"memory takes bytes, or integers from 0 to 255: {error}") from None
        if len(data) != stop - start:
            raise ArgumentError(f"{len(data)} bytes do not fit into the {stop - start} addresses "
                                f"${start:04X}-${stop - 1:04X}; memory cannot grow or shrink")
        self.bus.poke_bytes(start, data)

    def read(self, address):
        """A read as the processor makes it, at the present time, with every side effect."""
        value = self.bus.read(self._address(address))
        return value

    def write(self, address, value):
        """A write as the processor makes it, at the present time, with every side effect."""
        self.bus.write(self._address(address), _byte(value))

    def _address(self, key):
        try:
            address = key.__index__()
        except AttributeError:
            raise ArgumentError(f"an address is an integer or a range of them, not {key!r}") from None
        if not 0 <= address < len(self):
            raise AddressError(f"{_hex(address)} is outside {self.bus.name}: its addresses are "
                               f"$0000-${len(self) - 1:04X}")
        return address

    def _range(self, key):
        start = 0 if key.start is None else key.start
        stop = len(self) if key.stop is None else key.stop
        if key.step is not None and key.step < 1:
            raise ArgumentError(f"a range of memory goes upwards, not in steps of {key.step}")
        if not 0 <= start <= stop <= len(self):
            raise AddressError(f"{_hex(start)} up to {_hex(stop)} is no range inside {self.bus.name}: its addresses "
                               f"are $0000-${len(self) - 1:04X}")
        return start, stop


def _byte(value):
    if not isinstance(value, Integral) or not 0 <= value <= 0xFF:      # numpy's integers are Integral and no int
        raise ArgumentError(f"a byte is an integer from 0 to 255, not {value!r}")
    return int(value)


def _hex(address):
    return f"-${-address:X}" if address < 0 else f"${address:04X}"
