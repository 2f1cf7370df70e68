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


class Monitor:
    """A display that makes the player wait for its next picture, `rate` times a second."""

    def __init__(self, clock, rate):
        self.clock, self.rate, self.number = clock, rate, 0

    def show(self):
        length = SECOND / self.rate
        self.number = max(self.number + 1, int(self.clock.time // length) + 1)
        self.clock.time = max(self.clock.time, int(self.number * length))


def play(pacer, clock, monitor, pictures):
    """Plays so many pictures; returns how many frames the machine ran for each."""
    counts = []
    while len(counts) < pictures:
        due = pacer.take()
        if due:
            counts.append(due)
            monitor.show()
            pacer.shown(True)
        else:
            pacer.wait()
    return counts


@pytest.mark.parametrize("rate", [Fraction(60), Fraction(60000, 1001), Fraction(601, 10)])
def test_a_display_of_nearly_the_machines_rate_is_followed_picture_by_picture(rate):
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)
    monitor = Monitor(clock, rate)
    play(pacer, clock, monitor, 100)
    assert pacer.follows
    before = monitor.number
    counts = play(pacer, clock, monitor, 10_000)
    assert set(counts) == {1}
    assert monitor.number == before + 10_000


@pytest.mark.parametrize("rate", [Fraction(50), Fraction(75), Fraction(144)])
def test_a_display_of_another_rate_is_not_followed_and_the_time_stays_exact(rate):
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)
    start = clock.time
    frames = sum(play(pacer, clock, Monitor(clock, rate), 3000))
    assert not pacer.follows
    assert abs((clock.time - start) - frames * SECOND / 60) < SECOND / 20


def test_a_display_that_turns_out_not_to_wait_is_not_followed_for_long():
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)

    class Hasty:
        def show(self):
            clock.time += 1_000_000

    start = clock.time
    frames = sum(play(pacer, clock, Hasty(), 2000))
    assert not pacer.follows
    assert abs((clock.time - start) - frames * SECOND / 60) < SECOND / 5


def test_a_picture_that_is_late_ends_following_until_the_display_is_steady_again():
    clock = FakeClock()
    pacer = Pacer(Fraction(60), clock)
    monitor = Monitor(clock, Fraction(60))
    play(pacer, clock, monitor, 100)
    clock.time += SECOND
    play(pacer, clock, monitor, 1)
    assert not pacer.follows
    play(pacer, clock, monitor, 100)
    assert pacer.follows
