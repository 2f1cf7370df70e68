"""The pages of docs/ say what the code says, where they are not made from it."""

import importlib.util
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from retrovm import registry
from retrovm import toml_keys as keys
from retrovm.isa.chip8 import VARIANTS
from retrovm.isa.mos6502 import MODELS
from retrovm.suite import judges, manifest

DOCS = Path(__file__).parents[2] / "docs"


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


BUILT_IN = [spec for spec in registry.machines().values() if spec.wire.__module__.startswith("retrovm.")]


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.id)
def test_every_machine_has_a_page_made_from_its_own_description(spec):
    text = page(f"machines/{spec.id}.md")
    assert f"```{{docstring}} retrovm.machines.{spec.id}\n" in text
    assert f"```{{machine-options}} {spec.id}\n" in text
    assert f"machines/{spec.id}\n" in page("index.md")


def test_every_judge_has_a_section():
    text = page("suite.md")
    for name in judges.registered():
        assert f"\n### {name}\n" in text


def test_every_format_is_listed():
    listed = set(re.findall(r"^\| `(\w+)` ", page("media.md"), re.MULTILINE))
    built_in = {id for id, format in registry.formats().items() if format.parse.__module__.startswith("retrovm.")}
    assert built_in == listed


def test_the_keys_of_a_test_are_those_that_a_manifest_takes(monkeypatch):
    taken = set()
    take = keys.Keys.take                                 # every other way to read a key comes down to it

    def spy(self, key, parse, default=keys.REQUIRED):
        if self.path[:1] == ("test",) and len(self.path) == 2:
            taken.add(key)
        return take(self, key, parse, default)

    monkeypatch.setattr(keys.Keys, "take", spy)
    text = """
        [suite]
        title = "t"
        [[test]]
        name = "n"
        machine = "chip8"
        limit = { frames = 1 }
        judge = "memory"
        at = 0
        bytes = "00"
    """
    manifest.parse(Path("suite.toml"), text.encode())
    documented = set(re.findall(r"^\| `(\w+)` ", page("suite.md"), re.MULTILINE))
    assert documented == taken - {"at", "bytes"}


def test_every_model_of_the_6502_has_its_table_of_opcodes():
    assert re.findall(r"^```\{opcodes\} (\S+)$", page("opcodes-6502.md"), re.MULTILINE) == list(MODELS)


def test_every_member_of_the_chip8_family_has_a_section_made_from_its_profile():
    text = page("machines/chip8-variants.md")
    assert re.findall(r"^### (\S+)$", text, re.MULTILINE) == re.findall(r"^```\{chip8-variant\} (\S+)$", text, re.MULTILINE)
    assert sorted(re.findall(r"^### (\S+)$", text, re.MULTILINE)) == sorted(VARIANTS)


def test_every_page_is_reached_from_the_index():
    listed = {line for line in page("index.md").splitlines() if (DOCS / f"{line}.md").is_file()}
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")
             if "_build" not in path.parts}
    assert pages - {"index"} == listed


def test_the_pictures_are_what_the_machines_draw(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["pictures.py", "--check"])
    monkeypatch.syspath_prepend(str(DOCS))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DOCS / "pictures.py"), run_name="__main__")
    assert ended.value.code == 0, capsys.readouterr().out


@pytest.mark.skipif(any(importlib.util.find_spec(name) is None for name in ("sphinx", "furo", "myst_parser")),
                    reason="pip install '.[docs]' for the documentation's build")
def test_the_documentation_builds_without_a_warning(tmp_path):
    built = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(DOCS), str(tmp_path)],
                           capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr
