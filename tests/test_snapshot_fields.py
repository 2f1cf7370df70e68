"""Every field of a compiled class with `sync` is visited by it, or says at its line why it is not state.

The rule: where a class that has `sync` declares a field, in its `.pxd` or in its `.pyx`, one of these is so:

    - `self.field` stands in its `sync`, or in a method of the same class that `sync` calls;
    - the line has the comment `# not state: why`, which says what else keeps the field right: the wiring, what it is
      derived from after a load, or that it belongs to the host.

Arrays, pointers and objects are fields like numbers. A field that is forgotten here is a machine that goes on
differently after a load, once in a long while.
"""

import re
from pathlib import Path

import pytest

EXT = Path(__file__).parents[1] / "ext"
HEAD = re.compile(r"^cdef class (\w+)(?:\(([\w.]+)\))?:")
METHOD = re.compile(r"^    (?:cdef|cpdef|def)\s+(?:inline\s+)?(?:[\w.]+\s*\**\s+)*?\**(\w+)\(")
FIELD = re.compile(r"^    cdef\s+(?!inline\b)(?:(?:readonly|public)\s+)?(.+)$")


def classes(text):
    """{class: (base, [(field, reason or None)], {method: body})} of a `.pxd` or `.pyx`."""
    found = {}
    fields = methods = None
    body = None
    for line in text.splitlines():
        if head := HEAD.match(line):
            fields, methods, body = [], {}, None
            found[head[1]] = (head[2], fields, methods)
        elif line and not line[0].isspace() and not line.startswith("#"):
            fields = methods = body = None
        elif fields is not None:
            code = line.split("#")[0].rstrip()
            if method := METHOD.match(code):
                body = methods.setdefault(method[1], [])
            elif (field := FIELD.match(code)) and "(" not in code:
                reason = re.search(r"# not state(?:: (.*))?$", line)
                fields.extend((name, reason and (reason[1] or "")) for name in names(field[1]))
            elif body is not None:
                body.append(code)
    return found


def names(declaration):
    """The names of `uint8_t a, b`, `uint8_t **p`, `uint8_t[16] q`, `int levels[4]`."""
    first, *others = declaration.split(",")
    return [re.sub(r"\[.*?\]$|^\*+", "", part.strip().split()[-1]) for part in (first, *others)]


def visited(methods, name="sync"):
    """The fields that stand in a method and in those that it calls."""
    seen, todo, fields = set(), [name], set()
    while todo:
        method = todo.pop()
        if method in seen or method not in methods:
            continue
        seen.add(method)
        body = "\n".join(methods[method])
        fields.update(re.findall(r"\bself\.(\w+)", body))
        todo.extend(re.findall(r"\bself\.(\w+)\(", body))
    return fields


def all_classes():
    for source in sorted(EXT.rglob("*.pyx")):
        declared = source.with_suffix(".pxd")
        outside = classes(declared.read_text(encoding="utf-8")) if declared.exists() else {}
        for name, (base, fields, methods) in classes(source.read_text(encoding="utf-8")).items():
            more = outside.get(name, (None, [], {}))
            yield f"{source.stem}.{name}", base or more[0], more[1] + fields, methods


CLASSES = {name: (base, fields, methods) for name, base, fields, methods in all_classes()}
BASES = {name.split(".")[1]: base for name, (base, _, _) in CLASSES.items()}


def is_device(name):
    while name is not None and name != "Device":
        name = BASES.get(name)
    return name is not None


WITH_STATE = [name for name, (_, fields, methods) in CLASSES.items()
              if fields and ("sync" in methods or is_device(name.split(".")[1]))]


@pytest.mark.parametrize("name", WITH_STATE)
def test_every_field_is_visited_or_says_why_it_is_not_state(name):
    _, fields, methods = CLASSES[name]
    seen = visited(methods)
    forgotten = [field for field, reason in fields if reason is None and field not in seen]
    assert not forgotten, f"{name}: visit in sync, or mark with '# not state: why': {', '.join(forgotten)}"


@pytest.mark.parametrize("name", WITH_STATE)
def test_every_reason_is_given(name):
    assert [field for field, reason in CLASSES[name][1] if reason == ""] == []


@pytest.mark.parametrize("name", WITH_STATE)
def test_no_field_is_both_visited_and_not_state(name):
    _, fields, methods = CLASSES[name]
    written = set(re.findall(r"state\.\w+\([^)]*&self\.(\w+)", "\n".join(methods.get("sync", []))))
    assert [field for field, reason in fields if reason is not None and field in written] == []


def test_the_check_sees_devices_of_every_kind():
    assert {"device.Device", "memory.Memory", "clock.Clock", "machine.Machine", "mos6502.Mos6502",
            "mos6551.Mos6551"} <= set(WITH_STATE)


TEXT = '''
cdef class Chip(Device):
    cdef readonly str name  # not state: wiring
    cdef uint8_t a, b
    cdef uint8_t **table
    cdef int[4] levels      # not state
    cdef int run(self) noexcept nogil
    cdef inline int twice(self): return 2 * self.a

    cdef int sync(self, State state) except -1:
        state.u8("a", &self.a)
        return self.more(state)

    cdef int more(self, State state) except -1:
        return state.block("table", self.table, 4)

cdef int helper():
    cdef int x
'''


def test_fields_and_visits_are_read_as_they_are_written():
    base, fields, methods = classes(TEXT)["Chip"]
    assert base == "Device"
    assert fields == [("name", "wiring"), ("a", None), ("b", None), ("table", None), ("levels", "")]
    assert visited(methods) == {"a", "more", "table"}
