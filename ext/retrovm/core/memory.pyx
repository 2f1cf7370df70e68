"""Memory: bytes that a bus lets the processor reach without asking anyone.

A page of memory costs nothing but the access itself. The device interface of `Memory` serves the same bytes where a
page is watched, shared with another part, or written although it is read-only.
"""

from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset
from retrovm.core.types cimport likely

from retrovm.core.errors import ArgumentError, StateError


cdef inline uint32_t place(Memory memory, uint32_t addr) noexcept nogil:
    # A bus asks for nothing outside, and a division would take longer than all the rest of an access.
    return addr if likely(addr < memory.size) else addr % memory.size


cdef class Memory(Device):
    """Bytes at addresses from 0.

    Parameters
        name      as in every device
        size      in bytes, or `contents` gives it
        contents  what it holds at power-on; shorter than `size` is filled up with `fill`
        writable  False for ROM: writes of the machine are ignored, and only a poked one is part of a snapshot
        fill      the byte of the rest, 0 to 255
    """

    def __init__(self, str name, size=None, contents=b"", bint writable=True, int fill=0):
        super().__init__(name)
        contents = bytes(contents)
        size = len(contents) if size is None else size
        if not 0 < size <= 1 << 28:
            raise ArgumentError(f"memory {name}: a size of 1 byte to 256 MiB is possible, not {size}")
        if len(contents) > size:
            raise ArgumentError(f"memory {name}: {len(contents)} bytes do not fit into {size}")
        if not 0 <= fill <= 255:
            raise ArgumentError(f"memory {name}: fill is a byte, not {fill}")
        self.size = size
        self.writable = writable
        self.fill = fill
        self.contents = contents
        self.image = <const uint8_t *> <const char *> self.contents
        self.image_size = <uint32_t> len(contents)
        self.data = <uint8_t *> calloc(size, 1)
        if self.data == NULL:
            raise MemoryError
        self.reset(True)

    def __dealloc__(self):
        free(self.data)

    def __len__(self):
        return self.size

    def __bytes__(self):
        return (<char *> self.data)[:self.size]

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        return self.data[place(self, addr)]

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        if self.writable:
            self.data[place(self, addr)] = value

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return self.data[place(self, addr)]

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        self.patched = self.patched or (not self.writable and self.data[place(self, addr)] != value)
        self.data[place(self, addr)] = value
        return True

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on and not self.patched:
            memcpy(self.data, self.image, self.image_size)
            memset(self.data + self.image_size, self.fill, self.size - self.image_size)

    cdef int sync(self, State state) except -1:
        cdef bytes found
        Device.sync(self, state)
        if self.writable:
            return state.block("data", self.data, self.size)
        # A ROM is part of the machine, not of its state, until somebody pokes it.
        found = state.blob("patched", bytes(self) if self.patched else b"")
        if len(found) not in (0, self.size):
            raise StateError(f"{self.name}.patched: a ROM of {self.size} bytes cannot become {len(found)} bytes")
        if state.loading:
            self.patched = len(found) != 0
            if self.patched:
                memcpy(self.data, <const char *> found, self.size)
            else:
                self.reset(True)
        return 0
