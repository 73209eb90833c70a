"""Methods that embed each image on its own and compare the vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from harness.errors import MethodError, UsageError, did_you_mean
from harness.learning.similarity import SIMILARITIES, Floats, Similarity
from harness.learning.training import Training
from harness.protocol.dataset import Split
from harness.protocol.episodes import Episodes
from harness.protocol.images import Images

EMBED_BATCH = 512
SCORE_BATCH = 128


class Embedder(Protocol):
    """The part of an embedding method that its author writes.

    It may also have ``fit``, ``save``, ``load`` and ``n_parameters``, as any method.
    """

    def embed(self, images: NDArray[np.bool_]) -> NDArray[Any]:
        """Return ``(n, d)`` floats for ``(n, height, width)`` booleans, True where there is ink."""


def from_embedding(
    embedder: Embedder | Callable[[NDArray[np.bool_]], NDArray[Any]],
    similarity: str | Similarity = "cosine",
) -> EmbeddingMethod:
    """Make a method of an embedding.

    Args:
        embedder: an object with ``embed``, or the function alone.
        similarity: the name of one of ``harness.learning.similarity``, or a function like them.
    """
    if isinstance(similarity, str) and similarity not in SIMILARITIES:
        hint = did_you_mean(similarity, SIMILARITIES)
        raise UsageError(f"from_embedding: no similarity is called {similarity}; {hint}")
    if not hasattr(embedder, "embed"):
        embedder = SimpleNamespace(embed=embedder)
    return EmbeddingMethod(embedder, similarity)


class EmbeddingMethod:
    """A method that embeds every image of a pool at most once, however many tasks share it."""

    def __init__(self, embedder: Any, similarity: str | Similarity) -> None:
        self.embedder = embedder
        self.similarity = SIMILARITIES[similarity] if isinstance(similarity, str) else similarity
        self.seconds_embedding = 0.0
        self.n_embedded = 0
        self._vectors: WeakKeyDictionary[Images, _Vectors] = WeakKeyDictionary()

    @property
    def n_parameters(self) -> int | None:
        """How many values were learnt: 0 where nothing learns, None where it is not told."""
        learns = hasattr(self.embedder, "fit")
        return getattr(self.embedder, "n_parameters", None if learns else 0)

    def fit(self, background: Split, training: Training) -> None:
        """Let the embedder learn, if it does, and forget every vector."""
        if hasattr(self.embedder, "fit"):
            self.embedder.fit(background, training)
        self._vectors.clear()

    def save(self, folder: Path) -> None:
        """Keep the embedder's fitted state."""
        if hasattr(self.embedder, "save"):
            self.embedder.save(folder)

    def load(self, folder: Path) -> None:
        """Read the embedder's fitted state back, and forget every vector."""
        if hasattr(self.embedder, "load"):
            self.embedder.load(folder)
        self._vectors.clear()

    def score(self, episodes: Episodes) -> Floats:
        """Embed what is new in the pool, then compare; ``(n_episodes, n_query, n_way)``."""
        vectors = self._vectors.setdefault(episodes.pool, _Vectors(len(episodes.pool)))
        started = perf_counter()
        self.n_embedded += vectors.fill(self.embedder, episodes)
        self.seconds_embedding += perf_counter() - started
        parts = []
        for start in range(0, len(episodes), SCORE_BATCH):
            part = episodes[start : start + SCORE_BATCH]
            parts.append(self.similarity(vectors.of(part.query), vectors.of(part.support)))
        return np.concatenate(parts)


class _Vectors:
    """The vectors of one pool's images, as far as they were needed."""

    def __init__(self, n_images: int) -> None:
        self._place = np.full(n_images, -1)
        self._table: NDArray[Any] | None = None

    def of(self, rows: NDArray[np.int32]) -> NDArray[Any]:
        """Return ``(*rows.shape, d)``."""
        assert self._table is not None
        return self._table[self._place[rows]]

    def fill(self, embedder: Embedder, episodes: Episodes) -> int:
        """Embed the images that these episodes need and no earlier ones did; say how many."""
        missing = episodes.rows[self._place[episodes.rows] < 0]
        if len(missing) == 0:
            return 0
        parts = [] if self._table is None else [self._table]
        n_known = 0 if self._table is None else len(self._table)
        for start in range(0, len(missing), EMBED_BATCH):
            rows = missing[start : start + EMBED_BATCH]
            parts.append(_checked_vectors(embedder.embed(episodes.pool.ink(rows)), len(rows)))
        self._table = np.concatenate(parts)
        self._place[missing] = n_known + np.arange(len(missing))
        return len(missing)


def _checked_vectors(answer: object, n_images: int) -> NDArray[Any]:
    array = np.asarray(answer)
    if array.ndim != 2 or len(array) != n_images or array.dtype.kind not in "fiub":
        raise MethodError(
            f"embed returned {array.dtype} of shape {array.shape} for {n_images} images, "
            f"not numbers of shape ({n_images}, d)"
        )
    # integers would wrap around, and booleans add up to True
    vectors = array if array.dtype.kind == "f" else array.astype(np.float32)
    if not np.isfinite(vectors).all():
        raise MethodError("embed returned NaN or infinity; a vector is of finite numbers")
    return vectors
