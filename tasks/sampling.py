"""Samples without replacement, for many episodes at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness import Words

CHUNK = 2048
"""Rows chosen at a time, to save memory; no result depends on it, as words fill row by row."""

NEVER = np.uint64(2**64 - 1)
"""The key of a candidate that is not allowed; there are enough others with smaller ones."""


def choose(
    words: Words, n_rows: int, n_chosen: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return ``(n_rows, n_chosen)`` distinct candidates each, in random order.

    The first m rows of n are the first m of any larger n, as long as ``words`` is a stream used
    for this choice alone.

    Args:
        words: the random stream.
        n_rows: how many times to choose.
        n_chosen: how many to choose each time.
        allowed: ``(n_rows, n_candidates)`` or ``(1, n_candidates)``; at least ``n_chosen`` are
            True in each row.
    """
    allowed = np.broadcast_to(allowed, (n_rows, allowed.shape[1]))
    parts = [
        _smallest_keys(words, n_chosen, allowed[start : start + CHUNK])
        for start in range(0, n_rows, CHUNK)
    ]
    return np.concatenate(parts)


def _smallest_keys(words: Words, n_chosen: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give each candidate a random key, and choose the candidates with the smallest."""
    keys = words.draw(*allowed.shape)
    np.copyto(keys, NEVER, where=~allowed)
    chosen = np.argpartition(keys, n_chosen - 1, axis=1)[:, :n_chosen]
    in_order = np.argsort(np.take_along_axis(keys, chosen, axis=1), axis=1)
    return np.take_along_axis(chosen, in_order, axis=1)
