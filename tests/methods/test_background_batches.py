from __future__ import annotations

import numpy as np
import pytest

from harness import DataError, Dataset
from methods.background_batches import BackgroundBatches
from methods.distortion import Distortion, resample


def test_a_batch_shows_different_drawings_of_different_classes(tiny: Dataset) -> None:
    split = tiny.background
    batches = BackgroundBatches(split, n_classes=20, n_drawings=3)
    assert batches.n_all == 4 * 30
    for seed in range(20):
        batch = batches.draw(np.random.default_rng(seed))
        assert batch.rows.shape == (20, 3)
        assert len(set(batch.label.tolist())) == 20
        assert all(len(set(row)) == 3 for row in batch.rows.tolist())
        assert (split.label[batch.rows] == split.label[batch.rows[:, :1]]).all()
        assert (batch.label == batch.turns * 30 + split.label[batch.rows[:, 0]]).all()


def test_it_takes_as_many_as_there_are(tiny: Dataset) -> None:
    batches = BackgroundBatches(tiny.background, n_classes=500, n_drawings=9, rotations=False)
    batch = batches.draw(np.random.default_rng(0))
    assert batch.rows.shape == (30, 4)
    assert not batch.turns.any()


def test_all_classes_come_up(tiny: Dataset) -> None:
    for share in (0.0, 1.0):
        batches = BackgroundBatches(tiny.background, n_classes=10, n_drawings=2, same_group=share)
        seen = [batches.draw(np.random.default_rng(seed)).label for seed in range(200)]
        assert len(np.unique(seen)) == batches.n_all


def test_a_batch_of_one_alphabet_turns_it_as_a_whole(tiny: Dataset) -> None:
    split = tiny.background
    batches = BackgroundBatches(split, n_classes=10, n_drawings=2, same_group=1.0)
    for seed in range(20):
        batch = batches.draw(np.random.default_rng(seed))
        groups = split.group[split.label[batch.rows[:, 0]]] * 4 + batch.turns
        assert np.unique(groups, return_counts=True)[1].tolist() == [5, 5]


def test_images_are_those_rows_turned(tiny: Dataset) -> None:
    batches = BackgroundBatches(tiny.background, n_classes=6, n_drawings=2)
    batch = batches.draw(np.random.default_rng(3))
    images = batches.images(batch, 11, Distortion(), np.random.default_rng(0))
    assert images.shape == (12, 11, 11)
    expected = resample(tiny.background.images.ink(batch.rows[4, 1:]), 11)[0]
    assert images[9] == pytest.approx(np.rot90(expected, batch.turns[4]), abs=1e-4)


def test_the_generator_alone_decides(tiny: Dataset) -> None:
    batches = BackgroundBatches(tiny.background, n_classes=6, n_drawings=2)
    one, same = (batches.draw(np.random.default_rng(5)) for _ in range(2))
    assert (one.rows == same.rows).all() and (one.turns == same.turns).all()


def test_single_drawings_cannot_be_learnt_from(make_dataset) -> None:
    with pytest.raises(DataError, match="two drawings"):
        BackgroundBatches(make_dataset(sources=1).background, n_classes=6, n_drawings=2)
