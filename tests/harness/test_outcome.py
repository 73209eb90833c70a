from __future__ import annotations

import numpy as np
import pytest

from harness.outcome import judge


def test_a_constant_scores_one_in_n() -> None:
    truth = np.array([[0], [7], [19]])
    outcomes = judge(np.zeros((3, 1, 20)), truth)
    assert outcomes.credit.tolist() == [[0.05], [0.05], [0.05]]


def test_two_that_tie_at_the_top_share_the_point() -> None:
    scores = np.array([[[3.0, 3.0, 1.0]], [[3.0, 3.0, 1.0]], [[3.0, 3.0, 1.0]]])
    outcomes = judge(scores, np.array([[0], [1], [2]]))
    assert outcomes.credit.tolist() == [[0.5], [0.5], [0.0]]
    assert outcomes.tied.tolist() == [[2], [2], [2]]


def test_a_tie_below_the_top_costs_nothing() -> None:
    outcomes = judge(np.array([[[3.0, 1.0, 1.0]]]), np.array([[0]]))
    assert outcomes.credit.tolist() == [[1.0]]


def test_infinities_are_scores() -> None:
    scores = np.array([[[np.inf, 0.0]], [[-np.inf, -np.inf]]])
    outcomes = judge(scores, np.array([[0], [1]]))
    assert outcomes.credit.tolist() == [[1.0], [0.5]]


def test_several_queries_of_an_episode_are_judged_each() -> None:
    scores = np.array([[[1.0, 0.0], [1.0, 0.0]]])
    outcomes = judge(scores, np.array([[0, 1]]))
    assert outcomes.right.tolist() == [[True, False]]
    assert outcomes.credit.mean() == pytest.approx(0.5)


def test_what_wrong_answers_scored_is_kept() -> None:
    scores = np.array([[[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]]])
    outcomes = judge(scores, np.array([[2, 0]]))
    assert outcomes.answer_score is not None and outcomes.true_score is not None
    assert np.array_equal(outcomes.answer_score, [[3.0, np.nan]], equal_nan=True)
    assert np.array_equal(outcomes.true_score, [[2.0, np.nan]], equal_nan=True)
