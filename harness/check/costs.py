"""Whether a method takes longer, or more memory, than in the baseline.

Seconds are divided by those of the reference workload in the same process, and memory by what
that process held before the method was built, so that only the method's own share is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from harness.check.finding import Finding, Mark
from harness.records import Record, Reference

SHORTEST = 0.1
"""Seconds: what takes less, then and now, is mostly noise."""


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How many times the baseline's cost is still no regression.

    Attributes:
        time: of training and of scoring.
        memory: of peak memory.
    """

    time: float = 1.5
    memory: float = 1.25


def costs(
    before: Iterable[Record], after: Iterable[Record], tolerance: Tolerance
) -> tuple[Finding, ...]:
    """Compare what one method on one task cost over its seeds, then and now."""
    before, after = list(before), list(after)
    reason = _reason(before, after)
    if reason is not None:
        return tuple(
            Finding(aspect=aspect, mark=Mark.UNTOLD, text=reason)
            for aspect in ("training", "scoring", "memory")
        )
    fitted_before = any(record.cost.cached for record in (*before, *after))
    return (
        _finding_of_cached()
        if fitted_before
        else _seconds("training", before, after, lambda r: r.cost.fit_seconds, tolerance.time),
        _seconds("scoring", before, after, lambda r: r.cost.score_seconds, tolerance.time),
        _judged(
            "memory",
            _median(before, lambda r, ref: r.cost.peak_memory / ref.memory),
            _median(after, lambda r, ref: r.cost.peak_memory / ref.memory),
            tolerance.memory,
        ),
    )


def _reason(before: list[Record], after: list[Record]) -> str | None:
    """Say why costs cannot be compared at all, if so."""
    if any(record.cost.reference is None for record in (*before, *after)):
        return "not comparable: recorded before the reference workload was timed"
    for name in ("machine", "threads", "keras_backend"):
        ran = [str(record.environment.get(name)) for record in (*before, *after)]
        if len(set(ran)) > 1:
            return f"not comparable: another {name.replace('_', ' ')}"
    return None


def _finding_of_cached() -> Finding:
    return Finding(
        aspect="training",
        mark=Mark.UNTOLD,
        text="not comparable: an earlier job had fitted the model; --force fits it again",
    )


def _seconds(
    aspect: str,
    before: list[Record],
    after: list[Record],
    seconds: Callable[[Record], float],
    tolerance: float,
) -> Finding:
    if max(map(seconds, (*before, *after))) < SHORTEST:
        return Finding(aspect=aspect, mark=Mark.UNTOLD, text=f"under {SHORTEST:g} s, too short")
    was, now = (
        _median(records, lambda record, reference: seconds(record) / reference.seconds)
        for records in (before, after)
    )
    return _judged(aspect, was, now, tolerance)


def _median(records: list[Record], ratio: Callable[[Record, Reference], float]) -> float:
    """Return the median over seeds of a cost in units of the reference workload's."""
    return float(
        np.median([ratio(r, r.cost.reference) for r in records if r.cost.reference is not None])
    )


def _judged(aspect: str, was: float, now: float, tolerance: float) -> Finding:
    ratio = now / was
    regressed = ratio > tolerance
    return Finding(
        aspect=aspect,
        mark=Mark.REGRESSED if regressed else Mark.PASSED,
        text=f"{ratio:.2f} times the baseline's, and {tolerance:g} is allowed",
        ratio=ratio,
    )
