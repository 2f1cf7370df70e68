"""For which member of the CHIP-8 family a program was written, as far as its text tells, and why.

    >>> found = analyse(bytes.fromhex("00FF 6A00 8A06 A20A D004 F0909090F0"))
    >>> found.platform, found.reasons[0]
    ('superchip', '00FF at $0200 is new in SCHIP 1.0')
    >>> found.quirks["shift"].text
    'matters at 8A06 at $0204'

Three kinds of facts are read off the instructions that are reached (`chip8_flow`): which members have them; where
members differ in what they do (`Quirk`), whether the program can notice, and which way it takes them; and how
large the program is. `Analysis.platform` is the name that chip-8-database gives to the platform, `variant` the name here.

Sources: chip8-research (instructions and quirks of each member), chip8-database (names), cosmac-vip (memory map,
instructions of 1978), octo-manual (what the comparisons of Octo become).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .chip8 import CHIP8, SCHIP10, SCHIP11, VARIANTS, XOCHIP
from .chip8_flow import ORIGIN, Step, Walk, reachable

# The COSMAC VIP keeps its stack, its registers and its display from $0EA0 on; others have 4 KiB.
VIP_ROOM = 0xEA0 - ORIGIN
ROOM = 0x1000 - ORIGIN

# Platforms of chip-8-database, and by their own names those that it has no program for: the variant, a name for people.
PLATFORMS = {
    "originalChip8": (CHIP8, "CHIP-8 of the COSMAC VIP"),
    "hybridVIP": (CHIP8, "CHIP-8 with machine code of the COSMAC VIP"),
    "modernChip8": (CHIP8, "CHIP-8 as later interpreters run it"),
    "chip8x": ("chip8x", "CHIP-8X"),
    "chip48": ("chip48", "CHIP-48"),
    "superchip1": (SCHIP10, "SCHIP 1.0"),
    "superchip": (SCHIP11, "SCHIP 1.1"),
    "megachip8": ("megachip8", "MegaChip8"),
    "xochip": (XOCHIP, "XO-CHIP"),
    "chip8-64x64": ("chip8-64x64", "CHIP-8 with 64 x 64 pixels"),
    "chip8-64x128": ("chip8-64x128", "CHIP-8 with 64 x 128 pixels"),
    "chip10": ("chip10", "CHIP-10"),
    "chip8e": ("chip8e", "CHIP-8E"),
    "schpc": ("schpc", "SCHPC"),
    "schip-modern": ("schip-modern", "SCHIP as in Octo"),
}
# Each has the instructions of those before it.
MEMBERS = (CHIP8, SCHIP10, SCHIP11, XOCHIP)
# Members whose own instructions are none to the others, and where their programs start, if not at $0200.
APART = ("megachip8", "chip8x", "chip8e")
STARTS = {"chip8x": 0x300, "chip8-64x64": 0x260, "chip8-64x128": 0x244}
# How programs begin that carry the interpreter of 64 x 64 pixels, where what it interprets may begin, and its routine that
# clears the screen.
CARRIED, BEHIND_CARRIED, CLEARS_64X64 = bytes.fromhex("1260"), (0x2C0, 0x260), 0x230

# FX55 and FX65 leave I in three ways; what uses I behind them notices.
USES_I = "reads_i"


@dataclass(frozen=True)
class Quirk:
    """A difference between members, and this program.

    matters  whether the program can notice
    wants    whether it needs the quirk of chip-8-database with this name; None when that cannot be told
    text     why
    """

    matters: bool
    wants: bool | None
    text: str


@dataclass(frozen=True)
class Analysis:
    """What `analyse` finds.

    platform    as chip-8-database calls it; `variant` as it is called here, and `title` for people
    confidence  from 0 to 1
    reasons     for the platform, the strongest first; `doubts` against it, or what could not be seen
    quirks      by the names of chip-8-database: shift, memoryLeaveIUnchanged, jump, logic, vblank, wrap
    walk        the instructions that were reached
    """

    platform: str
    confidence: float
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    quirks: dict[str, Quirk] = field(repr=False)
    walk: Walk = field(repr=False)

    @property
    def variant(self) -> str:
        """The name of the variant of the machine."""
        return PLATFORMS[self.platform][0]

    @property
    def title(self) -> str:
        """The name of the platform for people."""
        return PLATFORMS[self.platform][1]

    @property
    def lines(self) -> list[str]:
        """All of it for people."""
        return [f"{self.title}: {'; '.join(self.reasons)}", *(f"unsure: {doubt}" for doubt in self.doubts),
                *(f"{QUIRK_NAMES[name]} quirk {quirk.text}" for name, quirk in self.quirks.items())]


QUIRK_NAMES = {"shift": "shift", "memoryLeaveIUnchanged": "load/store", "jump": "jump", "logic": "logic",
               "vblank": "display wait", "wrap": "wrap"}


def runs_as(program: bytes, platform: str) -> bool:
    """Has this platform all instructions that it would reach?"""
    variant = PLATFORMS[platform][0]
    if _carried(program, ORIGIN) is not None:
        return variant == "chip8-64x64"
    start = STARTS.get(platform, ORIGIN)
    return variant not in VARIANTS or not reachable(program, start, variant).strange


def analyse(program: bytes, start: int = ORIGIN) -> Analysis:
    """Reads a program that lies and starts at `start`. Any bytes will do; the confidence tells what they are worth."""
    walk, certain = _walk(program, start)
    quirks = {"shift": _shift(walk), "memoryLeaveIUnchanged": _memory(walk), "jump": _jump(walk), "logic": _logic(walk),
              "vblank": _vblank(walk), "wrap": _wrap(walk)}
    platform, confidence, reasons, doubts = certain or _choose(walk, quirks)
    if walk.strange:
        address, word = min(walk.strange.items())
        doubts.insert(0, f"{word:04X} at ${address:04X}, which is reached, is no instruction")
        confidence /= 2
    if walk.patches:
        byte, writer = min(walk.patches.items())
        doubts.append(f"the program writes instructions of its own: {writer} writes ${byte:04X}")
    if walk.patience <= 0:
        doubts.append("it is too tangled to look at all of it")
    return Analysis(platform, confidence, tuple(reasons), tuple(doubts), quirks, walk)


# --- the platform -------------------------------------------------------------------------------------------

# Platform, confidence, reasons, doubts.
_Choice = tuple[str, float, list[str], list[str]]


def _walk(program: bytes, start: int) -> tuple[Walk, _Choice | None]:
    """The way of the program, and the platform where only one makes sense of it."""
    carried = _carried(program, start)
    if carried is not None:
        walk, clear = carried
        return walk, ("chip8-64x64", 0.9, [f"it begins with the interpreter of 64 x 64 pixels, and {clear} clears them"], [])
    walk = reachable(program, start)
    if walk.strange or walk.sites("SYS"):
        for platform in (name for name in APART if name in VARIANTS):
            other = reachable(program, STARTS.get(platform, start), platform)
            own = [step for _, step in sorted(other.steps.items()) if step.instruction.variants == {platform}]
            if own and not other.strange and other.sites("DRW") and len(other.steps) > len(walk.steps):
                return other, (platform, 0.8, [f"{_listed(own)} of {PLATFORMS[platform][1]} alone"], [])
    return walk, None


def _choose(walk: Walk, quirks: dict[str, Quirk]) -> _Choice:
    """The platform that the instructions, the size and the quirks speak for."""
    size = len(walk.program)
    only = {variant: [step for step in walk.steps.values() if _is_new(step, variant)]
            for variant in (XOCHIP, SCHIP11, SCHIP10)}
    beyond = [step for step in walk.sites("SAVE_FLAGS", "LOAD_FLAGS") if step.operands["X"] > 7]
    if only[XOCHIP]:
        return "xochip", 0.95, [f"{_listed(only[XOCHIP])} only in XO-CHIP"], []
    if size > ROOM:
        return "xochip", 0.9, [f"{size:,} bytes are more than the {ROOM:,} from $0200 to the end of 4 KiB"], []
    if beyond:
        return "xochip", 0.8, [f"{beyond[0]} needs more than the 8 flags of members before XO-CHIP"], []
    big = [step for step in walk.sites("DRW") if step.operands["N"] == 0]
    needs = []
    if only[SCHIP11]:
        needs.append(f"{_listed(only[SCHIP11])} new in SCHIP 1.1")
    elif only[SCHIP10]:
        needs.append(f"{_listed(only[SCHIP10])} new in SCHIP 1.0")
    if big:
        needs.append(f"{_listed(big)} drawn by no member before SCHIP")
    if needs:
        return _schip(quirks, needs)
    return _chip8(walk, quirks)


def _schip(quirks: dict[str, Quirk], needs: list[str]) -> _Choice:
    """SCHIP, or XO-CHIP when the program takes shifts, FX55 and FX65 or BNNN as only that does."""
    against = [f"{QUIRK_NAMES[name]}: {quirks[name].text}" for name in _HP48 if quirks[name].wants is False]
    if not against:
        return "superchip", 0.9 if _settled(quirks) else 0.75, needs, []
    against = [f"SCHIP would do otherwise, {reason}" for reason in against]
    return "xochip", 0.6, [*needs, *against], ["a program may contain such a mistake and be for SCHIP all the same"]


def _chip8(walk: Walk, quirks: dict[str, Quirk]) -> _Choice:
    """A program with no more than the instructions of CHIP-8."""
    native = walk.sites("SYS")
    if native:
        return "hybridVIP", 0.7, [f"{_listed(native)} a call of machine code in the program"], []
    known = f"all {len(walk.steps):,} instructions reached from ${walk.start:04X} are CHIP-8's"
    wants = [f"{QUIRK_NAMES[name]}: {quirks[name].text}" for name in _HP48 if quirks[name].wants]
    rejects = [f"{QUIRK_NAMES[name]}: {quirks[name].text}" for name in _HP48 if quirks[name].wants is False]
    if wants and not rejects:
        return "superchip", 0.6, [*wants, known], ["the same program may be meant for CHIP-8 and contain a mistake"]
    doubts = [f"it takes some quirks as SCHIP does, {wants[0]}"] if wants else []
    later = _later(walk, quirks)
    if later:
        return "modernChip8", 0.8, [known, *later], doubts
    doubts.append("nothing tells whether it was made for the COSMAC VIP, which waits for the display; "
                  "programs of its time are known by their SHA-1")
    return "modernChip8", 0.5, [known], doubts


# Where SCHIP and CHIP-48 differ from CHIP-8 and XO-CHIP alike.
_HP48 = ("shift", "memoryLeaveIUnchanged", "jump")


def _later(walk: Walk, quirks: dict[str, Quirk]) -> list[str]:
    """What programs for the COSMAC VIP do not have."""
    found = []
    if len(walk.program) > VIP_ROOM:
        found.append(f"{len(walk.program):,} bytes are more than the {VIP_ROOM:,} of the COSMAC VIP")
    if quirks["logic"].wants is False:
        found.append(f"logic: {quirks['logic'].text}")
    far = [step for step in walk.sites("LD_I") if step.operands["NNN"] >= ORIGIN + VIP_ROOM]
    if far:
        found.append(f"{far[0]} points to where the COSMAC VIP has its stack and display")
    if new := walk.sites("XOR", "SHR", "SUBN", "SHL"):
        found.append(f"{_listed(new)} not in its manual of 1978")
    if scratch := [step for step in walk.sites("LD_NN", "LD", "RND", "LD_VX_DT") if step.operands["X"] == 15]:
        found.append(f"{scratch[0]} uses the register of the flags for data, as Octo does")
    if odd := [step for address, step in sorted(walk.steps.items()) if address & 1]:
        found.append(f"{odd[0]} lies at an odd address")
    return found


def _carried(program: bytes, origin: int) -> tuple[Walk, Step] | None:
    """The way of a program that begins with the interpreter of 64 x 64 pixels, and its call of what clears them."""
    if origin == ORIGIN and program.startswith(CARRIED):
        for start in BEHIND_CARRIED:
            walk = reachable(program, start, origin=origin)
            for step in walk.sites("SYS"):
                if step.operands["NNN"] == CLEARS_64X64:
                    return walk, step
    return None


def _is_new(step: Step, variant: str) -> bool:
    """Did this member bring the instruction?"""
    brought = next((member for member in MEMBERS if member in step.instruction.variants), None)
    return brought == variant


def _settled(quirks: dict[str, Quirk]) -> bool:
    return all(not quirks[name].matters or quirks[name].wants for name in _HP48)


def _listed(steps: Iterable[Step]) -> str:
    """One of the instructions, as the subject of a sentence."""
    steps = sorted(steps, key=lambda step: step.address)
    more = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    return f"{steps[0]}{more} {'is' if len(steps) == 1 else 'are'}"


# --- the quirks ---------------------------------------------------------------------------------------------


def _shift(walk: Walk) -> Quirk:
    """8XY6 and 8XYE shift VY into VX, or with the quirk VX itself."""
    shifts = walk.sites("SHR", "SHL")
    unequal = [step for step in shifts if step.operands["X"] != step.operands["Y"]]
    if not shifts:
        return Quirk(False, None, "irrelevant: no 8XY6, no 8XYE")
    if not unequal:
        return Quirk(False, None, "irrelevant: 8XY6 and 8XYE only with X=Y")
    # Where only VX is shifted, as on the HP48, nobody has a reason to name another VY than V0.
    itself = [step for step in unequal if _set_for_nothing(walk, step, step.operands["X"])]
    other = [step for step in unequal if step not in itself
             and (step.operands["Y"] != 0 or _latest(walk, step, step.operands["X"], 0) == 0)]
    if other and not itself:
        return Quirk(True, False, f"{other[0]} shifts another register, V{other[0].operands['Y']:X}")
    if itself and not other:
        first = itself[0].operands
        return Quirk(True, True, f"{itself[0]} shifts V{first['X']:X}, which was set just before, and not V{first['Y']:X}")
    return Quirk(True, None, f"matters at {unequal[0]}")


def _set_for_nothing(walk: Walk, step: Step, register: int) -> bool:
    """Is the register set before the step and used by nothing up to it?"""
    for before in walk.line(step.address):
        if before.reads >> register & 1:
            return False
        if before.writes >> register & 1:
            return True
    return False


def _latest(walk: Walk, step: Step, *registers: int) -> int | None:
    """Which of the registers was written last before the step, where that is certain."""
    for before in walk.line(step.address):
        written = [register for register in registers if before.writes >> register & 1]
        if written:
            return written[0] if len(written) == 1 else None
    return None


def _memory(walk: Walk) -> Quirk:
    """FX55 and FX65 add X + 1 to I, or with the quirk leave it."""
    steps = walk.sites("SAVE", "LOAD")
    if not steps:
        return Quirk(False, None, "irrelevant: no FX55, no FX65")
    uses = {step: [use for use in walk.first(step, _meets_i) if USES_I in use.instruction.flags] for step in steps}
    keeps = next((f"{use} writes back what {step} read" for use in walk.sites("SAVE")
                  if (step := _written_back(walk, use)) is not None), None)
    adds = next((f"{step} comes again without a new I" for step, found in uses.items() if step in found), None)
    adds = adds or next((f"{use} behind {step} would write what is there" for step, found in uses.items()
                         for use in found if step.instruction.name == "LOAD" and use.word == step.word - 0x10
                         and use.address == step.after), None)
    if adds and not keeps:
        return Quirk(True, False, adds)
    if keeps and not adds:
        return Quirk(True, True, keeps)
    first = next((f"{use} behind {step}" for step, found in uses.items() for use in found), None)
    if first is None:
        return Quirk(False, None, "irrelevant: I is set anew behind each FX55 and FX65")
    return Quirk(True, None, f"matters to {first}")


def _meets_i(step: Step) -> bool:
    return USES_I in step.instruction.flags or "sets_i" in step.instruction.flags


def _written_back(walk: Walk, save: Step) -> Step | None:
    """The FX65 whose registers FX55 stores, one of them changed, where I stays untouched between them."""
    changed = 0
    for before in walk.line(save.address):
        name = before.instruction.name
        if name == "LOAD":
            return before if before.operands["X"] >= save.operands["X"] and changed & save.reads else None
        if _meets_i(before):
            return None
        changed |= before.writes
    return None


def _jump(walk: Walk) -> Quirk:
    """BNNN adds V0, or with the quirk VX."""
    steps = walk.sites("JP_V0")
    if not steps:
        return Quirk(False, None, "irrelevant: no BNNN")
    for step in steps:
        register = step.word >> 8 & 15
        latest = _latest(walk, step, *{0, register})
        if latest is not None and register != 0:
            return Quirk(True, latest != 0, f"{step} comes after V{latest:X} is set")
    return Quirk(True, None, f"matters at {steps[0]}")


def _logic(walk: Walk) -> Quirk:
    """8XY1, 8XY2 and 8XY3 leave VF, or with the quirk clear it."""
    steps = walk.sites("OR", "AND", "XOR")
    if not steps:
        return Quirk(False, None, "irrelevant: no 8XY1, 8XY2, 8XY3")
    for step in steps:
        if step.operands["X"] == 15:
            return Quirk(True, False, f"{step} has its result in VF")
        for use in walk.first(step, lambda step: bool((step.reads | step.writes) >> 15)):
            if use.reads >> 15:
                return Quirk(True, False, f"{use} needs the VF of before {step}")
    return Quirk(False, None, "irrelevant: VF is set anew before it is used")


def _vblank(walk: Walk) -> Quirk:
    """DXYN draws at once, or with the quirk waits for the next frame."""
    if not walk.sites("DRW"):
        return Quirk(False, None, "irrelevant: no DXYN")
    return Quirk(True, None, "matters to the speed: it draws")


def _wrap(walk: Walk) -> Quirk:
    """What DXYN draws beyond the edges is cut off, or with the quirk comes in at the other side."""
    steps = walk.sites("DRW")
    high = bool(walk.sites("HIRES"))
    for step in steps:
        x, y = (_known(walk, step, step.operands[letter]) for letter in "XY")
        rows, columns = (step.operands["N"], 8) if step.operands["N"] else (16, 16)
        width, height = (128, 64) if high else (64, 32)
        if x is None or y is None or x % width + columns > width or y % height + rows > height:
            return Quirk(True, None, f"may matter at {step}")
    return Quirk(False, None, "irrelevant: every sprite lies inside" if steps else "irrelevant: no DXYN")


def _known(walk: Walk, step: Step, register: int) -> int | None:
    """The number in a register, where it was put there just before."""
    for before in walk.line(step.address):
        if before.writes >> register & 1:
            return before.operands["NN"] if before.instruction.name == "LD_NN" else None
    return None
