"""One visitor for everything that is done with the state of a machine: save, check, load, dump."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t


cdef class State:
    cdef readonly bint loading
    """True while fields are written into the machine; then derived data is rebuilt in `Device.restored`."""
    cdef int enter(self, str part) except -1
    cdef int leave(self) except -1
    cdef int field(self, str key, char kind, void *data, size_t width, size_t count, uint64_t most) except -1
    cdef int flag(self, str key, bint *value) except -1
    cdef int u8(self, str key, uint8_t *value, uint64_t most=*) except -1
    cdef int u16(self, str key, uint16_t *value, uint64_t most=*) except -1
    cdef int u32(self, str key, uint32_t *value, uint64_t most=*) except -1
    cdef int u64(self, str key, uint64_t *value, uint64_t most=*) except -1
    cdef int i32(self, str key, int *value, int64_t least, int64_t most) except -1
    cdef int i64(self, str key, int64_t *value) except -1
    cdef int block(self, str key, void *data, size_t size) except -1
    cdef int words(self, str key, void *data, size_t width, size_t count) except -1
    cdef bytes blob(self, str key, bytes value)


cdef class Saver(State):
    cdef uint8_t *data
    cdef size_t size, room
    cdef int put(self, const void *data, size_t size) except -1
    cdef int header(self, char kind, str key) except -1


cdef class Loader(State):
    cdef bytes source
    cdef const uint8_t *data
    cdef size_t at, size
    cdef list path
    cdef const uint8_t *take(self, size_t size, str what) except NULL
    cdef int expect(self, char kind, str key) except -1


cdef class Dumper(State):
    cdef readonly dict fields
    cdef list path
