"""Game controllers: those of SDL's that nobody has to plug in."""

from ctypes import c_int

import pytest
from player_bench import make_player

import retrovm
from retrovm import bundled
from retrovm.errors import ArgumentError
from retrovm.player.controllers import NAMES, Controllers, sources_of
from retrovm.player.sdl import sdl2
from retrovm.spec import Button, Port

PAD = Port(name="pad", title="Pad", buttons=tuple(Button(name=name, label=name) for name in ("up", "a", "start")))
KEYPAD = Port(name="keypad", title="Keypad", buttons=(
    Button(name="5", label="5", keys=("KeyW", "ArrowUp")), Button(name="6", label="6", keys=("KeyE", "Space")),
    Button(name="7", label="7", keys=("KeyA", "KeyI"))))


def test_buttons_with_the_usual_names_need_no_choice():
    assert sources_of([PAD], {}) == {"up": ((0, "dpup"),), "a": ((0, "a"),), "start": ((0, "start"),)}


def test_the_second_port_is_the_second_players():
    second = Port(name="pad2", title="Pad 2", buttons=(Button(name="UP", label="up"),))
    assert sources_of([PAD, second], {})["UP"] == ((1, "dpup"),)


def test_a_keypad_has_what_its_arrow_keys_say():
    assert sources_of([KEYPAD], {}) == {"5": ((0, "dpup"),), "6": ((0, "a"),), "7": ((1, "dpup"),)}


def test_what_the_user_has_chosen_counts():
    assert sources_of([KEYPAD], {"5": ("x", "2:dpdown")})["5"] == ((0, "x"), (1, "dpdown"))


@pytest.mark.parametrize(("chosen", "what"), [
    ({"55": ("a",)}, "the machine has no button '55'; did you mean 5"),
    ({"5": ("dpupp",)}, "a controller has no button 'dpupp'; did you mean dpup"),
    ({"5": ("0:a",)}, "a controller has no button '0:a'"),
])
def test_names_that_do_not_exist_are_errors(chosen, what):
    with pytest.raises(ArgumentError, match=what):
        sources_of([KEYPAD], chosen)


@pytest.fixture
def pad(sdl):
    """A controller that is plugged in; SDL calls its hand a virtual joystick."""
    assert sdl2.SDL_InitSubSystem(sdl2.SDL_INIT_GAMECONTROLLER) == 0
    index = sdl2.SDL_JoystickAttachVirtual(sdl2.SDL_JOYSTICK_TYPE_GAMECONTROLLER, 6, 15, 0)
    assert index >= 0
    yield index
    sdl2.SDL_JoystickDetachVirtual(index)


def push(pad, button, down):
    joystick = sdl2.SDL_JoystickFromInstanceID(sdl2.SDL_JoystickGetDeviceInstanceID(pad))
    assert sdl2.SDL_JoystickSetVirtualButton(joystick, NAMES.index(button), down) == 0
    sdl2.SDL_JoystickUpdate()


def tilt(pad, axis, value):
    joystick = sdl2.SDL_JoystickFromInstanceID(sdl2.SDL_JoystickGetDeviceInstanceID(pad))
    assert sdl2.SDL_JoystickSetVirtualAxis(joystick, axis, value) == 0
    sdl2.SDL_JoystickUpdate()


@pytest.fixture
def player(sdl, pad, tmp_path):
    vm = retrovm.load(bundled.find("ember").file, "chip8", keys="up=5,a=6")
    player = make_player(vm, tmp_path)
    yield player
    player.close()


def test_a_controller_presses_the_machines_buttons(player, pad):
    keypad, held = player.deck.vm.ports.groups["keypad"], []
    assert len(player.controllers) == 1
    player.display.script = {
        3: lambda: push(pad, "a", 1), 5: lambda: (held.append(keypad.held), push(pad, "a", 0)),
        7: lambda: (held.append(keypad.held), push(pad, "dpup", 1)), 9: lambda: (held.append(keypad.held), push(pad, "dpup", 0)),
    }
    player.run(frames=12)
    assert held == [("6",), (), ("5",)]


def test_the_stick_is_as_good_as_the_directions_and_does_not_flutter(player, pad):
    keypad, held = player.deck.vm.ports.groups["keypad"], []

    def then(value):
        return lambda: (held.append(keypad.held), tilt(pad, sdl2.SDL_CONTROLLER_AXIS_LEFTY, value))

    player.display.script = {3: then(-20000), 5: then(-13000), 7: then(-9000), 9: then(0)}
    player.run(frames=12)
    assert held == [(), ("5",), ("5",), ()]


def test_a_controller_that_is_pulled_out_lets_go_of_what_it_held(player, pad, capsys):
    keypad, held = player.deck.vm.ports.groups["keypad"], []
    player.display.script = {
        3: lambda: push(pad, "a", 1),
        5: lambda: (held.append(keypad.held), sdl2.SDL_JoystickDetachVirtual(pad), sdl2.SDL_JoystickUpdate()),
        8: lambda: held.append(keypad.held),
    }
    player.run(frames=10)
    assert held == [("6",), ()]
    assert "a controller is gone" in capsys.readouterr().err
    assert len(player.controllers) == 0


def test_one_that_is_plugged_in_later_is_the_first_free_players(sdl, tmp_path, ember, capsys):
    player = make_player(ember, tmp_path)
    attached = []
    player.display.script = {3: lambda: attached.append(
        sdl2.SDL_JoystickAttachVirtual(sdl2.SDL_JOYSTICK_TYPE_GAMECONTROLLER, 6, 15, 0))}
    player.run(frames=8)
    assert "controller: " in capsys.readouterr().err
    assert len(player.controllers) == 1
    player.close()
    sdl2.SDL_JoystickDetachVirtual(attached[0])


def test_the_menu_is_driven_by_a_controller(player, pad):
    pages = []

    def tap(button):
        push(pad, button, 1)
        push(pad, button, 0)

    player.display.script = {
        3: lambda: tap("guide"),
        4: lambda: (pages.append(player.menu.page.title), tap("dpdown")),
        5: lambda: (pages.append(player.menu.entry.text), tap("a")),
        6: lambda: (pages.append(player.menu.page.title), tap("b")),
        7: lambda: (pages.append(player.menu.page.title), tap("b")),
        8: lambda: (pages.append(player.menu.is_open), player.quit()),
    }
    player.run()
    assert pages == ["retrovm", "Save", "Save into a slot", "retrovm", False]


def test_the_buttons_are_numbered_as_sdl_does():
    for number, name in enumerate(NAMES[:15]):
        assert sdl2.SDL_GameControllerGetStringForButton(number).decode() == name


def test_without_controllers_there_are_none(sdl):
    controllers = Controllers()
    assert len(controllers) == sdl2.SDL_NumJoysticks() == c_int(0).value
    controllers.close()
