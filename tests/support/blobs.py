"""A dataset of characters made on the spot."""

from __future__ import annotations

import numpy as np

from harness import Dataset, Images, Split


def make_split(alphabets: int, characters: int, drawers: int, side: int, seed: int) -> Split:
    """Make characters that are random blobs, each drawn with some pixels flipped."""
    rng = np.random.default_rng(seed)
    n = alphabets * characters
    ink = rng.random((n, 1, side, side)) < 0.3
    ink = ink ^ (rng.random((n, drawers, side, side)) < 0.15)
    return Split(
        images=Images.from_ink(ink.reshape(-1, side, side)),
        character=np.repeat(np.arange(n, dtype=np.int32), drawers),
        drawer=np.tile(np.arange(drawers, dtype=np.int32), n),
        alphabet=np.repeat(np.arange(alphabets, dtype=np.int32), characters),
        alphabets=tuple(f"Alphabet_{a}" for a in range(alphabets)),
        characters=tuple(
            f"Alphabet_{a}/character{c:02d}" for a in range(alphabets) for c in range(characters)
        ),
    )


def blobs(alphabets: int = 6, characters: int = 5, drawers: int = 4, side: int = 11) -> Dataset:
    """Make a dataset called tiny."""
    return Dataset(
        name="tiny",
        synthetic=True,
        background=make_split(alphabets, characters, drawers, side, seed=1),
        evaluation=make_split(alphabets, characters, drawers, side, seed=2),
    )
