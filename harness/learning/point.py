"""One point of a learning curve."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where a training stood at a validation.

    Attributes:
        step: steps done.
        seconds: of training so far, validation included.
        loss: the mean over the steps since the last point.
        accuracy: in percent, on held-out background groups; None if none were held out.
    """

    step: int
    seconds: float
    loss: float
    accuracy: float | None
