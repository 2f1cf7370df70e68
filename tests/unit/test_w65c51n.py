"""WDC's W65C51N: a 6551 whose TDRE is stuck, sentence by sentence."""

import pytest
from acia_bench import (
    CHARACTER,
    CLOCK16,
    COMMAND,
    DATA,
    DTR,
    IRD,
    IRQ,
    ON,
    RDRF,
    STATUS,
    TDRE,
    TIC_IRQ,
    TIC_ON,
    Bench,
)

from retrovm.core.errors import ArgumentError


@pytest.fixture
def stuck():
    return Bench(model="w65c51n")


def test_a_w65c51n_says_that_its_register_is_empty_whatever_is_written(stuck):
    stuck.begin()
    stuck[DATA] = 0x41
    for _ in range(3):
        assert stuck[STATUS] == TDRE
        stuck.wait(CHARACTER / 2)
    assert stuck.port.receive() == b"A"


def test_a_w65c51n_hides_tdre_too_while_cts_is_high(stuck):
    stuck.begin()
    stuck.acia.cts = False
    assert stuck[STATUS] == 0
    stuck.acia.cts = True
    assert stuck[STATUS] == TDRE


def test_a_w65c51n_that_is_paced_by_the_time_of_a_character_loses_nothing(stuck):
    stuck.begin()
    for value in b"paced":
        stuck[DATA] = value
        stuck.wait(CHARACTER + CLOCK16)
    assert stuck.port.receive() == b"paced"


def test_a_w65c51n_loaded_too_early_loses_the_character_on_its_way(stuck):
    stuck.begin()
    stuck[DATA] = 0x41
    stuck.wait(CHARACTER / 2)
    stuck[DATA] = 0x42
    stuck.wait(3 * CHARACTER)
    assert stuck.port.receive() == b"B"


def test_the_transmitter_interrupt_of_a_w65c51n_never_ends(stuck):
    stuck.begin(command=DTR | IRD | TIC_IRQ)
    stuck.wait(CLOCK16)
    for _ in range(3):
        assert stuck[STATUS] == IRQ | TDRE
        assert stuck.wire.asserted
    stuck[COMMAND] = ON
    assert stuck[STATUS] == IRQ | TDRE                # what was pending is released by this
    assert stuck[STATUS] == TDRE
    assert not stuck.wire.asserted


def test_a_w65c51n_receives_and_interrupts_like_a_6551(stuck):
    stuck.begin(command=DTR | TIC_ON)
    stuck.acia.inject(0x41)
    assert stuck[STATUS] == IRQ | RDRF | TDRE
    assert stuck[STATUS] == RDRF | TDRE
    assert stuck[DATA] == 0x41


def test_a_model_that_nobody_makes_is_refused():
    with pytest.raises(ArgumentError, match="there is no model '6552'; it is one of 6551, w65c51n"):
        Bench(model="6552")
