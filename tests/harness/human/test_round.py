from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness.human.answer import Answer, InvalidAnswer, NotNextTrial
from harness.human.opening import open_session
from harness.human.round import RoundRequest, Trials
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.task import parse_tasks


def answer(trial: int, way: int = 0) -> Answer:
    return Answer(trial=trial, answer=way, seconds=1)


def test_trials_are_answered_in_their_order_and_once(invite: Callable[..., RoundRequest]) -> None:
    with open_session(invite(n_trials=2)) as session:
        fresh = session.round
    with pytest.raises(NotNextTrial, match="trial 1 is not shown yet; trial 0 is next"):
        fresh.answered(answer(1))
    with pytest.raises(InvalidAnswer, match="answer 5 is no candidate; they are 0 to 4"):
        fresh.answered(answer(0, 5))
    one = fresh.answered(answer(0, 4))
    assert (fresh.answers, one.answers, one.is_over) == ((), (answer(0, 4),), False)
    with pytest.raises(NotNextTrial, match="trial 0 was answered already; trial 1 is next"):
        one.answered(answer(0))
    two = one.answered(answer(1))
    assert two.is_over
    with pytest.raises(NotNextTrial, match="all 2 trials are answered"):
        two.answered(answer(2))


@pytest.mark.parametrize(("task", "n_query"), [("within-4w2s", 1), ("lake-400", 5)])
def test_a_trial_is_a_query_and_its_candidates(lake: Dataset, task: str, n_query: int) -> None:
    (parsed,) = parse_tasks(task, Plugins().listed("task"))
    ready = dealt(lake, parsed, 3, Plugins())
    trials = Trials(dealt=ready)
    assert len(trials) == 3 * n_query
    for trial in range(len(trials)):
        episode, query = divmod(trial, n_query)
        query_ink, *support_ink = trials.images(trial).ink()
        pool = ready.episodes.pool
        assert (query_ink == pool.ink(int(ready.episodes.query[episode, query]))).all()
        shape = (trials.n_way, trials.n_shot, 11, 11)
        expected = pool.ink(ready.episodes.support[episode])
        assert (np.array(support_ink).reshape(shape) == expected).all()
        assert trials.truth(trial) == ready.key.truth[episode, query]
