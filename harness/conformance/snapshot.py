"""Detects that a method changed its input."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import Split
from harness.protocol.episodes import Episodes
from harness.protocol.images import Images


class Snapshot:
    """The arrays of a split or of episodes, copied before a method receives them.

    Cached arrays (``words``, ``rows_of_class``, ``rows``) are included: later callers share them.
    """

    def __init__(self, given: Split | Episodes) -> None:
        self._given = given
        self._before = {name: array.copy() for name, array in _arrays(given).items()}

    def changed(self) -> tuple[str, ...]:
        """Return the names of the arrays that have changed since."""
        now = _arrays(self._given)
        return tuple(
            name for name, before in self._before.items() if not np.array_equal(before, now[name])
        )


def _arrays(given: Split | Episodes) -> dict[str, NDArray[np.generic]]:
    if isinstance(given, Split):
        return {
            **_of_images("background.images", given.images),
            "background.label": given.label,
            "background.source": given.source,
            "background.group": given.group,
            "background.rows_of_class": given.rows_of_class,
        }
    return {
        **_of_images("episodes.pool", given.pool),
        "episodes.support": given.support,
        "episodes.query": given.query,
        "episodes.rows": given.rows,
    }


def _of_images(name: str, images: Images) -> dict[str, NDArray[np.generic]]:
    # words is a cached copy of the pixels, so it can change alone
    return {name: images.packed, f"{name}.words": images.words}
