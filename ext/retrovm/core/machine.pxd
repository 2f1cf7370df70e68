"""A machine: the parts, the time they share, and what can be done with the whole."""

from retrovm.core.audio cimport Audio
from retrovm.core.bus cimport Bus
from retrovm.core.clock cimport Clock
from retrovm.core.cpu cimport Cpu
from retrovm.core.device cimport Device
from retrovm.core.ports cimport Buttons, Ports, Serial
from retrovm.core.random cimport Random
from retrovm.core.screen cimport Screen
from retrovm.core.state cimport Loader, State
from retrovm.core.types cimport StopReason, tick_t
from libc.stdint cimport int64_t, uint32_t


cdef class Machine:
    cdef readonly Clock clock
    cdef readonly Cpu cpu             # not state: one of devices
    cdef readonly Screen screen       # not state: one of devices
    cdef readonly Audio audio         # not state: one of devices
    cdef readonly Ports ports         # not state: they are devices
    cdef readonly Random random       # not state: one of devices
    cdef readonly dict devices        # by name, in the order of adding
    cdef readonly dict buses
    cdef readonly object frame_rate   # not state: wiring
    cdef object frame_ticks           # not state: derived, ticks a frame, a Fraction
    cdef list arrivals                # not state: of the session, (address, predicate) of each `run_home` under way
    cdef dict hooks                   # not state: of the session, address: [callback or None]
    cdef int64_t frames
    cdef tick_t frame_end             # not state: derived from frames
    cdef int64_t frame_whole, frame_part, frame_parts    # not state: a frame has whole + part / parts ticks
    cdef int64_t frame_rest           # not state: derived from frames, in parts of a tick
    cdef bint in_frame
    cdef int64_t stopped_at           # not state: the address of the hook that ended the last run, or -1
    cdef readonly object stopped_by   # not state: the event of the watchpoint that ended the last run, or None

    cdef object observer              # not state: of the session, the `Witness` or None
    cdef bint observed                # not state: of the session, whether there is one
    cdef tick_t ahead                 # not state: of the session, the tick that the witness asked to be called at

    cdef bint consult(self) except -1
    cdef int place_frame(self) except -1
    cdef void next_frame(self) noexcept nogil
    cdef int need_processor(self) except -1
    cdef void open_frame(self) noexcept nogil
    cdef void close_frame(self, bint render) noexcept nogil
    cdef StopReason run_frames(self, tick_t until, bint render, bint halted) noexcept nogil
    cdef int raise_fault(self) except -1
    cdef bint settle_stop(self) except -1
    cdef bint call_watches(self) except -1
    cdef bint call_hooks(self) except -1
    cdef int forget_hook(self, uint32_t address) except -1
    cdef StopReason advance(self, tick_t until, bint render) except *
    cdef int forget_watched(self) except -1
    cdef bint one_instruction(self, bint render) except -1
    cdef int reset_parts(self, bint power_on) except -1
    cdef bytes fields(self)
    cdef int sync(self, State state) except -1
    cdef int visit(self, Loader loader) except -1
    cdef int check_times(self) except -1
    cdef int rebuild(self) except -1
