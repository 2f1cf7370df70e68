"""What all benchmarks share: runs that take turns, and a table of medians."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import fmean, median, stdev


def interleave(works: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Calls every work once in each of so many rounds: what disturbs the host disturbs all of them alike."""
    figures: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            figures[name].append(work())
    return figures


def ratio(figures: Mapping[str, list[float]], above: str, below: str) -> float:
    """The median of the ratios of two works in the same round."""
    return median(one / other for one, other in zip(figures[above], figures[below], strict=True))


def difference(figures: Mapping[str, list[float]], above: str, below: str) -> float:
    """The median of the differences of two works in the same round."""
    return median(one - other for one, other in zip(figures[above], figures[below], strict=True))


def show(figures: Mapping[str, list[float]], unit: str) -> None:
    """Prints median, best and coefficient of variation of each work."""
    for name, values in figures.items():
        spread = stdev(values) / fmean(values) if len(values) > 1 else 0.0
        print(f"{name:34} {median(values):12,.3f} {unit}   lowest {min(values):,.3f}   highest {max(values):,.3f}"
              f"   variation {spread:.1%}")


def goal(what: str, value: float, unit: str, wanted: str) -> None:
    """Prints a figure beside its goal."""
    print(f"{what:34} {value:12,.3f} {unit}   goal: {wanted}")
