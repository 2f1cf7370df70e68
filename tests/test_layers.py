"""Who may import whom, read from the text of every module: Python imports and Cython cimports alike.

    core <- cpu, chips, carts <- machines <- session <- player, suite, debug, fleet, gym <- commands, cli

A layer is a package of `retrovm`, or a module beside them. What is imported for type checkers alone does not count,
and the body of a function does: it only comes later.
"""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "ext").rglob("*.py[xd]"), *(ROOT / "ext").rglob("*.pxi"), *(ROOT / "ext").rglob("*.py"),
                  *(ROOT / "src").rglob("*.py")])

# What describes machines without being one, what media are, and disk images: all of it without emulation.
WORDS = {"errors", "spec", "chip_spec", "ranges", "registry", "toml_keys", "toml_places", "host_files", "lazy"}
PARTS = {"core", "cpu", "chips", "carts"}
BASE = WORDS | {"media", "bundled", "storage"}
MIDDLE = BASE | PARTS | {"isa", "machines", "session", "snapshot", "symbols", "detection", "loading", "hostline"}
MAY_IMPORT = {
    "core": set(),
    "cpu": {"core", "lazy"},
    "chips": {"core"},
    "carts": {"core"},
    "isa": set(),
    "errors": {"core.errors"},
    "spec": {"errors"},
    "ranges": {"errors", "spec"},
    "chip_spec": {"errors", "spec"},
    "registry": {"errors", "spec", "chip_spec", "media"},
    "toml_places": set(),
    "host_files": set(),
    "lazy": set(),
    "toml_keys": {"errors", "spec", "toml_places"},
    "media": WORDS | {"isa"},
    "storage": {"core", "errors", "lazy", "spec"},
    "bundled": WORDS,
    "detection": BASE - {"storage"},
    "machines": BASE | PARTS,
    "snapshot": {"errors"},
    "hostline": {"errors"},
    "symbols": {"errors", "spec", "isa"},
    # The doors to what looks at a run: `vm.coverage()` and `vm.profile()` import it when they are called.
    "session": MIDDLE - {"detection", "loading", "machines"} | {"debug"},
    "loading": MIDDLE,
    "movie": MIDDLE,
    "rewind": MIDDLE,
    "slots": MIDDLE,
    "recording": MIDDLE,
    "player": MIDDLE | {"movie", "recording", "rewind", "slots"},
    "suite": MIDDLE,
    "debug": MIDDLE,
    "testing": MIDDLE | {"debug", "suite"},
    "fleet": MIDDLE,
    "gym": MIDDLE | {"fleet"},
}
# The doors of the package, which lead to everything.
TOP = {"", "cli", "commands", "__main__", "bench"}

# Beside the standard library. The base install has numpy, typer and rich; the rest are extras.
FOREIGN = {
    "host_files": {"platformdirs"}, "core": {"numpy", "PIL"}, "rewind": {"numpy"}, "recording": {"numpy", "PIL", "av"},
    "player": {"sdl2", "sdl2dll", "numpy", "pyte", "PIL", "tomlkit"},
    "suite": {"rich", "numpy", "PIL", "jinja2", "pooch", "requests"}, "debug": {"jinja2"},
    "testing": {"pytest", "hypothesis"},
    "commands": {"typer", "rich", "click"}, "cli": {"typer", "rich", "click"},
}

CYTHON = {"libc", "cpython", "cython"}
IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+c?import\s+(.+)|c?import\s+([\w.]+))", re.MULTILINE)


def name_of(path):
    """The dotted name of a module, below `retrovm`."""
    parts = path.relative_to(ROOT).with_suffix("").parts[2:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_for_type_checkers(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def python_imports(path, late=True):
    """What a module imports; without `late`, when it is imported itself, and not in the body of a function."""
    package = name_of(path).split(".") if path.stem == "__init__" else name_of(path).split(".")[:-1]
    todo = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if is_for_type_checkers(node):
            todo.extend(node.orelse)
            continue
        if not late and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        todo.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = [] if node.level == 0 else ["retrovm", *package[:len(package) - node.level + 1]]
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def cython_imports(path):
    for module, names, plain in IMPORT.findall(path.read_text(encoding="utf-8")):
        for name in names.split("#")[0].strip("() ").split(",") if module else [""]:
            yield f"{module}.{name.split(' as ')[0].strip()}" if module else plain


def imports(path):
    """Every import of a file as a dotted name; the last part may be a name within the module."""
    return sorted(set(python_imports(path) if path.suffix == ".py" else cython_imports(path)))


def layer_of(module):
    return module.split(".")[0]


def allowed(layer, target):
    """May `layer` import `retrovm.<target>`?"""
    if layer in TOP or layer_of(target) == layer:
        return True
    return any(f"{target}.".startswith(f"{name}.") for name in MAY_IMPORT[layer])


def test_every_layer_is_known():
    unknown = {layer_of(name_of(path)) for path in SOURCES} - set(MAY_IMPORT) - TOP
    assert not unknown, f"say in MAY_IMPORT what these may import: {sorted(unknown)}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_lies_below_it(path):
    layer = layer_of(name_of(path))
    wrong = []
    for module in imports(path):
        first, _, rest = module.partition(".")
        if first == "retrovm":
            # `from retrovm import x` is x, or a public name of the package, which is everything.
            wrong += [] if rest and allowed(layer, rest) else [module]
        elif first in CYTHON:
            wrong += [] if path.suffix != ".py" else [module]
        elif first not in sys.stdlib_module_names and not is_beside(path, first):
            wrong += [] if first in FOREIGN.get(layer, ()) else [module]
    assert not wrong, f"{layer or 'retrovm'} must not import {', '.join(wrong)}"


def loaded_first():
    """Module: the modules of retrovm that are loaded before it is, which are its packages and what it imports."""
    paths = {f"retrovm.{name_of(path)}".rstrip("."): path for path in SOURCES if path.suffix in (".py", ".pyx")}
    found = {}
    for module, path in paths.items():
        wanted = python_imports(path, late=False) if path.suffix == ".py" else cython_imports(path)
        found[module] = {name for each in [module.rpartition(".")[0], *wanted] for name in upwards(each)
                         if name in paths and name != module}
    return found


def upwards(name):
    while name:
        yield name
        name = name.rpartition(".")[0]


def test_no_module_is_loaded_before_itself():
    """In a circle, threads that begin to import at two places of it wait for each other, and Python lets one of them fail."""
    before = loaded_first()
    assert before["retrovm.suite.task"] >= {"retrovm", "retrovm.suite", "retrovm.suite.select"}
    done = set()
    while ready := {module for module, first in before.items() if module not in done and first <= done}:
        done |= ready
    assert not before.keys() - done, f"in a circle, or behind one: {sorted(before.keys() - done)}"


def is_beside(path, name):
    """Generators run from a checkout, where they find their neighbours by their place."""
    return path.name == "generate.py" and (path.parent / f"{name}.py").exists()


@pytest.mark.parametrize(("text", "expected"), [
    ("from retrovm.core.bus cimport Bus, trap_read", {"retrovm.core.bus.Bus", "retrovm.core.bus.trap_read"}),
    ("cimport cython", {"cython"}),
    ("    from retrovm.media import x as y  # late", {"retrovm.media.x"}),
    ("include \"x.pxi\"", set()),
])
def test_cimports_are_seen(tmp_path, text, expected):
    path = tmp_path / "a.pyx"
    path.write_text(text)
    assert set(imports(path)) == expected


def test_imports_for_type_checkers_do_not_count_and_relative_ones_do():
    text = "if TYPE_CHECKING:\n    import a\nelse:\n    import b\n"
    assert is_for_type_checkers(ast.parse(text).body[0])
    octo = ROOT / "src" / "retrovm" / "isa" / "octo.py"
    assert "retrovm.isa.chip8" in imports(octo)
