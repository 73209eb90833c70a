from __future__ import annotations

import numpy as np
import pytest

from harness import Dataset, Draw, Task
from harness.protocol.episodes import Dealt, deal
from harness.protocol.outcome import judge
from tasks import across

TASK = Task(family="across", n_way=5, n_shot=1)


@pytest.fixture
def dealt_twice(tiny: Dataset) -> tuple[Draw, Dealt]:
    draw = across.draw(tiny, TASK, 4000, seed=0)
    return draw, deal(draw, tiny.evaluation, seed=0)


def test_the_true_way_shows_the_querys_character(
    tiny: Dataset, dealt_twice: tuple[Draw, Dealt]
) -> None:
    _, dealt = dealt_twice
    # the pool's own labels, found by the pixels, as no method could without the dataset
    label_of = {
        row.tobytes(): int(label)
        for row, label in zip(tiny.evaluation.images.packed, tiny.evaluation.label, strict=True)
    }
    shown = np.array([label_of[row.tobytes()] for row in dealt.episodes.pool.packed])
    support = shown[dealt.episodes.support[:, :, 0]]
    query = shown[dealt.episodes.query]
    true = np.take_along_axis(support, dealt.key.truth, axis=1)
    assert (true == query).all()
    assert ((support == query).sum(axis=1) == 1).all()


def test_the_true_way_stands_anywhere(dealt_twice: tuple[Draw, Dealt]) -> None:
    _, dealt = dealt_twice
    shares = np.bincount(dealt.key.truth[:, 0], minlength=5) / 4000
    assert np.abs(shares - 0.2).max() < 0.03


def test_the_pool_is_the_split_in_another_order(
    tiny: Dataset, dealt_twice: tuple[Draw, Dealt]
) -> None:
    _, dealt = dealt_twice
    pool, split = dealt.episodes.pool.packed, tiny.evaluation.images.packed
    assert sorted(map(bytes, pool)) == sorted(map(bytes, split))
    assert (pool != split).any(axis=1).mean() > 0.9


def test_tasks_of_one_split_share_one_pool(tiny: Dataset) -> None:
    other = Task(family="across", n_way=3, n_shot=2)
    first = deal(across.draw(tiny, TASK, 3, seed=0), tiny.evaluation, seed=0)
    second = deal(across.draw(tiny, other, 3, seed=0), tiny.evaluation, seed=0)
    assert first.episodes.pool is second.episodes.pool


def test_what_a_method_sees_is_read_only(dealt_twice: tuple[Draw, Dealt]) -> None:
    _, dealt = dealt_twice
    for array in (dealt.episodes.support, dealt.episodes.query, dealt.episodes.pool.packed):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_manifest_tells_episodes_apart(tiny: Dataset) -> None:
    draws = [
        across.draw(tiny, TASK, n, seed=seed) for n, seed in ((50, 0), (50, 0), (51, 0), (50, 1))
    ]
    manifests = [deal(draw, tiny.evaluation, seed=0).key.manifest for draw in draws]
    assert manifests[0] == manifests[1]
    assert len(set(manifests)) == 3


@pytest.mark.parametrize(
    "cheat",
    [
        pytest.param(lambda e: -e.support[:, None, :, 0], id="first in the pool"),
        pytest.param(
            lambda e: -np.abs(e.support[:, None, :, 0] - e.query[:, :, None]),
            id="nearest in the pool",
        ),
        pytest.param(lambda e: np.tile(-np.arange(5), (len(e), 1, 1)), id="first of the ways"),
        pytest.param(
            lambda e: np.arange(5) == np.arange(len(e))[:, None, None] % 5, id="episode position"
        ),
        pytest.param(lambda e: np.ones((len(e), 1, 5)), id="constant"),
    ],
)
def test_a_cheat_that_reads_the_order_gets_chance(cheat, dealt_twice: tuple[Draw, Dealt]) -> None:
    _, dealt = dealt_twice
    credit = judge(np.asarray(cheat(dealt.episodes), float), dealt.key.truth).credit
    # four standard errors of 4000 independent guesses at 1/5
    assert credit.mean() == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / 4000))


def test_the_cheats_would_win_on_episodes_that_are_not_dealt(
    dealt_twice: tuple[Draw, Dealt],
) -> None:
    draw, _ = dealt_twice
    first_way = np.tile(-np.arange(5.0), (4000, 1, 1))
    assert judge(first_way, draw.truth).credit.mean() == 1
    nearest = -np.abs(draw.support[:, None, :, 0] - draw.query[:, :, None]).astype(float)
    assert judge(nearest, draw.truth).credit.mean() > 0.9


def test_a_longer_deal_begins_with_a_shorter_one_of_its_first_episodes(tiny: Dataset) -> None:
    def first(n: int, seed: int = 0) -> Dealt:
        return deal(across.draw(tiny, TASK, n, seed=seed), tiny.evaluation, seed=0)

    assert first(6).begins_with(first(4)) and first(4).begins_with(first(4))
    assert not first(4).begins_with(first(6))
    assert not first(6).begins_with(first(4, seed=1))
