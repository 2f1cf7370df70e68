"""Storage in sectors of 512 bytes: what a card, a drive or a controller reads and writes, without the GIL."""

cimport cython
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef enum:
    SECTOR = 512                      # bytes


cdef class SectorMap:
    cdef uint64_t *numbers            # of the sectors, in the order of their arrival
    cdef uint8_t *data                # what they hold
    cdef uint32_t *table              # open addressing: 1 + a sector's place in `numbers`; 0 is free
    cdef size_t count, room           # the table has twice as many places as there is room
    cdef size_t slot(self, uint64_t sector) noexcept nogil
    cdef uint8_t *find(self, uint64_t sector) noexcept nogil
    cdef bint put(self, uint64_t sector, const uint8_t *source) noexcept nogil
    cdef bint grow(self) noexcept nogil
    cdef void clear(self) noexcept nogil
    cdef bytes pack(self)
    cdef int unpack(self, bytes packed) except -1


cdef class Disk(Device):
    cdef readonly uint64_t sectors    # not state: the size of the medium
    cdef readonly bint writable       # not state: wiring
    cdef bint fetch(self, uint64_t sector, uint8_t *data) noexcept nogil
    cdef bint store(self, uint64_t sector, const uint8_t *data) noexcept nogil


cdef class ImageFile:
    cdef readonly str path
    cdef readonly uint64_t sectors
    cdef readonly bint writable
    cdef int handle                   # of the operating system; -1 when closed
    cdef int users                    # `Image`s that have not been closed
    cdef bint dirty                   # written to since the last flush
    cdef bint measured                # `total` is right
    cdef uint64_t total               # the identity of the contents, kept up to date by every write
    cdef void *views                  # the first of the `Image`s that go on seeing this file as it was
    cdef cython.pymutex lock
    cdef int read_sector(self, uint64_t sector, uint8_t *data) noexcept nogil
    cdef int write_sector(self, uint64_t sector, const uint8_t *data) noexcept nogil
    cdef int measure(self) noexcept nogil
    cdef uint64_t identity(self) except? 0


cdef class Image(Disk):
    cdef readonly ImageFile file      # not state: the host's
    cdef readonly bint overlay        # not state: wiring
    cdef SectorMap changes            # what the guest has written, with an overlay
    cdef SectorMap kept               # not state: what the file held before another machine wrote to it
    cdef void *next_view              # not state: the list of `file.views`
    cdef bint viewing                 # not state: in that list; then `base` is what the file was
    cdef uint64_t base                # not state: the identity of the file when this view of it was made
    cdef bint opened                  # not state: the host's, false once it is closed
    cdef int error                    # not state: the host's, the errno of the last failure
    cdef object keeper                # not state: the host's, keeps `changes` in a file; or None

    cdef uint64_t identity(self) except? 0
    cdef int recall(self, uint64_t sector, uint8_t *data) noexcept nogil
    cdef bint keep(self, uint64_t sector, const uint8_t *data) noexcept nogil
    cdef bint noted(self, int error) noexcept nogil
    cdef void look_away(self) noexcept nogil
    cdef int put_back(self, uint64_t sectors, uint64_t base, bytes packed) except -1
