from __future__ import annotations

import numpy as np
import pytest

from harness.conformance import Nonconformance
from harness.conformance.scores import (
    chance_deviation,
    require_equal,
    require_same,
    rounding,
    share_beaten,
    spread,
)

SCORES = np.array([[[0.0, 1.0, 3.0]], [[2.0, 2.0, 1.0]], [[5.0, 4.0, 4.0]]])  # 3 episodes, 3 ways
ANY = {"when": "when it rains", "advice": "wait"}


def altered(episode: int, way: int, score: float) -> np.ndarray:
    scores = SCORES.copy()
    scores[episode, 0, way] = score
    return scores


def test_the_spread_is_what_tells_ways_apart() -> None:
    assert spread(SCORES) == 1.0
    assert spread(SCORES + 1e6) == 1.0
    assert spread(altered(0, 0, np.nan)) == 1.0
    assert spread(np.full((2, 1, 3), np.nan)) == 0.0
    mostly_ties = np.zeros((4, 1, 2))
    mostly_ties[0, 0, 0] = 8
    assert spread(mostly_ties) == 2.0


def test_rounding_follows_the_spread_and_the_size() -> None:
    assert rounding(SCORES) == pytest.approx(0.02)
    assert rounding(SCORES * 1e-9) == pytest.approx(0.02e-9)
    assert rounding(SCORES + 1e6) == pytest.approx(1.0, rel=1e-3)


def test_scores_that_differ_by_rounding_are_the_same_and_not_equal() -> None:
    found = altered(1, 2, 1.01)
    require_same(SCORES, found, **ANY)
    with pytest.raises(Nonconformance) as refusal:
        require_equal(SCORES, found, **ANY)
    assert str(refusal.value) == (
        "scores change when it rains: in 1 of 3 episodes, by up to 0.01 (the ways of a "
        "query lie 1 apart); wait"
    )


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_is_the_same_as_itself_alone(odd: float) -> None:
    for require in (require_same, require_equal):
        require(altered(0, 1, odd), altered(0, 1, odd), **ANY)
        with pytest.raises(Nonconformance, match="in 1 of 3 episodes"):
            require(SCORES, altered(0, 1, odd), **ANY)
        with pytest.raises(Nonconformance, match="in 1 of 3 episodes"):
            require(altered(0, 1, odd), SCORES, **ANY)


def test_the_share_of_comparisons_that_the_true_way_wins() -> None:
    truth = np.array([[2], [0], [1]])
    assert share_beaten(SCORES, truth) == pytest.approx((2 + 1.5 + 0.5) / 6)
    assert share_beaten(np.zeros((3, 1, 3)), truth) == 0.5
    assert share_beaten(altered(0, 2, np.nan), truth) == pytest.approx((0 + 1.5 + 0.5) / 6)


def test_guesses_deviate_as_much_as_is_said() -> None:
    rng = np.random.default_rng(0)
    shares = [
        share_beaten(rng.random((40, 3, 5)), rng.integers(0, 5, (40, 3))) for _ in range(2000)
    ]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.003)
    assert np.std(shares) == pytest.approx(chance_deviation(120, 5), rel=0.05)
