"""The file of settings: what it says for whom, what is wrong with it, and how it is written."""

import subprocess
import sys
import tomllib

import pytest

import retrovm
from retrovm import bundled
from retrovm.commands.play import open_machine
from retrovm.player.opening import open_program
from retrovm.player.settings import SETTINGS, Settings, default_file, names_of


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.toml"


def test_without_a_file_every_setting_has_its_default(file):
    settings = Settings(file)
    assert {name: settings.get(name) for name in SETTINGS} == {name: setting.default for name, setting in SETTINGS.items()}


def test_a_flag_goes_before_a_program_that_before_a_machine_and_that_before_the_rest(file):
    file.write_text("""
[sound]
volume = 10
latency = 80
[video]
filter = "grid"
scaling = "fit"
[machine.chip8.sound]
volume = 20
[machine.chip8.video]
filter = "scanlines"
[program."ember.ch8".sound]
volume = 30
""")
    settings = Settings(file, {"scaling": "stretch", "mute": None})
    ember, other = ("chip8", ("sha", "ember.ch8")), ("chip8", ("sha", "other.ch8"))
    assert [settings.get("volume", *whose) for whose in (ember, other, ("nes", ()))] == [30, 20, 10]
    assert settings.get("filter", *ember) == "scanlines"
    assert settings.get("filter", "nes") == "grid"
    assert settings.get("latency", *ember) == 80
    assert settings.get("scaling", *ember) == "stretch"
    assert settings.choice("volume", *ember).origin == f"{file}:13"
    assert settings.choice("scaling", *ember).origin == "--scaling"
    assert settings.choice("mute", *ember).origin == "default"


def test_a_program_is_known_by_its_sha_1_too(file):
    vm = retrovm.load(bundled.find("ember").file)
    file.write_text(f'[program."{vm.media.sha1}".options]\nvariant = "schip"\nshift = true\nspeed = 7\n')
    assert Settings(file).options("chip8", names_of(vm)) == {"variant": "schip", "shift": "yes", "speed": "7"}
    assert Settings(file).options("chip8", ("other",)) == {}


@pytest.mark.parametrize(("content", "place", "what"), [
    ("[video]\nfiltre = 1\n", ":2:1: video.filtre", "there is no such key; did you mean filter"),
    ("[vidio]\nscale = 1\n", ":1:1: vidio", "there is no such key; did you mean video"),
    ("[video]\nscale = 100\n", ":2:1: video.scale", "expected a whole number from 0 to 64"),
    ('[video]\nfilter = "scanline"\n', ":2:1: video.filter", "did you mean scanlines"),
    ("[sound]\nmute = 3\n", ":2:1: sound.mute", "expected yes or no"),
    ("video = 3\n", ":1:1: video", "expected a table"),
    ("[machine.chip8.keys]\n5 = 3\n", ":2:1: machine.chip8.keys.5", "expected a list of names"),
    ("[machine.chip8.kees]\n5 = []\n", ":1:1: machine.chip8.kees", "did you mean keys"),
    ("[video\n", ":1:7", "not TOML"),
])
def test_what_is_wrong_is_told_with_its_place(file, content, place, what):
    file.write_text(content)
    with pytest.raises(retrovm.ManifestError) as error:
        Settings(file)
    assert str(error.value).startswith(f"{file}{place}")
    assert what in str(error.value)


def test_a_flag_that_cannot_be_meant_is_an_error():
    with pytest.raises(retrovm.OptionError, match=r"--filter scan: expected none or .*did you mean scanlines"):
        Settings(None, {"filter": "scan"})


def test_a_change_counts_at_once_and_the_next_time_and_the_file_keeps_its_comments(file):
    file.write_text("# mine\n[video]\nscale = 3   # three\n")
    settings = Settings(file, {"volume": 40})
    settings.change("volume", 60)
    settings.change("filter", "grid")
    assert (settings.get("volume"), settings.get("filter")) == (60, "grid")
    text = file.read_text()
    assert text.startswith("# mine\n[video]\nscale = 3   # three\n")
    again = Settings(file)
    assert [again.get(name) for name in ("scale", "volume", "filter")] == [3, 60, "grid"]


def test_a_change_makes_the_file_and_its_folder(tmp_path):
    settings = Settings(tmp_path / "new" / "config.toml")
    settings.change("mute", True)
    assert tomllib.loads((tmp_path / "new" / "config.toml").read_text()) == {"sound": {"mute": True}}


def test_keys_are_kept_for_a_machine(file):
    Settings(file).change_keys("chip8", "keys", "5", ("KeyT",))
    Settings(file).change_keys("chip8", "pads", "5", ("dpup", "2:a"))
    assert Settings(file).keys("chip8") == {"5": ("KeyT",)}
    assert Settings(file).pads("chip8") == {"5": ("dpup", "2:a")}
    assert Settings(file).keys("nes") == {}


def test_settings_without_a_file_are_kept_until_the_end(tmp_path):
    settings = Settings(None)
    settings.change("volume", 5)
    assert settings.get("volume") == 5


def test_a_file_that_cannot_be_written_is_an_oserror_and_the_change_counts_anyhow(tmp_path):
    (tmp_path / "not-a-folder").write_text("")
    settings = Settings(None)
    settings.file = tmp_path / "not-a-folder" / "config.toml"
    with pytest.raises(FileExistsError):
        settings.change("volume", 5)
    assert settings.get("volume") == 5


def test_what_is_shown_is_a_file_of_settings_that_says_the_same(file, tmp_path):
    file.write_text('[machine.chip8.video]\npalette = "amber"\n[machine.chip8.keys]\n5 = ["KeyT"]\n')
    shown = Settings(file, {"volume": 30}).show("chip8", ())
    copy = tmp_path / "copy.toml"
    copy.write_text(shown)
    again = Settings(copy)
    assert [again.get(name, "chip8") for name in ("palette", "volume", "scale")] == ["amber", 30, 0]
    assert again.keys("chip8") == {"5": ("KeyT",)}
    assert f"# {file}:2" in shown
    assert "# --volume" in shown


def test_a_portable_player_has_its_settings_in_its_folder(tmp_path):
    assert default_file(tmp_path) == tmp_path / "config.toml"


def command(*arguments, **more):
    return subprocess.run([sys.executable, "-m", "retrovm", "play", *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, **more)


def test_config_show_prints_what_counts_for_a_program(tmp_path):
    (tmp_path / "config.toml").write_text('[program."ember.ch8".sound]\nvolume = 30\n')
    done = command("ember", "--home", tmp_path, "--filter", "grid", "--config-show")
    assert done.returncode == 0, done.stderr
    values = tomllib.loads(done.stdout)
    assert values["sound"]["volume"] == 30
    assert values["video"]["filter"] == "grid"


def test_a_broken_file_of_settings_is_one_line_with_its_place(tmp_path):
    (tmp_path / "config.toml").write_text("[video]\nfiltre = 1\n")
    done = command("ember", "--home", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (f"retrovm: {tmp_path}/config.toml:2:1: video.filtre: there is no such key; did you mean filter?\n")


def test_a_file_of_settings_that_is_named_must_be_there(tmp_path):
    done = command("ember", "--config", tmp_path / "none.toml")
    assert done.returncode == 2
    assert "there is no file" in done.stderr


def test_options_of_a_program_count_unless_the_command_line_says_others(tmp_path):
    (tmp_path / "config.toml").write_text('[program."ember.ch8".options]\nvariant = "schip1.1"\n')
    shown = tomllib.loads(command("ember", "--home", tmp_path, "--config-show").stdout)
    assert shown["machine"]["chip8"]["options"] == {"variant": "schip1.1"}
    settings = Settings(tmp_path / "config.toml")
    assert open_program("chip8/ember", settings).options["variant"] == "schip1.1"
    assert open_machine("ember", None, None, 1, None, None, settings).options["variant"] == "schip1.1"
    assert open_machine("ember", None, ["variant=chip48"], 1, None, None, settings).options["variant"] == "chip48"


def test_an_option_that_the_machine_does_not_have_names_the_file(tmp_path):
    (tmp_path / "config.toml").write_text('[program."ember.ch8".options]\nvarient = "chip48"\n')
    done = command("ember", "--home", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"retrovm: {tmp_path}/config.toml: chip8 has no option 'varient'; did you mean variant")
