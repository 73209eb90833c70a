from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.human.answer import Answer, NotAnAnswer, NotNext
from harness.human.opening import Invitation, opened


def answer(trial: int, way: int = 0) -> Answer:
    return Answer(trial=trial, answer=way, seconds=1)


def test_trials_are_answered_in_their_order_and_once(invite: Callable[..., Invitation]) -> None:
    with opened(invite(n_trials=2)) as session:
        fresh = session.round
    with pytest.raises(NotNext, match="trial 1 is not asked yet; trial 0 is next"):
        fresh.answered(answer(1))
    with pytest.raises(NotAnAnswer, match="answer 5 is no candidate; they are 0 to 4"):
        fresh.answered(answer(0, 5))
    one = fresh.answered(answer(0, 4))
    assert (fresh.answers, one.answers, one.is_over) == ((), (answer(0, 4),), False)
    with pytest.raises(NotNext, match="trial 0 was answered already; trial 1 is next"):
        one.answered(answer(0))
    two = one.answered(answer(1))
    assert two.is_over
    with pytest.raises(NotNext, match="all 2 trials are answered"):
        two.answered(answer(2))
