"""When frames are due."""

from fractions import Fraction

import pytest

from retrovm.player.pacing import MOST_LATE, SECOND, Pacer

NES = Fraction(39375000, 11) / (Fraction(341 * 262) - Fraction(1, 2)) * 3 / 2


class FakeClock:
    """Time that passes when somebody sleeps, and a microsecond each time somebody looks."""

    def __init__(self) -> None:
        self.time = 7 * SECOND
        self.slept = 0

    def now(self) -> int:
        self.time += 1_000
        return self.time

    def sleep(self, nanoseconds: int) -> None:
        assert nanoseconds > 0
        self.time += nanoseconds
        self.slept += nanoseconds


@pytest.mark.parametrize("rate", [Fraction(60), NES, Fraction(50), Fraction(60000, 1001)])
def test_after_ten_thousand_frames_the_time_is_exact_to_a_few_microseconds(rate):
    clock = FakeClock()
    pacer = Pacer(rate, clock)
    start = clock.time
    frames = 0
    while frames < 10_000:
        due = pacer.take()
        assert due in (0, 1)
        frames += due
        if not due:
            pacer.wait()
    assert abs((clock.time - start) - 9_999 * SECOND / rate) < 10_000


def test_the_host_sleeps_nearly_all_the_time_that_it_waits():
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)
    pacer.take()
    before = clock.time
    pacer.wait()
    assert clock.slept > 0.95 * (clock.time - before)


def test_a_host_that_is_a_little_late_runs_the_frames_that_it_missed():
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)
    assert pacer.take() == 1
    clock.time += 3 * SECOND // 60 + 10_000
    assert pacer.take() == 3
    assert pacer.take() == 0


def test_a_host_that_was_asleep_goes_on_without_catching_up():
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)
    pacer.take()
    clock.time += MOST_LATE + SECOND
    assert pacer.take() == 1
    assert pacer.take() == 0


def test_frames_slower_than_one_in_the_longest_delay_are_still_paced():
    clock = FakeClock()
    pacer = Pacer(Fraction(1, 2), clock)
    start = clock.time
    for _ in range(3):
        assert pacer.take() == 1
        pacer.wait()
    assert abs(clock.time - start - 6 * SECOND) < 20_000


@pytest.mark.parametrize("sign", [1, -1])
def test_a_shift_moves_the_next_frame_by_at_most_half_a_percent_of_a_frame(sign):
    clock = FakeClock()
    pacer = Pacer(Fraction(50), clock)
    start = clock.time
    pacer.take()
    pacer.shift(sign * SECOND)
    pacer.wait()
    assert abs(clock.time - start - (20_000_000 + sign * 100_000)) < 5_000
