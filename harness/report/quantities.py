"""Quantities as people read them: percentages with intervals, durations, memory, counts."""

from __future__ import annotations

from harness.statistics.accuracy import Accuracy
from harness.statistics.paired import Difference

UNTRAINED_SECONDS = 0.001
"""A fit shorter than this did nothing: it is the time of an empty call."""

_MINUTE, _HOUR = 60, 3600
_MOST_LISTED = 8


def percent(accuracy: Accuracy | None) -> str:
    """Return ``61.25 (57.4 to 65.1)``, without the interval where there is none."""
    return "" if accuracy is None else ranged(accuracy.mean, accuracy.low, accuracy.high)


def ranged(mean: float, low: float | None, high: float | None) -> str:
    """Return a percentage with its interval, where there is one."""
    return f"{mean:.2f}" if low is None or high is None else f"{mean:.2f} ({low:.1f} to {high:.1f})"


def difference(found: Difference) -> str:
    """Return ``+1.50 (-0.2 to +3.2)``, without the interval where there is none."""
    return f"{signed(found.mean)} ({span})" if (span := spanned(found)) else signed(found.mean)


def signed(points: float, digits: int = 2) -> str:
    """Return ``+1.50``; never ``-0.00``."""
    return f"{round(points, digits) + 0.0:+.{digits}f}"


def spanned(found: Difference) -> str:
    """Return a difference's interval, ``-0.2 to +3.2``; nothing where there is none."""
    if found.low is None or found.high is None:
        return ""
    return f"{signed(found.low, 1)} to {signed(found.high, 1)}"


def p_value(p: float | None) -> str:
    """Return a p-value to four places, or nothing where there is none."""
    if p is None:
        return ""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def training(seconds: float) -> str:
    """Return the duration of a fit, or ``none`` where nothing was fitted."""
    return "none" if seconds < UNTRAINED_SECONDS else duration(seconds)


def duration(seconds: float) -> str:
    """Return a duration in the unit that suits it, to three significant digits."""
    if seconds < 0.9995e-3:
        return f"{_three_digits(seconds * 1e6)} µs"
    if seconds < 0.9995:
        return f"{_three_digits(seconds * 1e3)} ms"
    if seconds < 2 * _MINUTE:
        return f"{_three_digits(seconds)} s"
    if seconds < 2 * _HOUR:
        return f"{_three_digits(seconds / _MINUTE)} min"
    return f"{_three_digits(seconds / _HOUR)} h"


def memory(n_bytes: int) -> str:
    """Return an amount of memory in megabytes or gigabytes, of a thousand each; nothing for none.

    A person takes none.
    """
    if not n_bytes:
        return ""
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"


def count(number: int | None) -> str:
    """Return a count with its thousands set apart; nothing where it is not known."""
    return "" if number is None else f"{number:,}"


def ways(numbers: tuple[int, ...]) -> str:
    """Return ``2 to 60`` for numbers without a gap, else ``5, 20 and 40``, if not too many."""
    if len(numbers) > 2 and numbers == tuple(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    if len(numbers) > _MOST_LISTED:
        return f"{numbers[0]} to {numbers[-1]} ({len(numbers)} of them)"
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _three_digits(value: float) -> str:
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"
