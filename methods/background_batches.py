"""Background batches: which drawings a network learns from at one step.

Pure numpy, for methods of any framework. A batch shows a few drawings of each of many classes; a
class is a character, or a character turned by 90, 180 or 270 degrees, which counts as another
(Santoro et al. 2016, Vinyals et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness import DataError, Split
from methods.distortion import Distortion, Floats, distort

TURNS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Drawings of one step, ``n_classes`` classes by ``n_drawings`` drawings.

    Attributes:
        rows: ``(n_classes, n_drawings)`` rows of the background.
        turns: ``(n_classes,)`` quarter turns, 0 to 3.
        label: ``(n_classes,)`` which of all classes each is, from 0.
    """

    rows: NDArray[np.integer]
    turns: NDArray[np.integer]
    label: NDArray[np.integer]


class BackgroundBatches:
    """Draws batches from a background.

    Args:
        background: what is learnt from; characters with one drawing alone are left out.
        n_classes: in a batch, or as many as there are.
        n_drawings: of each class in a batch, or as many as each has.
        rotations: whether turned characters are classes of their own.
        same_group: the share of batches whose classes come from as few alphabets as possible,
            so that the classes to tell apart are alike.

    Raises:
        DataError: fewer than two characters have two drawings.
    """

    def __init__(
        self,
        background: Split,
        *,
        n_classes: int,
        n_drawings: int,
        rotations: bool = True,
        same_group: float = 0.0,
    ) -> None:
        counts = (background.rows_of_class >= 0).sum(axis=1)
        self._usable = np.flatnonzero(counts >= 2)
        if len(self._usable) < 2:
            raise DataError(
                "cannot learn from this background: fewer than two characters have two drawings"
            )
        self._background, self._same_group = background, same_group
        self.n_all = len(self._usable) * (TURNS if rotations else 1)
        self.n_classes = min(n_classes, self.n_all)
        self.n_drawings = min(n_drawings, int(counts[self._usable].min()))

    def draw(self, rng: np.random.Generator) -> Batch:
        """Choose a batch."""
        label = self._classes(rng)
        turns, place = np.divmod(label, len(self._usable))
        table = self._background.rows_of_class[self._usable[place]]  # (n_classes, most)
        chance = np.where(table >= 0, rng.random(table.shape), 2.0)
        picked = np.argsort(chance, axis=1)[:, : self.n_drawings]
        return Batch(rows=np.take_along_axis(table, picked, axis=1), turns=turns, label=label)

    def images(
        self, batch: Batch, side: int, distortion: Distortion, rng: np.random.Generator
    ) -> Floats:
        """Return a batch's drawings distorted: ``(n_classes * n_drawings, side, side)``."""
        ink = self._background.images.ink(batch.rows.ravel())
        return distort(ink, side, distortion, rng, batch.turns.repeat(batch.rows.shape[1]))

    def _classes(self, rng: np.random.Generator) -> NDArray[np.integer]:
        within = rng.random() < self._same_group
        chance = rng.random(self.n_all)
        if not within:
            return np.argsort(chance)[: self.n_classes]
        turns, place = np.divmod(np.arange(self.n_all), len(self._usable))
        group = self._background.group[self._usable[place]]
        turned = group * TURNS + turns  # a turned group is another group
        turn_of = rng.permutation(int(turned.max()) + 1)[turned]
        return np.lexsort((chance, turn_of))[: self.n_classes]
