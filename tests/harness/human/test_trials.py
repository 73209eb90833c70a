from __future__ import annotations

import numpy as np
import pytest

from harness.human.trials import Trials
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.task import parse_tasks
from harness.running.job import dealt


@pytest.mark.parametrize(("task", "n_query"), [("within-4w2s", 1), ("lake-400", 5)])
def test_a_trial_is_a_query_and_its_candidates(lake: Dataset, task: str, n_query: int) -> None:
    (asked,) = parse_tasks(task, Plugins().listed("task"))
    ready = dealt(lake, asked, 3, Plugins())
    trials = Trials(ready=ready)
    assert len(trials) == 3 * n_query
    for trial in range(len(trials)):
        episode, query = divmod(trial, n_query)
        query_ink, *support_ink = trials.drawings(trial).ink()
        pool = ready.episodes.pool
        assert (query_ink == pool.ink(int(ready.episodes.query[episode, query]))).all()
        shape = (trials.n_way, trials.n_shot, 11, 11)
        expected = pool.ink(ready.episodes.support[episode])
        assert (np.array(support_ink).reshape(shape) == expected).all()
        assert trials.truth(trial) == ready.key.truth[episode, query]
