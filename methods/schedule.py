"""The learning rate that the networks here are trained with: a short rise, then half a cosine."""

from __future__ import annotations

import math

WARM_UP = 0.05
"""Share of the steps over which the learning rate rises."""


def warm_cosine(number: int, n_steps: int) -> float:
    """Return the factor of the highest learning rate at a step, which counts from 0."""
    rise = min(1.0, (number + 1) / (WARM_UP * n_steps))
    return rise * (1 + math.cos(math.pi * min(1.0, number / n_steps))) / 2
