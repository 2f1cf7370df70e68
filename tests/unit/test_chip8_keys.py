"""The option `keys` of the CHIP-8 lays a gamepad on its keypad."""

import retrovm


def test_keys_of_a_gamepad_are_further_keys_of_the_keypad():
    vm = retrovm.create("chip8", keys="up=5, a=0x6,player2Up=5")
    keys = {button.name: button.keys for button in vm.spec.ports_for(vm.options)[0].buttons}
    assert keys["5"] == ("KeyW", "ArrowUp", "KeyI")
    assert keys["6"] == ("KeyE", "Space")
    assert keys["7"] == ("KeyA",)
