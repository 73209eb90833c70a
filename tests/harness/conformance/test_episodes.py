from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness import DataError, Dataset
from harness.conformance import small_dataset, small_episodes
from harness.conformance.episodes import copy_of


def test_the_small_dataset_is_a_few_groups_of_sketch() -> None:
    small = small_dataset()
    assert (small.name, small.synthetic) == ("sketch", True)
    assert len(small.background.groups) == 6
    assert len(small.evaluation.groups) == 5
    assert not set(small.background.groups) & set(small.evaluation.groups)


def test_a_part_of_another_dataset(tiny: Dataset) -> None:
    small = small_dataset(tiny)
    assert small.evaluation.groups == tiny.evaluation.groups[:5]
    assert len(small.evaluation.images) == 5 * 5 * 4


def test_the_episodes_hold_what_they_say(tiny: Dataset) -> None:
    dealt = small_episodes(tiny)
    episodes, truth = dealt.episodes, dealt.key.truth
    assert episodes.support.shape == (40, 5, 2)
    assert episodes.query.shape == truth.shape == (40, 3)
    # dealing shuffles the pool, so the images themselves say what they show
    row = {image.tobytes(): row for row, image in enumerate(tiny.evaluation.images.packed)}
    shows = np.array([tiny.evaluation.label[row[i.tobytes()]] for i in episodes.pool.packed])
    ways = shows[episodes.support]  # (n_episodes, n_way, n_shot)
    assert (ways == ways[:, :, :1]).all()
    assert (np.take_along_axis(ways[:, :, 0], truth, axis=1) == shows[episodes.query]).all()
    for episode in range(40):
        assert len(set(truth[episode])) == 3
        assert len({*episodes.support[episode].ravel(), *episodes.query[episode]}) == 13
    assert (np.bincount(truth.ravel(), minlength=5) > 10).all()


def test_the_episodes_are_the_same_each_time(tiny: Dataset) -> None:
    assert small_episodes(tiny).key.manifest == small_episodes(tiny).key.manifest


def test_classes_with_fewer_images_are_left_out(tiny: Dataset) -> None:
    split = tiny.evaluation
    few = np.isin(split.label, np.arange(0, 30, 2)) & (split.source >= 2)  # two each are left
    kept = np.flatnonzero(~few)
    thinned = replace(
        split,
        images=split.images.take(kept),
        label=split.label[kept],
        source=split.source[kept],
    )
    episodes = small_episodes(replace(tiny, evaluation=thinned)).episodes
    shown = {image.tobytes() for image in episodes.pool.packed[episodes.rows]}
    odd = split.images.packed[split.label % 2 == 1]
    assert shown <= {image.tobytes() for image in odd}


def test_too_small_a_dataset_is_refused(tiny: Dataset) -> None:
    split = tiny.evaluation.only([0])
    rows = np.flatnonzero(split.label < 4)
    four = replace(
        split,
        images=split.images.take(rows),
        label=split.label[rows],
        source=split.source[rows],
    )
    with pytest.raises(DataError, match="4 classes .* more than 2 images, .* need 5; use"):
        small_episodes(replace(tiny, evaluation=four))


def test_a_copy_shares_nothing(tiny: Dataset) -> None:
    episodes = small_episodes(tiny).episodes
    copy = copy_of(episodes)
    assert copy.pool is not episodes.pool
    for ours, theirs in (
        (episodes.pool.packed, copy.pool.packed),
        (episodes.support, copy.support),
        (episodes.query, copy.query),
    ):
        assert (ours == theirs).all() and not np.shares_memory(ours, theirs)
