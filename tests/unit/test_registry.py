"""Discovery by entry points: order, laziness, and packages that do not work."""

import importlib.metadata
import subprocess
import sys

import fake_packages
import pytest
from fake_packages import install, install_machine

from retrovm import registry
from retrovm.errors import RegistrationError, RetroVMError, UnknownNameError
from retrovm.media import Format, open_media

FORMAT = '''
from retrovm.media import Format, Media, Segment
from retrovm.spec import Judgement

def sniff(data, name):
    {sniff}

def parse(data, name):
    return Media(name, data, "{id}", (Segment(0x1000, data[4:]),), title="tape")

FORMAT = Format(id="{id}", title="tape", suffixes=(".tap",), sniff=sniff, parse=parse)
'''


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A folder for packages of others; they are gone after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    fake_packages.forget()
    yield tmp_path
    fake_packages.forget()


def install_format(folder, id, sniff):
    install(folder, f"plugin_{id}", f"[retrovm.media]\n{id} = plugin_{id}:FORMAT\n",
            FORMAT.format(id=id, sniff=sniff))


def test_the_built_in_formats_are_there_by_id():
    formats = registry.formats()
    assert list(formats)[:6] == ["binary", "ch8", "ihex", "octocart", "srec", "zip"]
    assert all(isinstance(each, Format) and each.id == id for id, each in formats.items())


def test_every_entry_point_of_retrovm_names_a_module_of_its_own_package():
    entries = importlib.metadata.distribution("retrovm").entry_points
    assert {"chip8", "sbc6502"} <= set(registry.MACHINES.ids())
    assert all(entry.value.startswith("retrovm.") for entry in entries)


def test_an_unknown_id_is_an_error_with_the_nearest_ones():
    with pytest.raises(UnknownNameError, match="there is no media format 'ihexx'; did you mean ihex"):
        registry.format("ihexx")
    with pytest.raises(UnknownNameError, match="there is no machine 'chip9'; did you mean chip8"):
        registry.machine("chip9")
    with pytest.raises(UnknownNameError, match="there is no processor 'mos6503'; did you mean mos6502"):
        registry.cpu("mos6503")


def test_importing_retrovm_loads_no_entry_point():
    code = "import importlib.metadata; del importlib.metadata.EntryPoint.load; import retrovm"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_format_of_another_package_is_used_like_a_built_in_one(packages):
    install_format(packages, "tape", 'return Judgement(0.9, "TAPE") if data[:4] == b"TAPE" else None')
    assert list(registry.formats()) == ["binary", "ch8", "ihex", "octocart", "srec", "zip", "tape"]
    media = open_media(b"TAPE\1\2", name="a.bin")
    assert media.format == "tape"
    assert media.description == "tape, 2 bytes at $1000-$1001"


def test_a_machine_of_another_package_is_found_by_its_id(packages):
    install_machine(packages, "altair", "return None")
    assert registry.machine("altair").title == "altair"
    assert registry.MACHINES.ids()[-1] == "altair"


def test_a_package_that_was_installed_since_is_found_after_forget(packages):
    registry.formats()
    install_format(packages, "tape", "return None")
    assert "tape" not in registry.formats()
    registry.forget()
    assert "tape" in registry.formats()


@pytest.mark.parametrize(("source", "reason"), [
    ("import no_such_module", "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
    ("raise RuntimeError('broken')", "cannot be imported: RuntimeError: broken"),
    ("", "cannot be imported: AttributeError: module 'plugin_bad' has no attribute 'FORMAT'"),
    ("FORMAT = 42", "expected a Format, found int"),
    ("from retrovm.media.binary import FORMAT", "calls itself 'binary'"),
])
def test_a_broken_package_is_listed_and_breaks_nothing_else(packages, source, reason):
    install(packages, "plugin_bad", "[retrovm.media]\nbad = plugin_bad:FORMAT\n", source)
    assert list(registry.formats()) == ["binary", "ch8", "ihex", "octocart", "srec", "zip"]
    (problem,) = registry.problems()
    assert (problem.group, problem.id, problem.value) == ("retrovm.media", "bad", "plugin_bad:FORMAT")
    assert problem.reason == reason
    with pytest.raises(RegistrationError) as caught:
        registry.format("bad")
    assert str(caught.value) == (f"retrovm.media: bad = plugin_bad:FORMAT: {reason}; "
                                 "install the package plugin_bad anew, or tell its authors")
    assert isinstance(caught.value, RetroVMError)


def test_an_object_that_is_no_machine_or_no_processor_is_an_error(packages):
    entry_points = "[retrovm.machines]\nodd = plugin_odd:X\n[retrovm.cpus]\nodd = plugin_odd:X\n"
    install(packages, "plugin_odd", entry_points, "X = 1")
    with pytest.raises(RegistrationError, match="expected a MachineSpec, found int"):
        registry.machine("odd")
    with pytest.raises(RegistrationError, match="expected a class, found int"):
        registry.cpu("odd")


def test_an_id_belongs_to_the_built_in(packages):
    install(packages, "plugin_thief", "[retrovm.media]\nihex = plugin_thief:FORMAT\n", "FORMAT = 1")
    assert registry.format("ihex").title == "Intel HEX"
    (problem,) = registry.problems()
    assert problem.value == "plugin_thief:FORMAT"
    assert problem.reason == "retrovm.media.ihex:FORMAT has this id already"


def test_a_format_that_fails_while_sniffing_does_not_keep_others_from_a_file(packages):
    install_format(packages, "tape", "raise KeyError('tape')")
    assert open_media(b":00000001FF").format == "ihex"
    (problem,) = registry.problems()
    assert str(problem) == "retrovm.media: tape = plugin_tape:FORMAT: failed: KeyError: 'tape'"


def test_a_built_in_that_fails_is_not_hidden():
    def fail():
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        registry.FORMATS.guard("ihex", fail)
