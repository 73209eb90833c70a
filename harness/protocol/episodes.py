"""Episodes: the images that a method gets, and the answer key that it never gets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import Split
from harness.protocol.images import Images
from harness.protocol.randomness import Words, order


@dataclass(frozen=True, kw_only=True, eq=False)
class Draw:
    """The episodes that a task plugin draws: rows of a split, with the truth, in any order.

    Attributes:
        support: ``(n_episodes, n_way, n_shot)`` int, rows of the split.
        query: ``(n_episodes, n_query)`` int, rows of the split.
        truth: ``(n_episodes, n_query)`` int, the way that shows each query's class.
        cluster: ``(n_episodes,)`` int into ``clusters``: episodes of one cluster rise and fall
            together, so intervals resample whole clusters.
        clusters: the clusters' names (groups, or official runs).
    """

    support: NDArray[np.integer]
    query: NDArray[np.integer]
    truth: NDArray[np.integer]
    cluster: NDArray[np.integer]
    clusters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Episodes:
    """The task as a method gets it: images in shuffled order, and which of them to compare.

    Attributes:
        pool: the unlabelled images that the indices point into.
        support: ``(n_episodes, n_way, n_shot)`` int32 into ``pool``.
        query: ``(n_episodes, n_query)`` int32 into ``pool``.
    """

    pool: Images
    support: NDArray[np.int32]
    query: NDArray[np.int32]

    def __post_init__(self) -> None:
        self.support.flags.writeable = False
        self.query.flags.writeable = False

    def __len__(self) -> int:
        return len(self.support)

    @property
    def n_way(self) -> int:
        """Classes in each episode."""
        return self.support.shape[1]

    @property
    def n_shot(self) -> int:
        """Support images of each class."""
        return self.support.shape[2]

    @property
    def n_query(self) -> int:
        """Queries in each episode."""
        return self.query.shape[1]

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """The rows of the pool that these episodes use, each once, ascending."""
        return np.unique(np.concatenate([self.support.ravel(), self.query.ravel()]))

    def __getitem__(self, part: slice) -> Episodes:
        """Return a part of the episodes, with the same pool."""
        return Episodes(pool=self.pool, support=self.support[part], query=self.query[part])


@dataclass(frozen=True, kw_only=True, eq=False)
class AnswerKey:
    """The truth, which only the runner holds.

    Attributes:
        truth: ``(n_episodes, n_query)`` int32, the way that shows each query's class.
        cluster: ``(n_episodes,)`` int32 into ``clusters``.
        clusters: the clusters' names.
        manifest: sha256 of the pool's pixels, the episodes' indices, the truth and the clusters.
            Results are comparable only if their manifests are equal.
    """

    truth: NDArray[np.int32]
    cluster: NDArray[np.int32]
    clusters: tuple[str, ...]
    manifest: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Dealt:
    """A task's episodes, for the method, and their answer key, for the runner."""

    episodes: Episodes
    key: AnswerKey

    def begins_with(self, shorter: Dealt) -> bool:
        """Return whether a shorter deal begins this one: same pixels, indices and truth."""
        n = len(shorter.episodes)
        return self.episodes.pool.digest == shorter.episodes.pool.digest and all(
            np.array_equal(ours[:n], theirs)
            for ours, theirs in (
                (self.episodes.support, shorter.episodes.support),
                (self.episodes.query, shorter.episodes.query),
                (self.key.truth, shorter.key.truth),
            )
        )


def deal(draw: Draw, split: Split, *, seed: int) -> Dealt:
    """Hide the answers of a draw.

    The pool is the split in an order shuffled by ``seed``. The classes of each episode are put in
    a random order of their own, also by ``seed``. So no index says which way is true, whatever
    the task plugin did. Draws of one split and seed share one pool.
    """
    pool, position = _shuffled(split, seed)
    n_episodes, n_way, _ = draw.support.shape
    # way j of the episode is the draw's way classes[j]
    classes = np.argsort(Words(seed, "classes").draw(n_episodes, n_way), axis=1, kind="stable")
    support = np.take_along_axis(draw.support, classes[:, :, None], axis=1)
    truth = np.take_along_axis(np.argsort(classes, axis=1), draw.truth, axis=1).astype(np.int32)
    episodes = Episodes(pool=pool, support=position[support], query=position[draw.query])
    manifest = sha256(f"{pool.digest} {support.shape} {truth.shape} {draw.clusters}".encode())
    for indices in (episodes.support, episodes.query, truth, draw.cluster):
        manifest.update(np.ascontiguousarray(indices, "<i4").data)
    key = AnswerKey(
        truth=truth,
        cluster=draw.cluster.astype(np.int32),
        clusters=draw.clusters,
        manifest=manifest.hexdigest(),
    )
    return Dealt(episodes=episodes, key=key)


@lru_cache(maxsize=4)
def _shuffled(split: Split, seed: int) -> tuple[Images, NDArray[np.int32]]:
    """Return the split's images shuffled, and where each of its rows went."""
    shuffled = order(len(split.images), seed=seed, stream="pool")
    position = np.empty(len(shuffled), np.int32)
    position[shuffled] = np.arange(len(shuffled), dtype=np.int32)
    return split.images.take(shuffled), position
