"""Keys of the host, and what the machine sees of them."""

import pytest

from retrovm.errors import ArgumentError
from retrovm.player.keyboard import SCANCODES, Command, Keyboard
from retrovm.player.sdl import sdl2
from retrovm.spec import Button, Port

Q, P, TAB, UP, W = (SCANCODES[code] for code in ("KeyQ", "KeyP", "Tab", "ArrowUp", "KeyW"))


class Pad:
    """Remembers what is pressed, and fails where a button is released that is up."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    def button_press(self, name: str) -> None:
        assert name not in self.held
        self.held.add(name)

    def button_release(self, name: str) -> None:
        self.held.remove(name)


def keyboard(*buttons: tuple[str, tuple[str, ...]]) -> tuple[Keyboard, Pad]:
    pad = Pad()
    port = Port(name="pad", title="Pad", buttons=tuple(Button(name=n, label=n, keys=k) for n, k in buttons))
    return Keyboard(pad, [port]), pad


def keysym(code: str, sym: int, mod: int = 0) -> "sdl2.SDL_Keysym":
    return sdl2.SDL_Keysym(SCANCODES[code], sym, mod, 0)


def test_a_held_key_holds_its_button_until_it_comes_up():
    keys, pad = keyboard(("a", ("KeyQ",)))
    keys.down(Q)
    keys.frame_ran()
    assert pad.held == {"a"}
    keys.up(Q)
    assert pad.held == set()


def test_a_tap_between_two_frames_is_seen_by_one_frame():
    keys, pad = keyboard(("a", ("KeyQ",)))
    keys.down(Q)
    keys.up(Q)
    assert pad.held == {"a"}
    keys.frame_ran()
    assert pad.held == set()


def test_a_key_that_is_tapped_and_held_between_two_frames_stays_down():
    keys, pad = keyboard(("a", ("KeyQ",)))
    for key in (keys.down, keys.up, keys.down):
        key(Q)
    keys.frame_ran()
    assert pad.held == {"a"}


def test_a_button_with_two_keys_is_released_with_the_last_of_them():
    keys, pad = keyboard(("up", ("KeyW", "ArrowUp")))
    pad.button_press = lambda name: pad.held.add(name)
    keys.down(W)
    keys.down(UP)
    keys.frame_ran()
    keys.up(W)
    assert pad.held == {"up"}
    keys.up(UP)
    assert pad.held == set()


def test_a_key_with_two_buttons_presses_and_releases_both():
    keys, pad = keyboard(("a", ("KeyQ",)), ("b", ("KeyQ",)))
    keys.down(Q)
    keys.frame_ran()
    assert pad.held == {"a", "b"}
    keys.up(Q)
    assert pad.held == set()


def test_when_the_window_loses_the_keyboard_every_button_is_released():
    keys, pad = keyboard(("a", ("KeyQ",)), ("b", ("KeyW",)))
    keys.down(Q)
    keys.frame_ran()
    keys.down(W)
    keys.release_all()
    assert pad.held == set()
    keys.up(Q)
    keys.frame_ran()


def test_a_key_that_the_machine_does_not_have_does_nothing():
    keys, pad = keyboard(("a", ("KeyQ",)))
    keys.down(P)
    keys.frame_ran()
    keys.up(P)
    assert pad.held == set()


def test_the_players_own_keys_are_those_with_the_letter_on_them():
    keys, _ = keyboard()
    assert keys.command(keysym("KeyP", sdl2.SDLK_p)) is Command.PAUSE
    assert keys.command(keysym("KeyA", sdl2.SDLK_q, sdl2.KMOD_LCTRL)) is Command.QUIT
    assert keys.command(keysym("KeyR", sdl2.SDLK_r, sdl2.KMOD_RCTRL)) is Command.RESET
    both = sdl2.KMOD_LCTRL | sdl2.KMOD_RSHIFT
    assert keys.command(keysym("KeyR", sdl2.SDLK_r, both)) is Command.POWER_CYCLE
    assert keys.command(keysym("Enter", sdl2.SDLK_RETURN, sdl2.KMOD_LALT)) is Command.FULLSCREEN
    assert keys.command(keysym("KeyP", sdl2.SDLK_p, sdl2.KMOD_LSHIFT)) is None


def test_caps_lock_and_num_lock_change_nothing():
    keys, _ = keyboard()
    locks = sdl2.KMOD_CAPS | sdl2.KMOD_NUM
    assert keys.command(keysym("KeyP", sdl2.SDLK_p, locks)) is Command.PAUSE
    assert keys.command(keysym("KeyQ", sdl2.SDLK_q, locks | sdl2.KMOD_LCTRL)) is Command.QUIT


def test_a_key_of_the_machine_is_the_machines_unless_ctrl_or_alt_is_held():
    keys, _ = keyboard(("p", ("KeyP",)), ("tab", ("Tab",)), ("q", ("KeyQ",)))
    assert keys.command(keysym("KeyP", sdl2.SDLK_p)) is None
    assert keys.command(keysym("Tab", sdl2.SDLK_TAB)) is None
    assert keys.command(keysym("Pause", sdl2.SDLK_PAUSE)) is Command.PAUSE
    assert keys.command(keysym("KeyQ", sdl2.SDLK_q, sdl2.KMOD_LCTRL)) is Command.QUIT


def test_a_key_that_does_not_exist_is_an_error_that_names_the_nearest():
    with pytest.raises(ArgumentError, match=r"button a: there is no key 'ArowUp'; did you mean ArrowUp"):
        keyboard(("a", ("ArowUp",)))


def test_no_two_names_are_the_same_key():
    assert len(set(SCANCODES.values())) == len(SCANCODES)
    assert 0 not in SCANCODES.values()


def test_every_key_of_every_installed_machine_exists():
    import retrovm

    for spec in retrovm.machines().values():
        Keyboard(Pad(), spec.ports)
