"""Choosing without replacement, for many episodes at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness import Words

CHUNK = 2048
"""Episodes drawn at a time: it bounds memory, and changes nothing, since rows fill in order."""

NEVER = np.uint64(2**64 - 1)


def choose(
    words: Words, n_episodes: int, n_candidates: int, n_chosen: int, allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return ``(n_episodes, n_chosen)`` distinct candidates each, in random order.

    Args:
        words: the random stream.
        n_episodes: rows.
        n_candidates: columns to choose among.
        n_chosen: how many of them.
        allowed: ``(n_episodes, n_candidates)`` or ``(1, n_candidates)``, where at least
            ``n_chosen`` are True in each row.
    """
    keys = np.where(allowed, words.draw(n_episodes, n_candidates), NEVER)
    if n_chosen < n_candidates:
        chosen = np.argpartition(keys, n_chosen - 1, axis=1)[:, :n_chosen]
    else:
        chosen = np.broadcast_to(np.arange(n_candidates), keys.shape)
    in_order = np.argsort(np.take_along_axis(keys, chosen, axis=1), axis=1)
    return np.take_along_axis(chosen, in_order, axis=1)


def chunks(n_episodes: int) -> Iterator[int]:
    """Yield the sizes of the parts in which ``n_episodes`` are drawn."""
    for start in range(0, n_episodes, CHUNK):
        yield min(CHUNK, n_episodes - start)
