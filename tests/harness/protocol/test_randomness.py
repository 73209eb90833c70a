from __future__ import annotations

import numpy as np

from harness import Words
from harness.protocol.randomness import order

PINNED_WORDS = [18356634517159139670, 6630491037121962164, 10587453619241389193]


def test_words_are_the_same_on_any_machine() -> None:
    assert Words(0, "a stream").draw(3).tolist() == PINNED_WORDS


def test_the_first_rows_are_those_of_any_larger_number() -> None:
    rows = Words(0, "a stream").draw(5, 2)
    assert (Words(0, "a stream").draw(2, 2) == rows[:2]).all()


def test_each_seed_and_each_name_is_a_stream_of_its_own() -> None:
    rows = Words(0, "a stream").draw(5, 2)
    assert (Words(1, "a stream").draw(5, 2) != rows).all()
    assert (Words(0, "another").draw(5, 2) != rows).all()


def test_integers_below_a_limit_are_even() -> None:
    assert np.bincount(Words(0, "below").below(5, 10_000)).min() > 1800
    limits = np.array([1, 2, 3], np.uint64)
    drawn = Words(0, "below").below(limits, 1000, 3)
    assert (drawn < limits.astype(int)).all() and (drawn.max(axis=0) == [0, 1, 2]).all()


def test_an_order_is_a_permutation_by_its_seed() -> None:
    one = order(100, seed=0, stream="pool")
    assert sorted(one.tolist()) == list(range(100))
    assert (order(100, seed=0, stream="pool") == one).all()
    assert (order(100, seed=1, stream="pool") != one).any()
