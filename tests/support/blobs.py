"""A dataset of characters made on the spot."""

from __future__ import annotations

import numpy as np

from harness import Dataset, Images, Split


def make_split(groups: int, classes: int, sources: int, side: int, seed: int) -> Split:
    """Make characters that are random blobs, each drawn with some pixels flipped."""
    rng = np.random.default_rng(seed)
    n = groups * classes
    ink = rng.random((n, 1, side, side)) < 0.3
    ink = ink ^ (rng.random((n, sources, side, side)) < 0.15)
    return Split(
        images=Images.from_ink(ink.reshape(-1, side, side)),
        label=np.repeat(np.arange(n, dtype=np.int32), sources),
        source=np.tile(np.arange(sources, dtype=np.int32), n),
        group=np.repeat(np.arange(groups, dtype=np.int32), classes),
        groups=tuple(f"Alphabet_{a}" for a in range(groups)),
        classes=tuple(
            f"Alphabet_{a}/character{c:02d}" for a in range(groups) for c in range(classes)
        ),
    )


def blobs(groups: int = 6, classes: int = 5, sources: int = 4, side: int = 11) -> Dataset:
    """Make a dataset called tiny."""
    return Dataset(
        name="tiny",
        synthetic=True,
        background=make_split(groups, classes, sources, side, seed=1),
        evaluation=make_split(groups, classes, sources, side, seed=2),
    )
