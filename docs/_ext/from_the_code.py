"""Pages that are made from the code, so that they say what it says.

    {docstring} MODULE           the docstring of a module without its first paragraph
    {machine-options} ID         the options of a machine, from its SPEC
    {chips} all                  the chips that machine files know: what each has, and its options
    {machine-keys} ID            the buttons of a machine and their host keys
    {command} NAME               a command of `retrovm`: what it does, its arguments and options; the line
                                 COMMANDS of a page becomes a section with it for every command there is
    {chip8-variant} NAME         in what a member of the CHIP-8 family differs from the COSMAC VIP's
    {chip8-opcodes}              the instructions of the CHIP-8 family, and which of its members have them
    {opcodes} MODEL              the instruction set of a 6502: instruction, mode, bytes, cycles and what adds to them
    {api} MODULE NAME ...        classes and functions with their signatures, from the stub of a compiled module or
                                 from the source of another one; without names, all that are public
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList


class Generated(Directive):
    """A directive whose content is written by `markdown`."""

    required_arguments = 1
    optional_arguments = 99

    def markdown(self) -> str:
        """The content; every directive below writes its own."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        node = nodes.container()
        lines = self.markdown().splitlines()
        self.state.nested_parse(StringList(lines, source=self.name), self.content_offset, node)
        return node.children


class Docstring(Generated):
    def markdown(self) -> str:
        return as_markdown(module_text(self.arguments[0]).partition("\n\n")[2])


class Chips(Generated):
    def markdown(self) -> str:
        from retrovm import registry
        from retrovm.chip_spec import CpuSpec

        chips = [spec for spec in registry.chips().values() if spec.make.__module__.startswith("retrovm.")]
        rows = []
        for spec in chips:
            facts = [f"{spec.size} addresses"] * bool(spec.size) + [f"pulls {output}" for output in spec.outputs]
            facts += ["buttons"] * spec.buttons
            facts += [f"ports {', '.join(spec.ports)}"] * bool(spec.ports) + ["a serial line"] * spec.serial
            facts += [f"signals {', '.join(spec.signals)}"] * bool(spec.signals)
            if isinstance(spec, CpuSpec):
                facts.append(f"for [cpu]; its lines: {', '.join(spec.lines)}")
            rows.append((f"`{spec.id}`", spec.title, "; ".join(facts) or "memory"))
        options = [(f"`{spec.id}`", f"`{option.name}`", default_of(option), option.help)
                   for spec in chips for option in spec.options]
        return (table(("type", "what it is", "what it has"), rows) + "\n\n"
                + table(("type", "key", "default", "what it says"), options))


class MachineOptions(Generated):
    def markdown(self) -> str:
        from retrovm import registry

        options = registry.machine(self.arguments[0]).options
        return table(("option", "default", "what it does"),
                     [(f"`{option.name}`", default_of(option), option.help) for option in options])


class MachineKeys(Generated):
    def markdown(self) -> str:
        from retrovm import registry

        buttons = [button for port in registry.machine(self.arguments[0]).ports for button in port.buttons]
        return table(("button", "host key, by position"),
                     [(f"`{button.name}`", ", ".join(button.keys)) for button in buttons])


class Command(Generated):
    def markdown(self) -> str:
        from retrovm.commands.group import group

        command = group().get_command(None, self.arguments[0])
        parts = [described(command)]
        for name, part in getattr(command, "commands", {}).items():
            parts += [f"**retrovm {self.arguments[0]} {name}**", described(part)]
        return "\n\n".join(parts)


def described(command: Any) -> str:
    """What a command does, its example, and a table of what it takes."""
    told, _, example = cleandoc(command.help or "").partition("Example: ")
    rows = []
    for parameter in command.params:
        record = getattr(parameter, "help", "") or ""
        names = parameter.opts + parameter.secondary_opts
        if parameter.param_type_name == "argument":
            rows.append((f"`{parameter.metavar or parameter.name.upper()}`", record))
        else:
            taken = "" if parameter.is_flag else f" {parameter.metavar or parameter.type.name.upper()}"
            rows.append((", ".join(f"`{name}{taken}`" for name in names), record))
    parts = [told.strip()]
    if example:
        parts.append(f"```text\n{example.strip()}\n```")
    if rows:
        parts.append(table(("argument", "what it is"), rows))
    return "\n\n".join(parts)


def list_commands(app: Any, docname: str, source: list[str]) -> None:
    from retrovm.cli import COMMANDS

    sections = [f"## retrovm {name}\n\n```{{command}} {name}\n```\n" for name in COMMANDS]
    source[0] = source[0].replace("\nCOMMANDS\n", "\n" + "\n".join(sections))


class Opcodes(Generated):
    def markdown(self) -> str:
        from retrovm.isa.mos6502 import opcodes

        rows = []
        for opcode in opcodes(self.arguments[0]):
            numbers = (0x12, 0x3456) if opcode.mode == "zpr" else (0x3456 if opcode.size == 3 else 0x12,)
            operand = opcode.syntax.syntax.format(*numbers)
            rows.append((f"${opcode.code:02X}", f"`{f'{opcode.mnemonic} {operand}'.strip()}`", opcode.mode, str(opcode.size),
                         str(opcode.cycles), ", ".join(more_cycles(opcode)), "" if opcode.documented else "undocumented"))
        return table(("opcode", "instruction", "mode", "bytes", "cycles", "more", ""), rows)


def more_cycles(opcode: Any) -> Iterator[str]:
    """What may add to the cycles of an opcode, in the words of docs/opcodes-6502.md."""
    if opcode.page_penalty:
        yield "page"
    if opcode.mode in ("rel", "zpr"):
        if opcode.mnemonic != "BRA":                  # whose cycle for being taken is counted already
            yield "taken"
        yield "far"
    if opcode.technology == "cmos" and opcode.mnemonic in ("ADC", "SBC"):
        yield "decimal"
    if opcode.mnemonic in ("JAM", "STP"):
        yield "stops"
    if opcode.mnemonic == "WAI":
        yield "waits"


NUMBERS = {
    "width": "pixels, at most", "height": "pixels, at most", "planes": "bits of a pixel", "memory": "bytes",
    "start": "where programs lie and start", "stack": "return addresses that have room", "flags": "flag registers",
    "tickrate": "instructions a frame", "frame_rate": "frames a second", "font": "the digits",
}


class Chip8Variant(Generated):
    def markdown(self) -> str:
        from retrovm.isa.chip8_variants import FLAGS, VARIANTS

        variant, vip = VARIANTS[self.arguments[0]], VARIANTS["chip8"]
        numbers = ("width", "height", "planes", "memory", "start", "stack", "flags", "tickrate", "frame_rate", "font")
        rows = [(f"`{name}`", FLAGS.get(name, NUMBERS.get(name, "")), in_words(name, getattr(variant, name)))
                for name in (*FLAGS, *numbers) if variant is vip or getattr(variant, name) != getattr(vip, name)]
        return table(("", "what it is", variant.title if variant is vip else f"{variant.title}, unlike chip8"), rows)


def in_words(name: str, value: Any) -> str:
    """A value of a variant, for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"${value:04X}" if name == "start" else f"{value:,}" if isinstance(value, int) else str(value)


class Chip8Opcodes(Generated):
    required_arguments = 0

    def markdown(self) -> str:
        from retrovm.isa.chip8 import markdown_table

        return markdown_table()


class Api(Generated):
    def markdown(self) -> str:
        module, *names = self.arguments
        tree = ast.parse(stub_of(module).read_text(encoding="utf-8"))
        found = {item.name: item for item in tree.body if isinstance(item, (ast.ClassDef, ast.FunctionDef))}
        if missing := [name for name in names if name not in found]:
            raise self.error(f"{module} has no {', '.join(missing)}")
        chosen = names or [name for name in found if not name.startswith("_")]
        parts = ["\n".join(["`````{py:currentmodule} " + module, "`````"])]
        for name in chosen:
            item = found[name]
            parts.append("\n".join(class_text(item) if isinstance(item, ast.ClassDef) else
                                   function_text(item, "py:function")))
        return "\n\n".join(parts)


def module_text(name: str) -> str:
    """The docstring of a module as it stands in its source or stub; of a compiled one, as it was compiled."""
    return (import_module(name).__doc__ or "").strip()


def stub_of(module: str) -> Path:
    """The file with the signatures of a module."""
    spec = find_spec(module)
    assert spec is not None, module
    assert spec.origin is not None, module
    origin = Path(spec.origin)
    return origin if origin.suffix == ".py" else origin.with_name(f"{module.rpartition('.')[2]}.pyi")


def class_text(item: ast.ClassDef) -> Iterator[str]:
    members = [member for member in item.body if isinstance(member, ast.FunctionDef)]
    init = next((member for member in members if member.name == "__init__"), None)
    signature = signature_of(init) if init is not None else ""
    yield f"`````{{py:class}} {item.name}{signature.removesuffix(' -> None')}"
    yield documentation(item)
    for member in members:
        decorators = [ast.unparse(decorator) for decorator in member.decorator_list]
        if member.name.startswith("_") or any(name.endswith((".setter", "overload")) for name in decorators):
            continue
        kind = "py:property" if {"property", "cached_property"} & set(decorators) else "py:method"
        yield ""
        yield from function_text(member, kind, fence="````")
    for member in item.body:
        if isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name) and item.bases:
            yield f"\n````{{py:attribute}} {member.targets[0].id}\n:value: {ast.unparse(member.value)}\n````"
    yield "`````"


def function_text(item: ast.FunctionDef, kind: str, fence: str = "`````") -> Iterator[str]:
    if kind == "py:property":
        yield f"{fence}{{{kind}}} {item.name}"
        if item.returns is not None:
            yield f":type: {ast.unparse(item.returns)}"
        yield ""
    else:
        yield f"{fence}{{{kind}}} {item.name}{signature_of(item)}"
    yield documentation(item)
    yield fence


def signature_of(item: ast.FunctionDef) -> str:
    arguments = item.args
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        arguments = ast.arguments(arguments.posonlyargs, arguments.args[1:], arguments.vararg, arguments.kwonlyargs,
                                  arguments.kw_defaults, arguments.kwarg, arguments.defaults)
    elif arguments.posonlyargs and arguments.posonlyargs[0].arg == "self":
        arguments = ast.arguments(arguments.posonlyargs[1:], arguments.args, arguments.vararg, arguments.kwonlyargs,
                                  arguments.kw_defaults, arguments.kwarg, arguments.defaults)
    returns = "" if item.returns is None else f" -> {ast.unparse(item.returns)}"
    return f"({ast.unparse(arguments)}){returns}"


def documentation(item: ast.ClassDef | ast.FunctionDef) -> str:
    return as_markdown(cleandoc(ast.get_docstring(item) or ""))


def as_markdown(text: str) -> str:
    """A docstring as Markdown: paragraphs with indented lines, which are tables to the eye, stay as they are."""
    parts = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        if any(line.startswith("    ") for line in lines) and not lines[0].startswith("|"):
            parts.append("\n".join(["```text", *lines, "```"]))
        else:
            parts.append(paragraph)
    return "\n\n".join(parts)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def default_of(option: Any) -> str:
    """A default as a user would give it."""
    default = option.default
    if default is None:
        return ""
    if isinstance(default, int) and option.help.startswith("where"):
        return f"`${default:04X}`"
    if isinstance(default, tuple):
        return "`" + ",".join(f"{part:06X}" for part in default) + "`"
    return f"`{default}`"


def setup(app: Any) -> dict[str, bool]:
    for name, directive in (("docstring", Docstring), ("machine-options", MachineOptions), ("chips", Chips),
                            ("machine-keys", MachineKeys), ("command", Command), ("opcodes", Opcodes), ("api", Api),
                            ("chip8-variant", Chip8Variant), ("chip8-opcodes", Chip8Opcodes)):
        app.add_directive(name, directive)
    app.connect("source-read", list_commands)
    return {"parallel_read_safe": True}
