"""Storage in sectors of 512 bytes: what a card, a drive or a controller reads and writes.

A chip holds a `Disk` and calls, without the GIL:

    disk.fetch(sector, data)    copies a sector into `data`; False when the host could not read it
    disk.store(sector, data)    writes one; False when it could not, or the disk is not writable

A sector is below `disk.sectors`; the chip says to its guest what lies outside. A disk is a device of its machine, so that
its state is saved with the others. `Image` is the disk whose contents are a file; subclass `Disk` for another kind.

What an `Image` does with a write:

    with an overlay     the changed sector becomes part of the machine's state; the file stays as it is
    without             it is written to the file at once, whole: one call of the operating system

A saved state says which contents of the file it belongs to, by a number that each write keeps up to date: the sum, over
all sectors, of a hash of their number and contents, in which a sector of zeros counts nothing. To load a state over other
contents is an error. The number is found out when it is first needed, which reads the file once.
"""

import os

cimport cython
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy
from libc.stdint cimport int64_t
from retrovm.core.errors import ArgumentError, StateError

cdef extern from *:
    """
    #include <errno.h>
    #ifdef _WIN32
    #include <io.h>
    #include <windows.h>
    #define retrovm_close _close
    static int retrovm_at(int handle, void *data, unsigned size, int64_t at, int writing) {
        OVERLAPPED place = {0};
        DWORD done = 0;
        HANDLE file = (HANDLE) _get_osfhandle(handle);
        BOOL good;
        place.Offset = (DWORD) at;
        place.OffsetHigh = (DWORD) (at >> 32);
        good = writing ? WriteFile(file, data, size, &done, &place) : ReadFile(file, data, size, &done, &place);
        if (!good && GetLastError() == ERROR_DISK_FULL) return ENOSPC;
        return good && done == size ? 0 : EIO;
    }
    #else
    #include <unistd.h>
    #define retrovm_close close
    static int retrovm_at(int handle, void *data, unsigned size, int64_t at, int writing) {
        unsigned done = 0;
        while (done < size) {
            ssize_t part = writing ? pwrite(handle, (char *) data + done, size - done, (off_t) (at + done))
                                   : pread(handle, (char *) data + done, size - done, (off_t) (at + done));
            if (part < 0 && errno == EINTR) continue;
            if (part < 0) return errno;
            if (part == 0) return EIO;                  /* the file has become shorter */
            done += (unsigned) part;
        }
        return 0;
    }
    #endif
    """
    int transfer "retrovm_at" (int handle, void *data, unsigned size, int64_t at, int writing) noexcept nogil
    int close_handle "retrovm_close" (int handle) noexcept nogil
    const int EBADF
    const int ENOMEM

cdef enum:
    CHUNK = 2048               # sectors that are read at once where the whole file is


@cython.overflowcheck(False)
cdef uint64_t mix(uint64_t value) noexcept nogil:
    """Spreads each bit over all (docs/references.md: splitmix)."""
    value = (value ^ (value >> 30)) * <uint64_t> 0xBF58476D1CE4E5B9
    value = (value ^ (value >> 27)) * <uint64_t> 0x94D049BB133111EB
    return value ^ (value >> 31)


@cython.overflowcheck(False)
cdef uint64_t hash_of(uint64_t sector, const uint8_t *data) noexcept nogil:
    """What a sector adds to the identity of the contents: 0 for one of zeros."""
    cdef uint64_t found, word
    cdef int i, b
    if data[0] == 0 and memcmp(data, data + 1, SECTOR - 1) == 0:
        return 0
    found = mix(sector + 1)
    for i in range(SECTOR // 8):
        word = 0
        for b in range(8):                     # little-endian on every host; the compiler makes one load of it
            word |= <uint64_t> data[8 * i + b] << (8 * b)
        found = (found ^ word) * <uint64_t> 0x9E3779B97F4A7C15
        found ^= found >> 29
    return mix(found)


@cython.overflowcheck(False)
cdef uint64_t difference(uint64_t sector, const uint8_t *old, const uint8_t *new) noexcept nogil:
    """What a write adds to the identity, modulo 2**64."""
    return hash_of(sector, new) - hash_of(sector, old)


@cython.overflowcheck(False)
cdef uint64_t added(uint64_t one, uint64_t other) noexcept nogil:
    return one + other


cdef class SectorMap:
    """Sectors by their number: those that differ from what is below."""

    def __dealloc__(self):
        self.clear()

    cdef size_t slot(self, uint64_t sector) noexcept nogil:
        """Where the table says the sector's place, or the free slot where it would."""
        cdef size_t mask = 2 * self.room - 1
        cdef size_t at = <size_t> mix(sector) & mask
        while self.table[at] and self.numbers[self.table[at] - 1] != sector:
            at = (at + 1) & mask
        return at

    cdef uint8_t *find(self, uint64_t sector) noexcept nogil:
        """What the sector holds, or NULL."""
        cdef uint32_t place
        if self.count == 0:
            return NULL
        place = self.table[self.slot(sector)]
        return self.data + <size_t> SECTOR * (place - 1) if place else NULL

    cdef bint put(self, uint64_t sector, const uint8_t *source) noexcept nogil:
        """Sets what the sector holds. False where no memory is left."""
        cdef uint8_t *here = self.find(sector)
        if here == NULL:
            if self.count == self.room and not self.grow():
                return False
            here = self.data + SECTOR * self.count
            self.numbers[self.count] = sector
            self.count = self.count + 1
            self.table[self.slot(sector)] = <uint32_t> self.count
        memcpy(here, source, SECTOR)
        return True

    cdef bint grow(self) noexcept nogil:
        cdef size_t room = 2 * self.room if self.room else 16
        cdef size_t i
        cdef void *grown
        cdef uint32_t *table
        if room > 1 << 30:                     # half a TiB
            return False
        grown = realloc(self.numbers, room * sizeof(uint64_t))
        if grown == NULL:
            return False
        self.numbers = <uint64_t *> grown
        grown = realloc(self.data, room * SECTOR)
        if grown == NULL:
            return False
        self.data = <uint8_t *> grown
        table = <uint32_t *> calloc(2 * room, sizeof(uint32_t))
        if table == NULL:
            return False
        free(self.table)
        self.table = table
        self.room = room
        for i in range(self.count):
            self.table[self.slot(self.numbers[i])] = <uint32_t> (i + 1)
        return True

    cdef void clear(self) noexcept nogil:
        free(self.numbers)
        free(self.data)
        free(self.table)
        self.numbers = NULL
        self.data = NULL
        self.table = NULL
        self.count = self.room = 0

    cdef bytes pack(self):
        """All sectors by ascending number, each as eight bytes, little-endian, and its contents."""
        cdef list order = sorted([(self.numbers[i], i) for i in range(self.count)])
        return b"".join([number.to_bytes(8, "little") + self.data[SECTOR * <size_t> i:SECTOR * (<size_t> i + 1)]
                         for number, i in order])

    cdef int unpack(self, bytes packed) except -1:
        """Sets the map to what `pack` gave."""
        cdef const uint8_t *data = packed
        cdef uint64_t number
        cdef size_t at
        cdef int b
        self.clear()
        for at in range(0, len(packed), 8 + SECTOR):
            number = 0
            for b in range(8):
                number |= <uint64_t> data[at + b] << (8 * b)
            if not self.put(number, data + at + 8):
                raise MemoryError
        return 0


cdef class Disk(Device):
    """A medium of `sectors` sectors. This one has none; `Image` has those of a file."""

    @property
    def size(self):
        """In bytes."""
        return SECTOR * self.sectors

    cdef bint fetch(self, uint64_t sector, uint8_t *data) noexcept nogil:
        return False

    cdef bint store(self, uint64_t sector, const uint8_t *data) noexcept nogil:
        return False

    def read_sectors(self, sector, count=1):
        """Sectors from number `sector` on, as bytes, as the guest sees them. Raises `ArgumentError`, `OSError`."""
        cdef uint8_t data[SECTOR]
        cdef list parts = []
        self.check(sector, count)
        for number in range(sector, sector + count):
            if not self.fetch(number, data):
                raise OSError(f"{self.name}: sector {number} cannot be read: {self.fault or 'the disk is closed'}")
            parts.append(data[:SECTOR])
        return b"".join(parts)

    def write_sectors(self, sector, data):
        """Writes whole sectors from number `sector` on, as the guest would. Raises `ArgumentError`, `OSError`."""
        cdef bytes content = bytes(data)
        cdef const uint8_t *source = content
        if len(content) % SECTOR:
            raise ArgumentError(f"{self.name}: whole sectors of {SECTOR} bytes are written, not {len(content):,} bytes")
        self.check(sector, len(content) // SECTOR)
        if not self.writable:
            raise ArgumentError(f"{self.name}: this disk is read-only")
        for i in range(len(content) // SECTOR):
            if not self.store(sector + i, source + SECTOR * <size_t> i):
                raise OSError(f"{self.name}: sector {sector + i} cannot be written: {self.fault or 'the disk is closed'}")

    def check(self, sector, count):
        """Raises `ArgumentError` for sectors that are not there."""
        if sector < 0 or count < 0 or sector + count > self.sectors:
            raise ArgumentError(f"{self.name}: it has sectors 0 to {self.sectors - 1}, not {sector} to {sector + count - 1}")

    @property
    def fault(self):
        """Why the host could not do what the guest has last asked for in vain: an `OSError`, or None."""
        return None


cdef class ImageFile:
    """An open file, whose contents are sectors. Every `Image` that shows it holds this one object.

    Parameters: `handle` of the operating system, which now belongs to this object; `path` for messages; `size` in
    bytes, a multiple of 512; `writable`.
    """

    def __init__(self, int handle, str path, size, bint writable):
        self.handle = handle
        self.path = path
        self.sectors = size // SECTOR
        self.writable = writable

    def __cinit__(self, *args):
        self.handle = -1

    def __dealloc__(self):
        if self.handle >= 0:
            close_handle(self.handle)

    @property
    def closed(self):
        return self.handle < 0

    def flush(self):
        """Waits until the host's disk has what was written: it then survives a crash of the host."""
        if self.dirty and self.handle >= 0:
            os.fsync(self.handle)
            self.dirty = False

    def close(self):
        """Flushes, and gives up the file and its lock."""
        if self.handle >= 0:
            self.flush()
            handle, self.handle = self.handle, -1
            os.close(handle)

    cdef int read_sector(self, uint64_t sector, uint8_t *data) noexcept nogil:
        """0, or an errno. With the lock held, as the next ones."""
        return EBADF if self.handle < 0 else transfer(self.handle, data, SECTOR, <int64_t> (sector * SECTOR), False)

    cdef int write_sector(self, uint64_t sector, const uint8_t *data) noexcept nogil:
        """Writes a sector in one call: a process that is killed has made this call or has not.

        The file is accessed through the host's cache, into which the call copies a sector, all of it within one page,
        before a signal can end the process. Views of the file as it was keep what is overwritten.
        """
        cdef uint8_t old[SECTOR]
        cdef void *each = self.views
        cdef int error
        if self.handle < 0:
            return EBADF
        if self.measured or self.views != NULL:
            error = self.read_sector(sector, old)
            if error:
                return error
        while each != NULL:
            if (<Image> each).kept.find(sector) == NULL and not (<Image> each).kept.put(sector, old):
                return ENOMEM
            each = (<Image> each).next_view
        error = transfer(self.handle, <void *> data, SECTOR, <int64_t> (sector * SECTOR), True)
        if error:
            self.measured = False              # nobody knows what is there now
            return error
        self.dirty = True
        if self.measured:
            self.total = added(self.total, difference(sector, old, data))
        return 0

    cdef int measure(self) noexcept nogil:
        """Finds out the identity of the contents."""
        cdef uint8_t *chunk
        cdef uint64_t sector = 0
        cdef uint64_t total = 0
        cdef uint64_t count, i
        cdef int error = 0
        if self.measured:
            return 0
        if self.handle < 0:
            return EBADF
        chunk = <uint8_t *> calloc(CHUNK, SECTOR)
        if chunk == NULL:
            return ENOMEM
        while sector < self.sectors and not error:
            count = min(<uint64_t> CHUNK, self.sectors - sector)
            error = transfer(self.handle, chunk, <unsigned> (SECTOR * count), <int64_t> (SECTOR * sector), False)
            for i in range(count):
                total = added(total, hash_of(sector + i, chunk + SECTOR * i))
            sector += count
        free(chunk)
        if not error:
            self.total = total
            self.measured = True
        return error

    cdef uint64_t identity(self) except? 0:
        """The identity of the contents; the caller has the lock. Raises `StateError`."""
        cdef int error = self.measure()
        if error:
            raise StateError(f"{self.path}: the disk image cannot be read, so no state can be saved or loaded: "
                             f"{os.strerror(error)}")
        return self.total


@cython.no_gc_clear                            # `__dealloc__` leaves the list of `file`
cdef class Image(Disk):
    """A disk whose contents are a file.

    Parameters
        name     as in every device
        file     the open file
        overlay  what the guest writes stays in the machine, and the file is as it was
        keeper   with an overlay, what keeps its sectors in a file of their own: `append(sector, data)` for each write,
                 `replace(packed)`, `flush()` and `close()`; or None
    """

    def __cinit__(self, *args, **kwargs):
        self.changes = SectorMap()
        self.kept = SectorMap()

    def __init__(self, str name, ImageFile file not None, *, bint overlay=False, keeper=None):
        super().__init__(name)
        if keeper is not None and not overlay:
            raise ArgumentError(f"{name}: only the changes of an overlay are kept in a file of their own")
        self.file = file
        self.overlay = overlay
        self.keeper = keeper
        self.sectors = file.sectors
        self.writable = overlay or file.writable
        self.opened = True
        file.users += 1
        if overlay and file.writable:          # another machine writes to it
            with file.lock:
                self.base = file.identity()
                self.next_view = file.views
                file.views = <void *> self
                self.viewing = True

    def __dealloc__(self):
        if self.opened:
            self.file.users -= 1
        if self.viewing:
            with self.file.lock:
                self.look_away()

    cdef void look_away(self) noexcept nogil:
        """Leaves the list of the file's views."""
        cdef void **link = &self.file.views
        while link[0] != <void *> self:
            link = &(<Image> link[0]).next_view
        link[0] = self.next_view
        self.viewing = False

    # --- the chip's side -----------------------------------------------------------------------------------------

    cdef int recall(self, uint64_t sector, uint8_t *data) noexcept nogil:
        """A sector as the file had it when this disk was opened. 0, or an errno."""
        cdef uint8_t *held
        if not self.opened:
            return EBADF
        with self.file.lock:
            held = self.kept.find(sector)
            if held == NULL:
                return self.file.read_sector(sector, data)
            memcpy(data, held, SECTOR)
            return 0

    cdef bint fetch(self, uint64_t sector, uint8_t *data) noexcept nogil:
        cdef uint8_t *held = self.changes.find(sector)
        if held != NULL:
            memcpy(data, held, SECTOR)
            return True
        return self.noted(self.recall(sector, data))

    cdef bint store(self, uint64_t sector, const uint8_t *data) noexcept nogil:
        if not self.writable:
            return False
        if not self.opened:
            return self.noted(EBADF)
        if self.overlay:
            return self.keep(sector, data)
        with self.file.lock:
            return self.noted(self.file.write_sector(sector, data))

    cdef bint keep(self, uint64_t sector, const uint8_t *data) noexcept nogil:
        """Puts a sector into the overlay, and into the file that keeps it."""
        if self.keeper is not None:
            with gil:
                try:
                    self.keeper.append(sector, data[:SECTOR])
                except OSError as error:
                    return self.noted(error.errno or EBADF)
        return self.noted(0 if self.changes.put(sector, data) else ENOMEM)

    cdef bint noted(self, int error) noexcept nogil:
        """True for 0; another errno is kept for `fault`."""
        if error:
            self.error = error
        return error == 0

    # --- the host's side -----------------------------------------------------------------------------------------

    @property
    def path(self):
        """The file, as it was named."""
        return self.file.path

    @property
    def fault(self):
        """Why the host could not do what the guest has last asked for in vain, at any time: an `OSError`, or None."""
        return OSError(self.error, os.strerror(self.error), self.file.path) if self.error else None

    @property
    def changed(self):
        """The numbers of the sectors in the overlay, ascending."""
        return tuple(sorted([self.changes.numbers[i] for i in range(self.changes.count)]))

    def drop(self):
        """Forgets the overlay: the disk is what the file is."""
        if self.keeper is not None:
            self.keeper.replace(b"")
        self.changes.clear()

    def fill(self, bytes packed not None):
        """Begins with these sectors in the overlay, as `packed` gives them."""
        self.changes.unpack(packed)

    def packed(self):
        """The overlay as bytes: its sectors by ascending number, each as 8 bytes, little-endian, and its contents."""
        return self.changes.pack()

    def twin(self, str name):
        """A disk with the same contents for a copy of the machine: an overlay, unless this one is read-only."""
        cdef Image other = Image(name, self.file, overlay=self.writable)
        with self.file.lock:
            if self.viewing:                   # what it sees is older than the file
                other.base = self.base
                other.kept.unpack(self.kept.pack())
        other.changes.unpack(self.changes.pack())
        return other

    def base_identity(self):
        """The identity of the contents below the overlay, a number of 64 bits."""
        return self.identity()

    def flush(self):
        """Waits until the host's disk has what was written: it then survives a crash of the host."""
        self.file.flush()
        if self.keeper is not None:
            self.keeper.flush()

    def close(self):
        """Flushes. The guest's accesses fail from then on; the file is given up when no copy of this disk needs it."""
        if self.opened:
            self.opened = False
            self.file.users -= 1
            self.flush()
            if self.keeper is not None:
                self.keeper.close()
            if self.file.users == 0:
                self.file.close()

    # --- state ---------------------------------------------------------------------------------------------------

    cdef uint64_t identity(self) except? 0:
        if self.viewing:
            return self.base
        with self.file.lock:
            return self.file.identity()

    cdef int sync(self, State state) except -1:
        cdef uint64_t sectors = self.sectors
        cdef uint64_t base = self.identity()
        Device.sync(self, state)
        state.u64("sectors", &sectors)
        state.u64("base", &base)
        changes = state.blob("changes", self.changes.pack())
        if state.loading:
            self.put_back(sectors, base, changes)
        return 0

    cdef int put_back(self, uint64_t sectors, uint64_t base, bytes packed) except -1:
        """Takes over what a state says about the disk."""
        if sectors != self.sectors:
            raise StateError(f"{self.name}: the state was saved with a disk of {sectors:,} sectors, and {self.file.path} has "
                             f"{self.sectors:,}: start with the image that it belongs to")
        if base != self.identity():
            raise StateError(f"{self.name}: {self.file.path} is not what it was when the state was saved, so the guest would "
                             f"find other files than it knows of: put the image back as it was; open it with :overlay, "
                             f"and states hold what the guest writes")
        if len(packed) % (8 + SECTOR) or any([int.from_bytes(packed[at:at + 8], "little") >= self.sectors
                                              for at in range(0, len(packed), 8 + SECTOR)]):
            raise StateError(f"{self.name}.changes: these are not sectors of {self.file.path}")
        if packed and not self.overlay:
            raise StateError(f"{self.name}: the state was saved with an overlay that holds "
                             f"{len(packed) // (8 + SECTOR):,} changed sectors, and here the guest writes to "
                             f"{self.file.path} itself: open it with :overlay")
        if self.keeper is not None:
            self.keeper.replace(packed)
        return self.changes.unpack(packed)
