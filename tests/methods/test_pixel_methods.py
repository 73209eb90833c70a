from __future__ import annotations

import numpy as np
import pytest

from harness import Dataset, Episodes, Task
from harness.learning.training import Training
from harness.protocol.episodes import deal
from methods.cosine_1nn import CosineNeighbour
from methods.l2_1nn import EuclideanNeighbour
from methods.random import Guess
from tasks import across


@pytest.fixture(params=[1, 3], ids=["1 shot", "3 shots"])
def episodes(request: pytest.FixtureRequest, tiny: Dataset) -> Episodes:
    draw = across.draw(tiny, Task(family="across", n_way=5, n_shot=request.param), 700, seed=0)
    return deal(draw, tiny.evaluation, seed=0).episodes


def pixels(episodes: Episodes) -> tuple[np.ndarray, np.ndarray]:
    """Queries ``(e, q, 1, 1, p)`` and supports ``(e, 1, w, s, p)`` as floats."""
    flat = episodes.pool.ink().reshape(len(episodes.pool), -1).astype(float)
    return flat[episodes.query][:, :, None, None], flat[episodes.support][:, None]


def test_l2_is_the_euclidean_distance(episodes: Episodes) -> None:
    query, support = pixels(episodes)
    expected = -np.sqrt(((query - support) ** 2).sum(-1)).min(-1)
    assert EuclideanNeighbour().score(episodes) == pytest.approx(expected)


def test_cosine_is_the_cosine_of_inks(episodes: Episodes) -> None:
    query, support = pixels(episodes)
    lengths = np.linalg.norm(query, axis=-1) * np.linalg.norm(support, axis=-1)
    expected = ((query * support).sum(-1) / lengths).max(-1)
    assert CosineNeighbour().score(episodes) == pytest.approx(expected)


def guess(seed: int, episodes: Episodes) -> np.ndarray:
    method = Guess()
    method.fit(None, Training(seed=seed))  # type: ignore[arg-type]
    return method.score(episodes)


def test_guesses_are_uniform_and_differ_by_seed(episodes: Episodes) -> None:
    first, second = guess(0, episodes), guess(1, episodes)
    assert np.quantile(first, [0.25, 0.5, 0.75]) == pytest.approx(
        np.quantile(guess(2, episodes), [0.25, 0.5, 0.75]), abs=0.05
    )
    assert first.min() >= 0 and first.max() < 1
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.1


def test_asking_in_parts_gives_the_same_guesses(episodes: Episodes) -> None:
    whole = guess(0, episodes)
    parts = np.concatenate([guess(0, episodes[i : i + 100]) for i in range(0, 700, 100)])
    assert (whole == parts).all()


def test_guessing_gets_chance(tiny: Dataset) -> None:
    from harness.protocol.outcome import judge

    draw = across.draw(tiny, Task(family="across", n_way=5, n_shot=1), 4000, seed=0)
    dealt = deal(draw, tiny.evaluation, seed=0)
    share = judge(guess(0, dealt.episodes), dealt.key.truth).credit.mean()
    assert share == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / 4000))
