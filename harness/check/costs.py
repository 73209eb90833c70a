"""The costs of a method against its baseline: training time, scoring time and memory.

Seconds are divided by the seconds of the reference workload in the same process, because machines
and hours differ. The memory that the process held before the method was built is subtracted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from harness.check.finding import Finding, Mark
from harness.records.record import Record, Reference

SHORTEST = 0.1
"""Seconds; a shorter time is mostly noise, and counts as this."""
SMALLEST = 50e6
"""Bytes; a smaller amount is mostly that of libraries, and counts as this."""


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """The largest ratios of a cost to the baseline's that are no regression.

    Attributes:
        time: for training and for scoring.
        memory: for the memory that the method took.
    """

    time: float = 1.5
    memory: float = 1.25


def costs(
    before: Iterable[Record], after: Iterable[Record], tolerance: Tolerance
) -> tuple[Finding, ...]:
    """Compare the costs of one method on one task over its seeds, in the baseline and now."""
    before, after = list(before), list(after)
    reason = _reason(before, after)
    if reason is not None:
        return tuple(_not_judged(aspect, reason) for aspect in ("training", "scoring", "memory"))
    scoring = _timed(
        "scoring", before, after, lambda record: record.cost.score_seconds, tolerance.time
    )
    # a cached model's training was timed in another job, on an unknown day
    for whose, records in (("the baseline's", before), ("the new", after)):
        if any(record.cost.cached for record in records):
            why = f"not comparable: an earlier job fitted {whose} model; oneshot run --force"
            return _not_judged("training", why), scoring, _not_judged("memory", why)
    training = _timed(
        "training", before, after, lambda record: record.cost.fit_seconds, tolerance.time
    )
    return training, scoring, _judged("memory", before, after, _own_memory, tolerance.memory)


def _reason(before: list[Record], after: list[Record]) -> str | None:
    """Return why no cost can be compared; None if costs can."""
    if any(record.cost.reference is None for record in (*before, *after)):
        return "not comparable: recorded before the reference workload was timed"
    for name in ("machine", "threads", "keras_backend"):
        ran = [str(record.environment.get(name)) for record in (*before, *after)]
        if len(set(ran)) > 1:
            return f"not comparable: different {name.replace('_', ' ')}"
    return None


def _not_judged(aspect: str, why: str) -> Finding:
    return Finding(aspect=aspect, mark=Mark.NOT_JUDGED, text=why)


def _timed(
    aspect: str,
    before: list[Record],
    after: list[Record],
    seconds: Callable[[Record], float],
    tolerance: float,
) -> Finding:
    """Compare seconds as multiples of the reference workload."""
    if max(map(seconds, (*before, *after))) < SHORTEST:
        return _not_judged(aspect, f"under {SHORTEST:g} s in both, too short to compare")

    def cost(record: Record, reference: Reference) -> float:
        return max(seconds(record), SHORTEST) / reference.seconds

    return _judged(aspect, before, after, cost, tolerance)


def _own_memory(record: Record, reference: Reference) -> float:
    return max(record.cost.peak_memory - reference.memory, SMALLEST)


def _judged(
    aspect: str,
    before: list[Record],
    after: list[Record],
    cost: Callable[[Record, Reference], float],
    tolerance: float,
) -> Finding:
    # the median, because one slow seed on a busy machine is no regression
    was, now = (
        np.median([cost(r, r.cost.reference) for r in records if r.cost.reference is not None])
        for records in (before, after)
    )
    ratio = float(now / was)
    return Finding(
        aspect=aspect,
        mark=Mark.REGRESSED if ratio > tolerance else Mark.PASSED,
        text=f"{ratio:.2f} times the baseline, at most {tolerance:g} allowed",
        ratio=ratio,
    )
