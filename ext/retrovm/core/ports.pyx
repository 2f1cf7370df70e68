"""What the host puts into a machine: buttons, keys, switches, and the bytes of serial lines.

Buttons are latched when a frame begins, so that the same inputs at the same frames give the same run. A serial line is a pair
of queues; the chip at its other end decides when a byte moves, so it is the chip that is exact in time.
"""

from difflib import get_close_matches

from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memmove
from retrovm.core.errors import ArgumentError


# The place of each name, by the names: shared by all ports that have the same.
cdef dict INDICES = {}


cdef bint allowed(witness, port, str action, tuple arguments) except -1:
    """Does the witness of the machine, where there is one, let the host do this now?"""
    return witness is None or witness.allow(port, action, arguments)


cdef class Buttons(Device):
    """Up to 64 named inputs of one port: a pad, a keyboard, a row of switches. Names are unique within a machine."""

    def __init__(self, str name, names):
        super().__init__(name)
        names = tuple(names)
        if not 0 < len(names) <= 64 or len(set(names)) != len(names):
            raise ArgumentError(f"{name}: a port has 1 to 64 buttons with different names")
        self.names, self.index = INDICES.setdefault(names, (names, {button: i for i, button in enumerate(names)}))
        self.left = <uint32_t *> calloc(len(names), sizeof(uint32_t))
        if not self.left:
            raise MemoryError

    def __dealloc__(self):
        free(self.left)

    cdef void begin_frame(self) noexcept nogil:
        cdef int i
        self.pressed = self.live
        if self.timed:
            for i in range(64):
                if self.timed >> i & 1:
                    self.left[i] = self.left[i] - 1
                    if self.left[i] == 0:
                        self.let_go(<uint64_t> 1 << i)

    cdef void let_go(self, uint64_t bits) noexcept nogil:
        self.live = self.live & ~bits
        self.timed = self.timed & ~bits

    cdef void reset(self, bint power_on) noexcept nogil:
        self.pressed = self.live

    cdef int sync(self, State state) except -1:
        cdef uint64_t known = (<object> 1 << len(self.names)) - 1
        Device.sync(self, state)
        state.u64("live", &self.live, known)
        state.u64("pressed", &self.pressed, known)
        state.u64("timed", &self.timed, known)
        return state.words("left", self.left, 4, len(self.names))

    def press(self, button, frames=None):
        """Holds a button down from the next frame on, until `release` or for so many frames.

        `KeyError` for a name that is not in `names`.
        """
        cdef int i = self.index[button]
        cdef uint64_t bit = <uint64_t> 1 << i
        if frames is not None and not 0 < frames < 1 << 32:
            raise ArgumentError(f"a button is held for 1 frame or more, not {frames}")
        if not allowed(self.witness, self, "press", (button, frames)):
            return
        self.live |= bit
        if frames is None:
            self.timed &= ~bit
        else:
            self.timed |= bit
            self.left[i] = frames

    def release(self, button):
        """Lets a button go from the next frame on."""
        cdef int i = self.index[button]
        if allowed(self.witness, self, "release", (button,)):
            self.let_go(<uint64_t> 1 << i)

    def release_all(self):
        """Lets every button go: what a window does that loses the keyboard."""
        if allowed(self.witness, self, "release_all", ()):
            self.let_go(self.live)

    @property
    def held(self):
        """The names of the buttons that the host holds down."""
        return tuple(name for name, i in self.index.items() if self.live >> <int> i & 1)


cdef class Queue:
    """Bytes in the order of their arrival. The host may put in and take out in another thread than the machine's."""

    def __dealloc__(self):
        free(self.data)

    cdef bint push(self, const uint8_t *source, size_t size) noexcept nogil:
        """False where no memory is left."""
        with self.lock:
            if not self.make_room(size):
                return False
            memcpy(self.data + self.head + self.count, source, size)
            self.count = self.count + size
            return True

    cdef bint make_room(self, size_t size) noexcept nogil:
        cdef size_t room
        cdef void *grown
        if self.head and self.head + self.count + size > self.room:
            memmove(self.data, self.data + self.head, self.count)
            self.head = 0
        if self.count + size > self.room:
            room = 2 * (self.count + size) + 64
            grown = realloc(self.data, room)
            if grown == NULL:
                return False
            self.data = <uint8_t *> grown
            self.room = room
        return True

    cdef int pop(self) noexcept nogil:
        """The oldest byte, or -1."""
        cdef int value
        with self.lock:
            if self.count == 0:
                return -1
            value = self.data[self.head]
            self.head = self.head + 1
            self.count = self.count - 1
            return value

    cdef bytes content(self):
        with self.lock:
            return (<char *> self.data)[self.head:self.head + self.count] if self.count else b""

    cdef bytes take_all(self):
        with self.lock:
            taken = (<char *> self.data)[self.head:self.head + self.count] if self.count else b""
            self.head = self.count = 0
            return taken

    cdef void clear(self) noexcept nogil:
        with self.lock:
            self.head = self.count = 0


cdef class Serial(Device):
    """The host's end of a serial line.

    `send` queues bytes for the guest, which takes them at its own speed; `receive` hands over what the guest has sent. Both
    may be called while the machine runs in another thread.
    """

    def __init__(self, str name="serial"):
        super().__init__(name)
        self.modems = []
        self.incoming = Queue()
        self.outgoing = Queue()

    # The chip's side.

    cdef size_t waiting(self) noexcept nogil:
        """How many bytes the host has for the guest."""
        return self.incoming.count

    cdef int take(self) noexcept nogil:
        """The next byte for the guest, or -1."""
        return self.incoming.pop()

    cdef void give(self, uint8_t value) noexcept nogil:
        """A byte from the guest. Without memory for it the byte is lost, as on a line that nobody reads."""
        self.outgoing.push(&value, 1)

    # The host's side.

    def send(self, data):
        """Queues bytes for the guest."""
        cdef bytes content = bytes(data)
        if not content or not allowed(self.witness, self, "send", (content,)):
            return
        if not self.incoming.push(<const uint8_t *> <const char *> content, len(content)):
            raise MemoryError

    def set_carrier(self, bint up):
        """Tells the parts that are wired to the carrier of the line whether the host's end has somebody."""
        if self.modems and allowed(self.witness, self, "set_carrier", (up,)):
            for modem in self.modems:
                modem.dcd = up

    def receive(self):
        """What the guest has sent since the last call, as bytes."""
        return self.outgoing.take_all()

    @property
    def pending(self):
        """How many bytes the guest has not taken yet."""
        return self.incoming.count

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            self.incoming.clear()
            self.outgoing.clear()

    cdef int sync(self, State state) except -1:
        cdef bytes content
        Device.sync(self, state)
        content = state.blob("incoming", self.incoming.content())
        if state.loading:
            self.incoming.clear()
            self.outgoing.clear()
            if content and not self.incoming.push(<const uint8_t *> <const char *> content, len(content)):
                raise MemoryError
        return 0


cdef class Ports:
    """All ports of a machine: `groups` by name, and `serial` where it has such a line."""

    def __init__(self):
        self.groups = {}

    def add(self, Device port not None):
        """Plugs in a port: `Buttons` or a `Serial` line."""
        self.groups[port.name] = port
        if isinstance(port, Serial):
            self.serial = port
        return port

    def find(self, button):
        """The `Buttons` that have a button of this name. `KeyError` names the nearest ones."""
        names = []
        for port in self.groups.values():
            if isinstance(port, Buttons):
                if button in port.names:
                    return port
                names.extend(port.names)
        near = get_close_matches(str(button), names, 3) or names
        raise KeyError(f"no button {button!r}; there are: {', '.join(near) or 'none on this machine'}")
