from __future__ import annotations

import numpy as np
import pytest

from harness import DataError, Dataset, Task
from tasks import across


@pytest.mark.parametrize(("n_way", "n_shot"), [(2, 1), (5, 1), (5, 3), (30, 2)])
def test_episodes_are_what_their_name_says(tiny: Dataset, n_way: int, n_shot: int) -> None:
    draw = across.draw(tiny, Task(family="across", n_way=n_way, n_shot=n_shot), 300, seed=0)
    label = tiny.evaluation.label
    assert draw.support.shape == (300, n_way, n_shot)
    assert draw.query.shape == (300, 1)
    support = label[draw.support]
    assert (support == support[:, :, :1]).all(), "the shots of a way show one character"
    assert all(len(set(ways)) == n_way for ways in support[:, :, 0].tolist())
    assert (label[draw.query[:, 0]] == support[:, 0, 0]).all()
    for shots, query in zip(draw.support, draw.query, strict=True):
        assert len(set(shots.ravel().tolist()) | {int(query[0])}) == n_way * n_shot + 1


def test_the_first_episodes_of_many_are_the_episodes_of_few(tiny: Dataset) -> None:
    task = Task(family="across", n_way=5, n_shot=2)
    few, many = across.draw(tiny, task, 10, seed=0), across.draw(tiny, task, 5000, seed=0)
    assert (many.support[:10] == few.support).all()
    assert (many.query[:10] == few.query).all()


def test_every_character_and_drawer_is_as_likely(tiny: Dataset) -> None:
    draw = across.draw(tiny, Task(family="across", n_way=3, n_shot=1), 12_000, seed=0)
    rows = np.bincount(draw.query[:, 0], minlength=len(tiny.evaluation.images))
    expected = 12_000 / len(rows)
    assert np.abs(rows - expected).max() < 5 * np.sqrt(expected)


def test_clusters_are_the_querys_alphabets(tiny: Dataset) -> None:
    draw = across.draw(tiny, Task(family="across", n_way=3, n_shot=1), 100, seed=0)
    split = tiny.evaluation
    assert (draw.cluster == split.group[split.label[draw.query[:, 0]]]).all()
    assert draw.clusters == split.groups


def test_the_same_episodes_on_any_machine(tiny: Dataset) -> None:
    draw = across.draw(tiny, Task(family="across", n_way=4, n_shot=1), 3, seed=7)
    assert draw.support[:, :, 0].tolist() == PINNED_SUPPORT
    assert draw.query[:, 0].tolist() == PINNED_QUERY


def test_background_episodes_come_from_the_background(make_dataset) -> None:
    dataset = make_dataset(groups=2)
    task = Task(family="across", n_way=5, n_shot=1, split="background")
    assert across.draw(dataset, task, 10, seed=0).clusters == dataset.background.groups


def test_too_many_ways_is_one_line(tiny: Dataset) -> None:
    with pytest.raises(DataError, match="needs 31 classes with 2 images each.* has 30"):
        across.draw(tiny, Task(family="across", n_way=31, n_shot=1), 1, seed=0)


def test_too_many_shots_is_one_line(tiny: Dataset) -> None:
    with pytest.raises(DataError, match="with 5 images each.* has 0"):
        across.draw(tiny, Task(family="across", n_way=2, n_shot=4), 1, seed=0)


PINNED_SUPPORT = [[62, 21, 27, 88], [18, 95, 85, 60], [112, 3, 63, 5]]
PINNED_QUERY = [61, 17, 113]
