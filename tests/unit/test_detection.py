"""Which machine a program is for: the order of the candidates, and what is said if none is best."""

import importlib.metadata

import fake_packages
import pytest
from fake_packages import install_machine
from hypothesis import given
from hypothesis import strategies as st

from retrovm import registry
from retrovm.detection import best, detect
from retrovm.errors import MediaError, UnknownNameError


@pytest.fixture
def machines(tmp_path, monkeypatch):
    """Installs machines that exist in this test only, and no others: `machines(id=body of its judge)`."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_is_builtin", lambda entry: not entry.value.startswith("plugin_"))
    everything = importlib.metadata.entry_points
    monkeypatch.setattr(registry, "entry_points", lambda group: [
        entry for entry in everything(group=group)
        if group != "retrovm.machines" or entry.value.startswith(fake_packages.PREFIX)])
    registry.forget()

    def add(formats=(), **judges):
        for id, judge in judges.items():
            install_machine(tmp_path, id, judge, formats)
        registry.forget()

    yield add
    monkeypatch.undo()
    fake_packages.forget()


def test_the_surest_machine_comes_first_and_its_options_with_it(machines):
    machines(alpha='return Judgement(0.3, "maybe")', gamma="return None",
             beta='return Judgement(0.9, "surely", {"rom": 4})')
    first, second = detect(b"\1\2\3")
    assert (first.spec.id, first.confidence, first.reason) == ("beta", 0.9, "surely")
    assert first.options == {"rom": 4}
    assert (second.spec.id, second.options) == ("alpha", {})
    assert first.media.data == b"\1\2\3"
    assert str(first) == "beta (90%: surely)"


def test_equally_sure_machines_come_by_id(machines):
    machines(beta='return Judgement(0.5, "b")', alpha='return Judgement(0.5, "a")',
             gamma='return Judgement(0.5, "c")')
    assert [target.spec.id for target in detect(b"\1")] == ["alpha", "beta", "gamma"]


def test_a_machine_is_asked_only_about_formats_that_it_takes(machines):
    machines(formats=("ihex",), alpha='return Judgement(0.9, media.format)')
    assert detect(b"\1") == []
    assert detect(b":00000001FF")[0].reason == "ihex"
    with pytest.raises(MediaError, match="bytes: alpha does not take this format: found raw binary, 1 byte, "
                                         "expected ihex; give another file, or choose its format"):
        best(b"\1", "alpha")


def test_the_best_is_the_surest(machines):
    machines(alpha='return Judgement(0.5, "a")', beta='return Judgement(0.95, "b")')
    assert best(b"\1").spec.id == "beta"


def test_a_machine_chosen_by_hand_wins_and_keeps_its_options(machines):
    machines(alpha='return Judgement(0.1, "hardly", {"rom": 4})', beta='return Judgement(0.9, "b")',
             gamma="return None")
    target = best(b"\1", "alpha")
    assert (target.spec.id, target.options) == ("alpha", {"rom": 4})
    target = best(b"\1", "gamma")
    assert (target.spec.id, target.confidence, target.reason) == ("gamma", 0.0, "it was chosen by hand")
    with pytest.raises(UnknownNameError, match="no machine 'alhpa'; did you mean alpha"):
        best(b"\1", "alhpa")


def test_two_equally_good_machines_are_an_error_that_lists_both(machines):
    machines(alpha='return Judgement(0.60, "a")', beta='return Judgement(0.65, "b")',
             gamma='return Judgement(0.3, "c")')
    with pytest.raises(MediaError) as caught:
        best(b"\1", name="a.bin")
    assert str(caught.value) == ("a.bin: it may be for several machines: "
                                 "found beta (65%: b); alpha (60%: a); choose the machine: beta, alpha")


def test_a_program_that_nobody_knows_is_an_error_that_describes_it_and_lists_machines(machines):
    machines(alpha="return None", beta="return None")
    with pytest.raises(MediaError) as caught:
        best(b"\1\2", name="a.bin")
    assert str(caught.value) == ("a.bin: no machine knows this raw binary, 2 bytes; "
                                 "choose the machine: alpha, beta")


def test_a_mere_possibility_is_told_but_not_taken(machines):
    machines(alpha='return Judgement(0.15, "only its size fits")')
    with pytest.raises(MediaError, match=r"this raw binary, 1 byte: alpha \(15%: only its size fits\)"):
        best(b"\1")


def test_a_machine_that_fails_to_judge_does_not_keep_a_program_from_another(machines):
    machines(alpha="raise KeyError('x')", beta='return Judgement(0.9, "b")')
    assert [target.spec.id for target in detect(b"\1")] == ["beta"]
    (problem,) = registry.problems()
    assert str(problem) == "retrovm.machines: alpha = plugin_alpha:SPEC: failed: KeyError: 'x'"


def test_name_format_and_member_are_passed_on(machines):
    machines(alpha='return Judgement(0.9, f"{media.name} {media.format}")')
    assert detect(b"\1", name="x.ch8")[0].reason == "x.ch8 ch8"
    assert best(b":00000001FF", format="binary").reason == "bytes binary"
    assert best(b":00000001FF", "alpha", name="a.hex").reason == "a.hex ihex"
    with pytest.raises(MediaError, match="it is no archive"):
        detect(b"\1", member="x")


def test_any_bytes_are_detected_or_a_media_error(machines):
    machines(alpha="from retrovm.media.chip8_judgement import judge; return judge(media)",
             beta="from retrovm.media.traits import mos6502_likeness; return mos6502_likeness(media)")

    @given(st.binary(max_size=300), st.sampled_from(["a", "a.ch8", "a.hex", "a.s19", "a.zip", "a.bin"]))
    def check(data, name):
        try:
            targets = detect(data, name=name)
        except MediaError:
            return
        confidences = [target.confidence for target in targets]
        assert confidences == sorted(confidences, reverse=True)

    check()
