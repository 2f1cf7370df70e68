"""A machine: the parts, the time they share, and what can be done with the whole.

Time is cut into frames: input is latched before the first cycle of a frame; pictures and sound are finished after the
last. An instruction that begins before the end of a frame belongs to it whole. A machine without a picture has frames all
the same, at `frame_rate` a second.
"""

from fractions import Fraction
from operator import index

from cpython.exc cimport PyErr_CheckSignals
from retrovm.core.python_device cimport PythonDevice
from retrovm.core.state cimport Dumper, Loader, Saver
from retrovm.core.types cimport NEVER
from retrovm.core.watch cimport Watcher

from retrovm.core.types import StopReason as Reason
from retrovm.core.errors import AddressError, ArgumentError, StateError
from retrovm.core.watch import Watch, WatchEvent


cdef class Machine:
    """Parts that share one clock.

    Parameters
        rate        master-clock ticks per second, exact
        frame_rate  frames per second, exact
        seed        of the machine's own generator: equal seeds give equal runs
    """

    def __init__(self, rate, *, frame_rate=60, seed=1):
        self.clock = Clock(rate)
        self.frame_rate = Fraction(frame_rate)
        if self.frame_rate <= 0:
            raise ArgumentError(f"a frame rate is a positive number of frames per second, not {frame_rate}")
        self.frame_ticks = self.clock.rate / self.frame_rate
        if self.frame_ticks < 1:
            raise ArgumentError(f"at {self.clock.rate} ticks per second, {self.frame_rate} frames per second have no tick each")
        self.ports = Ports()
        self.devices = {}
        self.buses = {}
        self.arrivals = []
        self.hooks = {}
        self.random = self.add(Random("random", seed))
        if max(self.frame_ticks.numerator, self.frame_ticks.denominator) >= 1 << 60:
            raise ArgumentError(f"{self.clock.rate} ticks and {self.frame_rate} frames per second are too fine a ratio")
        self.frame_whole, self.frame_part = divmod(self.frame_ticks.numerator, self.frame_ticks.denominator)
        self.frame_parts = self.frame_ticks.denominator
        self.place_frame()
        self.stopped_at = -1
        self.ahead = NEVER

    # --- wiring -------------------------------------------------------------------------------------------------

    def add(self, Device device not None):
        """Makes a device a part of this machine and returns it. Its name must be new.

        The first processor, screen and sound chip become `cpu`, `screen` and `audio`; ports join `ports`.
        """
        if not device.name or device.name in self.devices:
            raise ArgumentError(f"a part needs a name of its own in the machine, not {device.name!r}")
        self.devices[device.name] = device
        if isinstance(device, Cpu):
            if self.cpu is None:
                self.cpu = device
        else:
            self.clock.add(device)
        if isinstance(device, PythonDevice):
            (<PythonDevice> device).clock = self.clock
        if isinstance(device, Screen) and self.screen is None:
            self.screen = device
        if isinstance(device, Audio) and self.audio is None:
            self.audio = device
        if isinstance(device, (Buttons, Serial)):
            self.ports.add(device)
        return device

    def show(self, Screen screen not None):
        """Makes one of the screens that were added the machine's `screen`; without this it is the first."""
        if self.devices.get(screen.name) is not screen:
            raise ArgumentError(f"{screen.name} is no part of this machine yet: add it")
        self.screen = screen

    def add_bus(self, size=0x10000, page_size=0x100, str name="bus"):
        """Makes an address space on this machine's clock and returns it."""
        if name in self.buses:
            raise ArgumentError(f"the machine has a bus {name!r} already")
        bus = Bus(self.clock, size, page_size, name)
        self.buses[name] = bus
        return bus

    # --- time ---------------------------------------------------------------------------------------------------

    @property
    def frame(self):
        """How many frames were finished since power-on."""
        return self.frames

    cdef int place_frame(self) except -1:
        """Finds the end of the present frame, the first tick behind it, from the number of frames."""
        parts = (<object> self.frames + 1) * self.frame_ticks.numerator + self.frame_parts - 1
        if parts // self.frame_parts >= NEVER:
            raise OverflowError("the machine has run for more ticks than its clock can count")
        self.frame_end = parts // self.frame_parts
        self.frame_rest = parts % self.frame_parts
        return 0

    cdef void next_frame(self) noexcept nogil:
        """The same for the next frame, without Python. The rest is kept, so no end is rounded twice."""
        self.frames = self.frames + 1
        if self.frame_end > NEVER - self.frame_whole - 1:
            self.frame_end = NEVER
            return
        self.frame_end = self.frame_end + self.frame_whole
        self.frame_rest = self.frame_rest + self.frame_part
        if self.frame_rest >= self.frame_parts:
            self.frame_rest = self.frame_rest - self.frame_parts
            self.frame_end = self.frame_end + 1

    cdef int need_processor(self) except -1:
        if self.cpu is None:
            raise ArgumentError("this machine has no processor yet: add one")
        return 0

    cdef void open_frame(self) noexcept nogil:
        cdef int i
        if not self.in_frame:
            self.in_frame = True
            for i in range(self.clock.count):
                (<Device> self.clock.table[i]).begin_frame()
            self.cpu.begin_frame()
            self.clock.plan()                # input that was latched may be an event

    cdef void close_frame(self, bint render) noexcept nogil:
        cdef int i
        cdef tick_t now = self.clock.now
        self.clock.catch_up(now)
        self.cpu.end_frame(now, render)      # before the screen and the sound: a processor may draw
        for i in range(self.clock.count):
            (<Device> self.clock.table[i]).end_frame(now, render)
        self.in_frame = False
        self.next_frame()

    cdef StopReason run_frames(self, tick_t until, bint render, bint halted) noexcept nogil:
        """Runs to a tick, through frames, for as long as nobody needs the interpreter.

        Ends early after a frame that a witness wants to see, at a hook, after a fault (`clock.stop`), when the processor has
        halted, unless `halted` says that this is known, and now and then, so that Ctrl-C is heard.
        """
        cdef StopReason reason = StopReason.CYCLES
        cdef int _
        for _ in range(64):
            self.open_frame()
            reason = self.cpu.run_until(min(until, self.frame_end))
            if self.clock.now >= self.frame_end:
                self.close_frame(render)
                if self.observed:
                    break
            if self.clock.stop or self.clock.now >= until or (reason != StopReason.CYCLES and not halted):
                break
        return reason

    cdef int raise_fault(self) except -1:
        """Raises what a device has raised in the run: one written in Python, or the sound for want of memory."""
        self.clock.stop = self.clock.failed = False
        for device in self.devices.values():
            if isinstance(device, (Audio, PythonDevice)):
                fault = device.take_fault()
                if fault is not None:
                    raise fault
        return 0

    cdef bint settle_stop(self) except -1:
        """Sees to what ended a run after an instruction; true when a watchpoint asks to stop."""
        self.raise_fault()
        return self.call_watches()

    cdef bint call_watches(self) except -1:
        """Tells those who watch what the last instruction did; true when one of them asks to stop."""
        cdef Watcher watcher = <Watcher> self.cpu.bus.watcher
        if watcher is None:
            return False
        stopped_by = None
        for id, known in watcher.take(self.cpu):
            watch = watcher.watches.get(id)
            if watch is None:                    # a callback before has removed it
                continue
            event = WatchEvent(watch=watch, **known)
            if (watch.callback is None or watch.callback(self, event) is Reason.WATCH) and stopped_by is None:
                stopped_by = event
        self.stopped_by = stopped_by
        return stopped_by is not None

    cdef int forget_watched(self) except -1:
        """Before a run: what was noted, and not told because a fault came first, is of the past."""
        self.stopped_by = None
        if self.cpu.bus.watcher is not None:
            self.cpu.bus.watcher.forget()
        return 0

    cdef bint call_hooks(self) except -1:
        """Calls what is hooked to the present address; true when a callback asks to stop."""
        cdef uint32_t pc = self.cpu.get_pc()
        cdef bint stop = False
        for address, arrived in self.arrivals:
            if address == pc and arrived():
                return True                      # the instruction here is not what comes next, so its hooks wait
        for callback in tuple(self.hooks.get(pc & self.cpu.bus.mask, ())):      # a callback may take itself back
            if callback is None or callback(self) is Reason.ADDRESS:
                stop = True
        return stop

    cdef StopReason advance(self, tick_t until, bint render) except *:
        """Runs to a tick, through as many frames as that takes."""
        cdef StopReason reason
        cdef uint32_t pc
        cdef bint halted = False
        cdef bint resumes
        self.need_processor()
        self.forget_watched()
        resumes = self.stopped_at == <int64_t> self.cpu.get_pc() and self.clock.now < until
        self.stopped_at = -1
        if resumes and self.one_instruction(render):     # going on from a stop runs the instruction that it stopped at
            return StopReason.WATCH
        while self.clock.now < until:
            if self.observed and not self.consult():
                return StopReason.CYCLES
            self.clock.begin()
            with nogil:
                reason = self.run_frames(min(until, self.ahead), render, halted)
                self.clock.end()
            if self.clock.stop and self.settle_stop():
                return StopReason.WATCH
            PyErr_CheckSignals()
            if reason == StopReason.ADDRESS:
                pc = self.cpu.get_pc()
                if self.call_hooks():
                    self.stopped_at = pc
                    return reason
                if self.cpu.get_pc() == pc and self.clock.now < until and self.one_instruction(render):
                    return StopReason.WATCH
            elif reason == StopReason.HALTED:
                if until == NEVER:
                    return reason
                halted = True                # the other parts of the machine go on
        if self.observed:
            self.consult()
        return StopReason.HALTED if halted else StopReason.CYCLES

    cdef bint one_instruction(self, bint render) except -1:
        """True when a watchpoint asks to stop."""
        self.clock.begin()
        self.open_frame()
        self.cpu.run_one(min(self.frame_end, self.ahead))
        if self.clock.now >= self.frame_end and not self.clock.failed:
            self.close_frame(render)
        self.clock.end()
        return self.clock.stop and self.settle_stop()

    def tick(self, int frames=1, bint render=True):
        """Runs whole frames. `render=False` skips the work of drawing and changes nothing else.

        Returns True, or False when a hook or a watchpoint stopped the machine or its processor has halted.
        """
        cdef StopReason reason
        if frames < 0:
            raise ArgumentError(f"a machine runs for 0 frames or more, not {frames}")
        if self.audio is not None:
            self.audio.forget()
        last = (<object> self.frames + frames) * self.frame_ticks
        if last >= NEVER:
            raise ArgumentError(f"in {frames} frames the clock would count more ticks than it can")
        reason = self.advance(-(-last.numerator // last.denominator), render)
        return reason == StopReason.CYCLES

    def step(self):
        """One instruction, or one interrupt sequence. Returns the cycles that it took."""
        cdef int64_t before
        cdef uint32_t pc
        self.need_processor()
        self.forget_watched()
        if self.observed and not self.consult():
            return 0
        before = self.cpu.cycle_count
        if self.cpu.bus.hook_count:
            pc = self.cpu.get_pc()
            self.call_hooks()
            if self.cpu.get_pc() != pc:
                return 0
        self.one_instruction(True)
        cycles = self.cpu.cycle_count - before
        if self.observed:
            self.consult()
        return cycles

    def run_cycles(self, cycles=None):
        """Runs for so many processor cycles, rounded up to a whole instruction; None is without limit.

        Returns the `StopReason`.
        """
        self.need_processor()
        if cycles is None:
            return Reason(self.advance(NEVER, True))
        if not 0 <= cycles < (NEVER - self.clock.now) // self.cpu.period:
            raise ArgumentError(f"a number of cycles is 0 or more, and fits into 63 bits, not {cycles}")
        return Reason(self.advance(self.clock.now + <tick_t> cycles * self.cpu.period, True))

    def run_home(self, uint32_t address, arrived, cycles):
        """Runs to before the instruction at `address`, at a time when `arrived()` is true; for so many cycles at most.

        What is hooked to the address is not called on arrival but, as ever, before the instruction there. Returns the
        `StopReason`: ADDRESS on arrival, and when a hook on the way asks to stop.
        """
        stopped_at, self.stopped_at = self.stopped_at, -1
        home = (address, arrived)
        self.arrivals.append(home)
        self.cpu.bus.hook(address, True)
        try:
            reason = self.run_cycles(cycles)
        finally:
            self.arrivals.remove(home)
            self.forget_hook(address)
        if self.cpu.get_pc() == address and arrived():
            self.stopped_at = stopped_at
        return reason

    def reset(self, bint power_on=True):
        """Switches the machine off and on, or pulls its reset line (`power_on=False`), which keeps memory."""
        cdef tick_t tick = self.clock.now
        cdef bint in_frame = self.in_frame
        self.clock.begin()
        try:
            self.reset_parts(power_on)
        finally:
            self.clock.end()
        if self.observed:
            self.observer.was_reset(power_on, tick, in_frame)
        self.raise_fault()

    cdef int reset_parts(self, bint power_on) except -1:
        if power_on:
            self.clock.now = 0
            self.clock.due = NEVER
            self.frames = 0
            self.in_frame = False
            self.place_frame()
            for bus in self.buses.values():
                (<Bus> bus).data = 0
        self.stopped_at = -1
        for device in self.devices.values():
            if power_on and (<Device> device).last != NEVER:
                (<Device> device).last = 0
            (<Device> device).reset(power_on)
        self.clock.plan()
        return 0

    # --- the host -------------------------------------------------------------------------------------------------

    @property
    def witness(self):
        """The `Witness` that sees what the host does, or None. There is one at a time: `ArgumentError` for a second."""
        return self.observer

    @witness.setter
    def witness(self, witness):
        if witness is not None and self.observed:
            raise ArgumentError("the machine has a witness already, a recording or a replay: end that first")
        self.observer = witness
        self.observed = witness is not None
        self.ahead = NEVER
        for port in self.ports.groups.values():
            if isinstance(port, Buttons):
                (<Buttons> port).witness = witness
            elif isinstance(port, Serial):
                (<Serial> port).witness = witness

    cdef bint consult(self) except -1:
        """Lets the witness act; false when the run is to end here."""
        tick = self.observer.attend()
        self.ahead = NEVER if tick is None or not self.observed else tick
        if tick is not None and self.ahead <= self.clock.now:
            raise ArgumentError(f"the witness asks at tick {self.clock.now} to be called at tick {tick}, which is over")
        return tick is not None

    @property
    def is_in_frame(self):
        """Whether the present frame has begun: its input is latched."""
        return self.in_frame

    def enter_frame(self):
        """Begins the present frame, if it has not begun, as its first instruction would: input is latched now."""
        self.need_processor()
        self.clock.begin()
        self.open_frame()
        self.clock.end()

    # --- hooks --------------------------------------------------------------------------------------------------

    def add_hook(self, uint32_t address, callback):
        """Calls `callback(machine)` before each instruction at `address`; None stops there instead.

        A callback that moves the program counter takes the place of the instruction; one that returns
        `StopReason.ADDRESS` ends the run.
        """
        self.need_processor()
        address &= self.cpu.bus.mask
        self.hooks.setdefault(address, []).append(callback)
        self.cpu.bus.hook(address, True)

    def remove_hook(self, uint32_t address, callback):
        """Takes back `add_hook`. `ArgumentError` when there is no such hook."""
        if self.cpu is not None:
            address &= self.cpu.bus.mask
        callbacks = self.hooks.get(address, [])
        if callback not in callbacks:
            raise ArgumentError(f"nothing of the kind is hooked to ${address:04X}")
        callbacks.remove(callback)
        if not callbacks:
            del self.hooks[address]
            self.forget_hook(address)

    cdef int forget_hook(self, uint32_t address) except -1:
        """Runs no longer stop at an address, unless somebody else still wants it: hooks go by what the bus shows of it."""
        cdef uint32_t mask = self.cpu.bus.mask
        if address & mask in self.hooks:
            return 0
        for home, _ in self.arrivals:
            if home & mask == address & mask:
                return 0
        self.cpu.bus.hook(address, False)
        return 0

    # --- watchpoints --------------------------------------------------------------------------------------------

    def add_watch(self, first, last, callback=None, *, on="write", value=None):
        """Waits for accesses to the addresses from `first` to `last`; returns the `Watch`. See `VM.watch`.

        Raises `AddressError` for addresses that the bus does not have, and `ArgumentError` for what is no watchpoint.
        """
        cdef Bus bus
        self.need_processor()
        bus = self.cpu.bus
        first, last = index(first), index(last)
        if not (0 <= first < bus.reach and 0 <= last < bus.reach):
            raise AddressError(f"a watchpoint is on addresses of {bus.name}, $0000-${bus.reach - 1:04X}, not on "
                               f"{first:#x} to {last:#x}")
        if first > last or first // bus.size != last // bus.size:
            raise ArgumentError(f"a watchpoint goes from its first address to its last, and over no mirror's end of {bus.name}, "
                                f"${bus.size:04X}, not from ${first:04X} to ${last:04X}")
        if bus.watcher is None:
            bus.watcher = Watcher(bus)
        return Watch(self, bus.watcher, first & bus.mask, last & bus.mask, on, value, callback)

    @property
    def watches(self):
        """The watchpoints, oldest first."""
        cdef Watcher watcher = None if self.cpu is None else <Watcher> self.cpu.bus.watcher
        return () if watcher is None else tuple(watcher.watches.values())

    # --- state --------------------------------------------------------------------------------------------------

    cdef int sync(self, State state) except -1:
        self.clock.sync(state)
        state.i64("frames", &self.frames)
        state.flag("in_frame", &self.in_frame)
        for name, device in self.devices.items():
            state.enter(name)
            (<Device> device).sync(state)
            state.leave()
        for name, bus in self.buses.items():
            state.enter(name)
            (<Bus> bus).sync(state)
            state.leave()
        return 0

    def save_fields(self):
        """Every field of the machine's state, as bytes for `load_fields`."""
        self.clock.begin()
        try:
            return self.fields()
        finally:
            self.clock.end()

    cdef bytes fields(self):
        cdef Saver saver = Saver()
        self.sync(saver)
        return saver.result()

    def load_fields(self, bytes data not None):
        """Puts back what `save_fields` gave on a machine of the same parts.

        Raises `StateError`, and changes nothing, when the bytes are not a state of this machine.
        """
        cdef tick_t tick = self.clock.now
        cdef bint in_frame = self.in_frame
        self.clock.begin()
        try:
            self.visit(Loader(data, False))
            before = self.fields()
            try:
                self.visit(Loader(data, True))
                self.rebuild()
            except BaseException:      # a part written in Python refuses: as it was
                self.visit(Loader(before, True))
                self.rebuild()
                raise
        finally:
            self.clock.end()
        if self.observed:
            self.observer.was_loaded(tick, in_frame)

    cdef int visit(self, Loader loader) except -1:
        self.sync(loader)
        loader.finish()
        return 0

    cdef int check_times(self) except -1:
        """Times that no run can lead to would let the next run go on for ever, or not at all."""
        cdef Device device
        now = self.clock.now
        if now < 0 or self.frames < 0 or self.frames * self.frame_ticks >= NEVER - 2 * self.frame_ticks:
            raise StateError(f"a machine cannot be at tick {now} in frame {self.frames}")
        # A run ends in the frame that its last instruction began in, and closing a frame brings every part to its end.
        slack = self.frame_ticks + self.clock.rate
        if not 0 <= now - self.frames * self.frame_ticks + 1 < slack:
            raise StateError(f"tick {now} does not lie in frame {self.frames}")
        for device in self.devices.values():
            if device.last != NEVER and not now - slack <= device.last <= now:
                raise StateError(f"{device.name}.last: it cannot have been run up to tick {device.last} when the machine is at "
                                 f"tick {now}")
        return 0

    cdef int rebuild(self) except -1:
        self.check_times()
        self.place_frame()
        self.stopped_at = -1
        for device in self.devices.values():
            (<Device> device).restored()
        self.clock.plan()
        return 0

    def dump_fields(self):
        """Every field of the machine's state by its name: {"part.key": int | list[int] | bytes}."""
        cdef Dumper dumper = Dumper()
        self.clock.begin()
        try:
            self.sync(dumper)
        finally:
            self.clock.end()
        return dumper.fields
