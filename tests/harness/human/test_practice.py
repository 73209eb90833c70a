from __future__ import annotations

import numpy as np
import pytest

from harness.human.practice import N_PRACTICE, practice
from harness.human.trials import Trials
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.task import parse_tasks
from harness.running.job import dealt


def practised(dataset: Dataset, text: str) -> Trials | None:
    plugins = Plugins()
    (task,) = parse_tasks(text, plugins.listed("task"))
    trials = Trials(ready=dealt(dataset, task, 1, plugins))
    return practice(dataset, task, trials, plugins)


@pytest.mark.parametrize("task", ["across-4w2s", "within-4w2s", "lake-400"])
def test_characters_to_learn_from_are_practised_on(lake: Dataset, task: str) -> None:
    trials = practised(lake, task)
    assert trials is not None
    assert len(trials) == N_PRACTICE
    assert (trials.n_way, trials.n_shot) == ((5, 1) if task == "lake-400" else (4, 2))
    background = {ink.tobytes() for ink in lake.background.images.ink()}
    shown = np.concatenate([trials.drawings(trial).ink() for trial in range(len(trials))])
    assert {ink.tobytes() for ink in shown} <= background


def test_trials_that_count_are_never_practised_on(lake: Dataset) -> None:
    assert practised(lake, "across-5w1s@background") is None


def test_a_dataset_too_small_for_it_has_no_practice(lake: Dataset) -> None:
    from dataclasses import replace

    small = replace(lake, background=lake.background.only([0]))
    assert practised(small, "across-6w1s") is None
