"""The dispatch of the cores is what the instruction tables say."""

import pytest

from retrovm.cpu.chip8 import FEATURES, FLAGS, PROFILES
from retrovm.isa import chip8, chip8_variants
from retrovm.isa.chip8_core import dispatch_text as chip8_text
from retrovm.isa.chip8_core import functions, rules
from retrovm.isa.generate import FILES
from retrovm.isa.mos6502 import MODELS, opcodes
from retrovm.isa.mos6502_core import BUILDS, build_of, handler, handlers
from retrovm.isa.mos6502_core import dispatch_text as mos6502_text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_committed_file_is_the_one_that_the_table_gives(path):
    if not path.parent.is_dir():
        pytest.skip("needs the source tree")
    assert path.read_text(encoding="utf-8") == FILES[path]()


@pytest.mark.parametrize("variant", chip8.VARIANTS)
def test_every_instruction_of_every_chip8_has_an_operation(variant):
    text = chip8_text()
    found = {rule.row: rule.function for rule in rules() if variant in rule.variants and not rule.needs}
    assert found.keys() == set(chip8.instructions(variant))
    assert all(text.count(f"OPCODE({function.upper()});") == 2 for function in found.values())


def test_the_profiles_of_the_core_are_those_of_the_table():
    assert chip8_variants.profiles() == PROFILES
    assert list(PROFILES) == list(chip8.VARIANTS)
    assert (tuple(chip8_variants.FLAGS), chip8_variants.FEATURES) == (FLAGS, FEATURES)


def test_an_operation_has_one_number_however_many_opcodes_it_is():
    assert len(functions()) == len({rule.function for rule in rules()}) + 1 < 256


def test_every_opcode_of_every_6502_has_a_handler_in_the_exact_build_and_in_its_fast_one():
    fast, exact = mos6502_text().split("cdef inline void execute")
    texts = {text.split("(")[0]: text for text in fast.split("cdef void run_")[1:]}
    assert texts.keys() == {name for build in BUILDS for name in (build, f"{build}_counting")}
    for name, model in MODELS.items():
        for opcode in opcodes(name):
            build, number = build_of(model), handler(opcode, model.has_port)
            assert texts[build].count(f"OPCODE({number});") == texts[f"{build}_counting"].count(f"({number});") == 1
            assert exact.count(f"number == {handler(opcode)}:") == 1


def test_models_share_the_handlers_of_what_they_do_alike():
    lda = {handler(opcodes(name)[0xAD]) for name in MODELS}
    assert len(lda) == 1
    total = sum(len({handler(opcode) for opcode in opcodes(name)}) for name in MODELS)
    assert len(handlers()) < total / 3
