"""For which member of the CHIP-8 family a program was written, as far as its instructions tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.isa.chip8_analysis import PLATFORMS, analyse, runs_as
from retrovm.isa.octo import assemble


def octo(source):
    return analyse(assemble(source).data)


def test_an_instruction_of_a_later_member_is_named_with_its_address():
    found = analyse(bytes.fromhex("1204 0000 00C4 1200"))
    assert (found.platform, found.variant) == ("superchip", "schip1.1")
    assert found.reasons == ("00C4 at $0204 is new in SCHIP 1.1",)
    assert analyse(bytes.fromhex("00FF 1200")).reasons == ("00FF at $0200 is new in SCHIP 1.0",)
    found = analyse(bytes.fromhex("F201 00D2 1200"))
    assert (found.platform, found.reasons) == ("xochip", ("F201 at $0200 and 1 more are only in XO-CHIP",))


def test_what_does_not_fit_into_4_kib_is_for_xo_chip():
    assert octo(": main loop again :org 0x1000 0").platform == "xochip"
    assert octo(": main loop again :org 0xFFF 0").platform == "modernChip8"


def test_what_does_not_fit_into_the_cosmac_vip_is_for_a_later_interpreter():
    found = octo(": main loop again :org 0xEA0 0")
    assert found.platform == "modernChip8"
    assert "3,233 bytes are more than the 3,232 of the COSMAC VIP" in found.reasons


def test_more_than_8_flags_are_for_xo_chip():
    assert analyse(bytes.fromhex("F775 1202")).platform == "superchip"
    found = analyse(bytes.fromhex("F875 1202"))
    assert found.platform == "xochip"
    assert found.reasons == ("F875 at $0200 needs more than the 8 flags of members before XO-CHIP",)


def test_a_sprite_of_16_rows_needs_schip_at_least():
    found = analyse(bytes.fromhex("A204 D120 1204"))
    assert (found.platform, found.reasons) == ("superchip", ("D120 at $0202 is drawn by no member before SCHIP",))


def test_machine_code_needs_the_cosmac_vip():
    assert analyse(bytes.fromhex("0204 1202 D0D0")).platform == "hybridVIP"


def test_a_program_for_64_x_64_pixels_brings_their_interpreter():
    begin = bytes.fromhex("1260 017A 4270 2278").ljust(0xC0, b"\1")
    found = analyse(begin + bytes.fromhex("0230 12C2"))
    assert found.platform == "chip8-64x64"
    assert found.reasons == ("it begins with the interpreter of 64 x 64 pixels, and 0230 at $02C0 clears them",)
    assert analyse(begin[:0x60] + bytes.fromhex("0230 1262")).platform == "chip8-64x64"
    assert analyse(begin[:0x60] + bytes.fromhex("00E0 1262")).platform != "chip8-64x64"


def test_without_any_sign_it_says_that_it_is_unsure_and_why():
    found = analyse(bytes.fromhex("A206 D125 1202 F0F0"))
    assert (found.platform, found.confidence) == ("modernChip8", 0.5)
    assert found.doubts[0].startswith("nothing tells whether it was made for the COSMAC VIP")


@pytest.mark.parametrize(("program", "sign"), [
    ("8017 1202", "8017 at $0200 is not in its manual of 1978"),
    ("6F01 1202", "6F01 at $0200 uses the register of the flags for data, as Octo does"),
    ("1203 0060 0012 0300", "6000 at $0203 lies at an odd address"),
    ("AEA0 1202", "AEA0 at $0200 points to where the COSMAC VIP has its stack and display"),
    ("8011 3F00 1204 1204", "logic: 3F00 at $0202 needs the VF of before 8011 at $0200"),
])
def test_what_programs_of_1978_do_not_have_is_told(program, sign):
    found = analyse(bytes.fromhex(program))
    assert (found.platform, found.confidence) == ("modernChip8", 0.8)
    assert sign in found.reasons


# --- quirks -------------------------------------------------------------------------------------------------


def quirk(source, name):
    found = octo(f": main {source} loop again : data 0").quirks[name]
    return found.matters, found.wants, found.text


def test_shifts_matter_only_between_two_registers():
    assert quirk("v1 := 1", "shift") == (False, None, "irrelevant: no 8XY6, no 8XYE")
    assert quirk("v1 >>= v1", "shift") == (False, None, "irrelevant: 8XY6 and 8XYE only with X=Y")
    assert quirk("v1 >>= v2", "shift") == (True, False, "8126 at $0200 shifts another register, V2")
    assert quirk("v0 := random 7 v1 <<= v0", "shift") == (True, False, "810E at $0202 shifts another register, V0")
    assert quirk("v1 := random 7 v1 <<= v0", "shift") == (
        True, True, "810E at $0202 shifts V1, which was set just before, and not V0")
    assert quirk("v1 >>= v0", "shift") == (True, None, "matters at 8106 at $0200")
    assert quirk("v1 := 1 v1 >>= v0 v3 >>= v2", "shift")[1] is None


def test_i_behind_fx55_and_fx65_matters_only_if_it_is_used():
    name = "memoryLeaveIUnchanged"
    assert quirk("v1 := 1", name) == (False, None, "irrelevant: no FX55, no FX65")
    assert quirk("i := data load v0 i := data save v0", name) == (
        False, None, "irrelevant: I is set anew behind each FX55 and FX65")
    assert quirk("i := data load v3 sprite v0 v1 5", name) == (True, None, "matters to D015 at $0204 behind F365 at $0202")
    assert quirk("i := data load v0 v0 += 1 save v0", name) == (
        True, True, "F055 at $0206 writes back what F065 at $0202 read")
    assert quirk("i := data loop load v0 if v0 != 0 then again", name) == (
        True, False, "F065 at $0202 comes again without a new I")
    assert quirk("i := data load v6 save v6", name) == (
        True, False, "F655 at $0204 behind F665 at $0202 would write what is there")
    assert quirk("i := data load v0 v0 += 1 save v0 i := data loop load v0 again", name)[1] is None


def test_i_is_followed_through_routines():
    source = ": main loop i := data step again : step load v0 v0 += 1 save v0 return : data 0"
    assert octo(source).quirks["memoryLeaveIUnchanged"].wants is True
    source = ": main i := data loop step again : step load v0 return : data 0"
    assert octo(source).quirks["memoryLeaveIUnchanged"].wants is False


def test_an_indexed_jump_takes_the_register_that_was_set():
    assert quirk("v1 := 1", "jump") == (False, None, "irrelevant: no BNNN")
    assert quirk("v0 := 2 jump0 0x300", "jump") == (True, False, "B300 at $0202 comes after V0 is set")
    assert quirk("v3 := 2 jump0 0x300", "jump") == (True, True, "B300 at $0202 comes after V3 is set")
    assert quirk("jump0 0x300", "jump") == (True, None, "matters at B300 at $0200")


def test_logic_matters_only_if_vf_lives_on():
    assert quirk("v1 := 1", "logic") == (False, None, "irrelevant: no 8XY1, 8XY2, 8XY3")
    assert quirk("v1 |= v2 vf := 1", "logic") == (False, None, "irrelevant: VF is set anew before it is used")
    assert quirk("v1 += v2 v3 |= v4 v5 := vf", "logic") == (True, False, "85F0 at $0204 needs the VF of before 8341 at $0202")
    assert quirk("vf &= v2", "logic") == (True, False, "8F22 at $0200 has its result in VF")


def test_waiting_for_the_display_matters_only_if_it_draws():
    assert quirk("v1 := 1", "vblank") == (False, None, "irrelevant: no DXYN")
    assert quirk("sprite v0 v1 5", "vblank")[0] is True


def test_edges_matter_only_if_a_sprite_may_reach_them():
    assert quirk("v1 := 1", "wrap") == (False, None, "irrelevant: no DXYN")
    assert quirk("v0 := 56 v1 := 27 sprite v0 v1 5", "wrap") == (False, None, "irrelevant: every sprite lies inside")
    assert quirk("v0 := 57 v1 := 27 sprite v0 v1 5", "wrap") == (True, None, "may matter at D015 at $0204")
    assert quirk("v0 := 56 v1 := 28 sprite v0 v1 5", "wrap")[0] is True
    assert quirk("hires v0 := 120 v1 := 59 sprite v0 v1 5", "wrap")[0] is False
    assert quirk("v0 := random 7 v1 := 0 sprite v0 v1 5", "wrap")[0] is True


def test_quirks_of_schip_speak_for_it_and_those_of_others_against_it():
    keeps = "i := data load v0 v0 += 1 save v0 loop again : data 0"
    found = octo(f": main {keeps}")
    assert (found.platform, found.confidence) == ("superchip", 0.6)
    assert found.reasons[0] == "load/store: F055 at $0206 writes back what F065 at $0202 read"
    assert octo(f": main hires {keeps}").confidence == 0.9
    adds = "hires i := data loop load v0 if v0 != 0 then again loop again : data 0"
    found = octo(f": main {adds}")
    assert (found.platform, found.confidence) == ("xochip", 0.6)
    assert found.reasons[1] == "SCHIP would do otherwise, load/store: F065 at $0204 comes again without a new I"


def test_a_program_that_writes_its_own_instructions_is_told():
    found = analyse(bytes.fromhex("60A2 6100 A208 F155 0000 D125 120C"))
    assert "the program writes instructions of its own: F155 at $0206 writes $0208" in found.doubts


def test_data_is_hardly_trusted():
    found = analyse(bytes.fromhex("6000 FFFF"))
    assert found.confidence <= 0.4
    assert "FFFF at $0202, which is reached, is no instruction" in found.doubts


def test_a_platform_runs_what_it_has_the_instructions_for():
    program = assemble(": main hires scroll-down 4 loop again").data
    assert [name for name in ("originalChip8", "chip48", "superchip1", "superchip", "xochip")
            if runs_as(program, name)] == ["superchip", "xochip"]


@given(st.binary(max_size=4000))
def test_any_bytes_can_be_analysed(data):
    found = analyse(data)
    assert found.platform in PLATFORMS
    assert 0 < found.confidence <= 1
    assert found.reasons
    assert all(isinstance(line, str) for line in found.lines)


def test_instructions_of_one_member_alone_give_it_away():
    # CHIP-8X starts at $0300: next background, colours of a zone, the second keypad.
    draws = "02A0 6103 6207 A310 B120 E1F2 D125 1306 F0F0"
    found = analyse(bytes.fromhex(draws))
    assert (found.platform, found.variant) == ("chip8x", "chip8x")
    assert found.reasons == ("02A0 at $0300 and 2 more are of CHIP-8X alone",)
    # CHIP-8E: wait for the timer, skip if greater, jump back.
    found = analyse(bytes.fromhex("A20E 0151 5011 D125 F14F BB06 00ED F0F0"))
    assert found.platform == "chip8e"
    assert found.reasons[0].endswith("of CHIP-8E alone")
