from __future__ import annotations

import numpy as np
import pytest

from harness import DataError, Dataset, Task
from tasks import within


@pytest.mark.parametrize(("n_way", "n_shot"), [(2, 1), (5, 1), (5, 3)])
def test_one_alphabet_and_separate_drawers(tiny: Dataset, n_way: int, n_shot: int) -> None:
    draw = within.draw(tiny, Task(family="within", n_way=n_way, n_shot=n_shot), 300, seed=0)
    split = tiny.evaluation
    support = split.label[draw.support]
    assert (support == support[:, :, :1]).all()
    assert all(len(set(ways)) == n_way for ways in support[:, :, 0].tolist())
    assert (split.group[support[:, :, 0]] == draw.cluster[:, None]).all()
    assert (split.label[draw.query[:, 0]] == support[:, 0, 0]).all()
    sources = split.source[draw.support]  # (n_episodes, n_way, n_shot)
    assert (sources == sources[:, :1]).all(), "one drawer drew a shot of every way"
    assert (split.source[draw.query] != sources[:, 0]).all()


def test_the_first_episodes_of_many_are_the_episodes_of_few(tiny: Dataset) -> None:
    task = Task(family="within", n_way=3, n_shot=1)
    few, many = within.draw(tiny, task, 10, seed=0), within.draw(tiny, task, 5000, seed=0)
    assert (many.support[:10] == few.support).all()
    assert (many.query[:10] == few.query).all()


def test_every_alphabet_is_as_likely(tiny: Dataset) -> None:
    draw = within.draw(tiny, Task(family="within", n_way=3, n_shot=1), 6000, seed=0)
    assert np.abs(np.bincount(draw.cluster) - 1000).max() < 5 * np.sqrt(1000)


def test_too_many_ways_is_one_line(tiny: Dataset) -> None:
    with pytest.raises(DataError, match="needs 6 classes of one group.* has 5 classes"):
        within.draw(tiny, Task(family="within", n_way=6, n_shot=1), 1, seed=0)
