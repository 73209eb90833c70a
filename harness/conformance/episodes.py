"""The small dataset and the 40 episodes that every check uses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.plugins.datasets import load_dataset
from harness.plugins.defaults import SYNTHETIC_DATA
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset, Split
from harness.protocol.episodes import Dealt, Draw, Episodes, deal
from harness.protocol.images import Images
from harness.protocol.randomness import Words

BACKGROUND_GROUPS, EVALUATION_GROUPS = 6, 5
N_EPISODES, N_WAY, N_SHOT, N_QUERY = 40, 5, 2, 3


def small_dataset(dataset: Dataset | None = None) -> Dataset:
    """Return the first groups of a dataset: 6 of the background, 5 of the evaluation split.

    Args:
        dataset: the whole dataset. The default is ``sketch``, which is synthetic.
    """
    whole = load_dataset(SYNTHETIC_DATA, Plugins()) if dataset is None else dataset
    return replace(
        whole,
        background=_first(whole.background, BACKGROUND_GROUPS),
        evaluation=_first(whole.evaluation, EVALUATION_GROUPS),
        runs=None,
    )


def small_episodes(dataset: Dataset) -> Dealt:
    """Return 40 episodes of the evaluation split, 5-way 2-shot, with 3 queries each.

    The ways are classes of any group; the queries show three different ones of them.

    Raises:
        DataError: fewer than 5 classes have three images.
    """
    split = dataset.evaluation
    n_images = (split.rows_of_class >= 0).sum(axis=1)
    eligible = np.flatnonzero(n_images > N_SHOT)  # labels
    if len(eligible) < N_WAY:
        raise DataError(
            f"{dataset.name}: {len(eligible)} {dataset.nouns.classes} of its evaluation split have "
            f"more than {N_SHOT} {dataset.nouns.images}, and the checks need {N_WAY}; use a "
            "larger dataset"
        )
    return deal(_drawn(split, eligible), split, seed=0)


def _drawn(split: Split, eligible: NDArray[np.integer]) -> Draw:
    words = Words(0, "conformance")
    shuffled = np.argsort(words.draw(N_EPISODES, len(eligible)), axis=1, kind="stable")
    ways = eligible[shuffled[:, :N_WAY]]  # (n_episodes, n_way)
    keys = words.draw(*ways.shape, split.rows_of_class.shape[1])
    missing = split.rows_of_class[ways] < 0
    keys[missing] = np.iinfo(np.uint64).max  # sorts missing images to the end
    chosen = np.argsort(keys, axis=2, kind="stable")[:, :, : N_SHOT + 1]
    rows = np.take_along_axis(split.rows_of_class[ways], chosen, axis=2)
    query = rows[:, :N_QUERY, N_SHOT]
    return Draw(
        support=rows[:, :, :N_SHOT],
        query=query,
        truth=np.broadcast_to(np.arange(N_QUERY), query.shape),  # deal() shuffles the ways
        cluster=split.group[ways[:, 0]],
        clusters=split.groups,
    )


def copy_of(episodes: Episodes) -> Episodes:
    """Return the same episodes over a copy of the pool, so that nothing is cached or shared."""
    return over(episodes, copy_of_images(episodes.pool), np.arange(len(episodes.pool)))


def over(episodes: Episodes, pool: Images, new_row: NDArray[np.integer]) -> Episodes:
    """Return the same episodes over another pool, in which row i of the old one is new_row[i]."""
    return Episodes(
        pool=pool,
        support=new_row[episodes.support].astype(np.int32),
        query=new_row[episodes.query].astype(np.int32),
    )


def copy_of_images(images: Images) -> Images:
    """Return a copy of the images that shares no memory with them."""
    return Images(images.packed.copy(), images.height, images.width)


def copy_of_split(split: Split) -> Split:
    """Return a copy of the split that shares no memory with it."""
    return replace(
        split,
        images=copy_of_images(split.images),
        label=split.label.copy(),
        source=split.source.copy(),
        group=split.group.copy(),
    )


def _first(split: Split, n_groups: int) -> Split:
    return split.only(range(min(n_groups, len(split.groups))))
