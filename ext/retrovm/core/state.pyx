"""One visitor for everything that is done with the state of a machine: save, check, load, dump.

A device names its fields once, in `Device.sync`; what happens to them is the visitor's business:

    Saver    writes them to bytes
    Loader   reads them back; with `loading` false it only checks that it could, so that a load
             that would fail is found before the first field is changed
    Dumper   collects them in a dictionary, to be read by people and compared by tests

The bytes are a sequence of fields, little-endian on every host:

    "<" name                  a part begins
    ">"                       it ends
    kind name width count data    kind "u" unsigned, "i" signed, "b" bytes, "x" bytes of any length
"""

from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memcpy
from retrovm.core.errors import ArgumentError, StateError


cdef class State:
    cdef int enter(self, str part) except -1:
        """A part begins; `leave` ends it."""
        return 0

    cdef int leave(self) except -1:
        return 0

    cdef int field(self, str key, char kind, void *data, size_t width, size_t count, uint64_t most) except -1:
        """`count` integers of `width` bytes, none above `most`. Every other method comes down to this one."""
        raise NotImplementedError

    cdef int flag(self, str key, bint *value) except -1:
        cdef uint8_t byte = value[0] != 0
        self.field(key, b"u", &byte, 1, 1, 1)
        value[0] = byte
        return 0

    cdef int u8(self, str key, uint8_t *value, uint64_t most=0xFF) except -1:
        return self.field(key, b"u", value, 1, 1, most)

    cdef int u16(self, str key, uint16_t *value, uint64_t most=0xFFFF) except -1:
        return self.field(key, b"u", value, 2, 1, most)

    cdef int u32(self, str key, uint32_t *value, uint64_t most=0xFFFFFFFF) except -1:
        return self.field(key, b"u", value, 4, 1, most)

    cdef int u64(self, str key, uint64_t *value, uint64_t most=0xFFFFFFFFFFFFFFFF) except -1:
        return self.field(key, b"u", value, 8, 1, most)

    cdef int i32(self, str key, int *value, int64_t least, int64_t most) except -1:
        """A signed integer between `least` and `most`, both included."""
        cdef uint64_t above = <uint64_t> (<int64_t> value[0] - least)
        self.field(key, b"i", &above, 8, 1, <uint64_t> (most - least))
        value[0] = <int> (<int64_t> above + least)
        return 0

    cdef int i64(self, str key, int64_t *value) except -1:
        return self.field(key, b"i", value, 8, 1, 0xFFFFFFFFFFFFFFFF)

    cdef int block(self, str key, void *data, size_t size) except -1:
        """Bytes of a fixed number."""
        return self.field(key, b"b", data, 1, size, 0xFF)

    cdef int words(self, str key, void *data, size_t width, size_t count) except -1:
        """`count` unsigned integers of `width` bytes."""
        return self.field(key, b"u", data, width, count, 0xFFFFFFFFFFFFFFFF)

    cdef bytes blob(self, str key, bytes value):
        """Bytes of a number that may change. Returns what the field holds now: assign it when `loading`."""
        raise NotImplementedError


cdef bint little_endian() noexcept nogil:
    cdef uint16_t one = 1
    return (<uint8_t *> &one)[0] == 1


cdef void swap(uint8_t *to, const uint8_t *source, size_t width, size_t count) noexcept nogil:
    """Reverses the bytes of each integer: the byte order of the file on a host of the other order."""
    cdef size_t i, b
    for i in range(count):
        for b in range(width):
            to[i * width + b] = source[i * width + width - 1 - b]


cdef uint64_t integer(const uint8_t *data, size_t width) noexcept nogil:
    cdef uint64_t value = 0
    cdef size_t b
    for b in range(width):
        value |= <uint64_t> data[b] << (8 * b)
    return value


cdef class Saver(State):
    """Writes fields to bytes: `machine.sync(saver)`, then `saver.result()`."""

    def __dealloc__(self):
        free(self.data)

    cdef int put(self, const void *data, size_t size) except -1:
        cdef size_t room
        cdef void *grown
        if self.size + size > self.room:
            room = 2 * (self.size + size) + 256
            grown = realloc(self.data, room)
            if grown == NULL:
                raise MemoryError
            self.data = <uint8_t *> grown
            self.room = room
        memcpy(self.data + self.size, data, size)
        self.size += size
        return 0

    cdef int header(self, char kind, str key) except -1:
        cdef bytes name = key.encode()
        cdef uint8_t length
        if len(name) > 255:
            raise ArgumentError(f"the name of a state field has {len(name)} bytes; at most 255 fit: {key}")
        length = <uint8_t> len(name)
        self.put(&kind, 1)
        self.put(&length, 1)
        return self.put(<const char *> name, length)

    cdef int enter(self, str part) except -1:
        return self.header(b"<", part)

    cdef int leave(self) except -1:
        cdef char kind = b">"
        return self.put(&kind, 1)

    cdef int field(self, str key, char kind, void *data, size_t width, size_t count, uint64_t most) except -1:
        cdef uint8_t head[5]
        cdef size_t at
        self.header(kind, key)
        head[0] = <uint8_t> width
        for at in range(4):
            head[1 + at] = <uint8_t> (count >> (8 * at))
        self.put(head, 5)
        at = self.size
        self.put(data, width * count)
        if not little_endian() and width > 1:
            swap(self.data + at, <const uint8_t *> data, width, count)
        return 0

    cdef bytes blob(self, str key, bytes value):
        self.field(key, b"x", <void *> <const char *> value, 1, len(value), 0xFF)
        return value

    def result(self):
        """The fields so far, as bytes."""
        return (<char *> self.data)[:self.size]


cdef class Loader(State):
    """Reads what a `Saver` wrote into the same machine, or one that is made of the same parts.

    Parameters: `source` bytes; `loading` False only checks. Raises `StateError`, naming the field, when the bytes
    are not the state of this machine. After the visit, call `finish`.
    """

    def __init__(self, bytes source, bint loading):
        self.source = source
        self.data = <const uint8_t *> <const char *> source
        self.size = len(source)
        self.loading = loading
        self.path = []

    cdef const uint8_t *take(self, size_t size, str what) except NULL:
        cdef const uint8_t *here = self.data + self.at
        if self.size - self.at < size:
            raise StateError(f"the state ends at byte {self.size}, inside {self.where(what)}")
        self.at += size
        return here

    def where(self, key):
        return ".".join([*self.path, key])

    cdef int expect(self, char kind, str key) except -1:
        cdef bytes name = key.encode()
        cdef size_t at = self.at
        cdef const uint8_t *head = self.take(2, key)
        cdef const uint8_t *found
        cdef size_t length = head[1]
        if <char> head[0] != kind:
            raise StateError(f"{self.where(key)}: expected a field of kind {chr(kind)!r} at byte {at} of the state, "
                             f"found {chr(head[0])!r}")
        if length == 0:
            raise StateError(f"expected {self.where(key)} at byte {at} of the state, found a field without a name")
        found = self.take(length, key)
        if length != <size_t> len(name) or memcmp(found, <const char *> name, length) != 0:
            other = found[:length].decode("utf-8", "replace")
            raise StateError(f"expected {self.where(key)} at byte {at} of the state, found {other!r}")
        return 0

    cdef int enter(self, str part) except -1:
        self.expect(b"<", part)
        self.path.append(part)
        return 0

    cdef int leave(self) except -1:
        if <char> self.take(1, "the end")[0] != b">":
            raise StateError(f"{self.where('the end')}: the state has more fields here than the machine")
        self.path.pop()
        return 0

    cdef int field(self, str key, char kind, void *data, size_t width, size_t count, uint64_t most) except -1:
        cdef const uint8_t *head
        cdef const uint8_t *found
        cdef uint64_t value
        cdef size_t i
        self.expect(kind, key)
        head = self.take(5, key)
        if head[0] != width or integer(head + 1, 4) != count:
            raise StateError(f"{self.where(key)}: expected {count} x {width} bytes, "
                             f"found {integer(head + 1, 4)} x {head[0]}")
        if width * count == 0:
            return 0
        found = self.take(width * count, key)
        if kind != b"b" and most < (<uint64_t> 0xFFFFFFFFFFFFFFFF >> (64 - 8 * width)):
            for i in range(count):
                value = integer(found + i * width, width)
                if value > most:
                    raise StateError(f"{self.where(key)}: {value} is above {most}, the most that this field can be")
        if self.loading:
            if little_endian() or width == 1:
                memcpy(data, found, width * count)
            else:
                swap(<uint8_t *> data, found, width, count)
        return 0

    cdef bytes blob(self, str key, bytes value):
        cdef const uint8_t *head
        cdef size_t count
        self.expect(b"x", key)
        head = self.take(5, key)
        count = integer(head + 1, 4)
        if head[0] != 1:
            raise StateError(f"{self.where(key)}: expected bytes, found units of {head[0]} bytes")
        if count == 0:
            return b""
        return (<const char *> self.take(count, key))[:count]

    def finish(self):
        """Raises `StateError` when bytes are left over."""
        if self.at != self.size:
            raise StateError(f"{self.size - self.at} bytes follow the last field of the state")


cdef class Dumper(State):
    """Collects fields as {"part.key": int | list[int] | bytes}."""

    def __init__(self):
        self.fields = {}
        self.path = []

    cdef int enter(self, str part) except -1:
        self.path.append(part)
        return 0

    cdef int leave(self) except -1:
        self.path.pop()
        return 0

    cdef int field(self, str key, char kind, void *data, size_t width, size_t count, uint64_t most) except -1:
        cdef const uint8_t *source = <const uint8_t *> data
        cdef size_t i, b
        cdef uint64_t value
        cdef list values = []
        if kind == b"b":
            found = source[:count]
        else:
            for i in range(count):
                value = 0
                for b in range(width):
                    value |= <uint64_t> source[i * width + (b if little_endian() else width - 1 - b)] << (8 * b)
                values.append(value if kind == b"u" or width < 8 else <int64_t> value)
            found = values[0] if count == 1 else values
        self.fields[".".join([*self.path, key])] = found
        return 0

    cdef bytes blob(self, str key, bytes value):
        self.fields[".".join([*self.path, key])] = value
        return value
