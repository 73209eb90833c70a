"""``random``: guessing, the floor under every table (1/N).

Each pair of images gets a number that depends on the seed and on the two images alone, so that
asking twice, or in another order, gives the same guesses.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness import Episodes, MethodSpec, NoSettings, Split, Training, Words, hookimpl


class Guess:
    """A similarity that means nothing."""

    n_parameters = 0

    def fit(self, background: Split, training: Training) -> None:
        """Take the seed; there is nothing to learn."""
        self._seed = training.seed

    def score(self, episodes: Episodes) -> NDArray[np.float64]:
        """Return uniform numbers, ``(n_episodes, n_query, n_way)``; the best shot counts."""
        words = episodes.pool.words
        odd = Words(self._seed, "random").draw(words.shape[1]) | np.uint64(1)
        image = _mixed((words * odd).sum(-1, dtype=np.uint64))  # (n_images,)
        query = image[episodes.query][:, :, None, None]
        support = _mixed(image[episodes.support])[:, None]  # told apart from the query's role
        return (_mixed(query + support) >> np.uint64(11)).max(-1) / float(2**53)

    def save(self, folder: Path) -> None:
        """Keep the seed."""
        np.save(folder / "seed.npy", self._seed)

    def load(self, folder: Path) -> None:
        """Read the seed back."""
        self._seed = int(np.load(folder / "seed.npy"))


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all 64: the finaliser of SplitMix64 (Steele et al. 2014, figure 15)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@hookimpl
def oneshot_method() -> MethodSpec:
    """Register the method."""
    return MethodSpec(name="random", build=_build, seeded=True)


def _build(settings: NoSettings) -> Guess:
    return Guess()
