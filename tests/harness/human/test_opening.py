from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.errors import DataError, NotComparable, UsageError
from harness.human.answer import Answer
from harness.human.opening import N_PRACTICE, open_session, practice
from harness.human.round import RoundRequest, Trials
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.task import parse_tasks

Invite = Callable[..., RoundRequest]


@pytest.mark.parametrize(
    ("task", "n_trials", "n_episodes"),
    [
        ("lake-400", 10, 2),
        ("lake-400", 30, None),
        ("across-5w1s", 7, 7),
        ("within-4w2s@background", 3, 3),
    ],
)
def test_the_trials_are_the_first_of_every_methods(
    invite: Invite, lake: Dataset, task: str, n_trials: int, n_episodes: int | None
) -> None:
    with open_session(invite(task, n_trials)) as session:
        played = session.round
    (parsed,) = parse_tasks(task, Plugins().listed("task"))
    assert played.identity.n_episodes == n_episodes
    assert (
        played.trials.dealt.key.manifest == dealt(lake, parsed, n_episodes, Plugins()).key.manifest
    )
    assert (len(played.trials), played.answers) == (n_trials, ())


@pytest.mark.parametrize(("task", "n_trials"), [("across-5w1s", 40), ("lake-400", 30)])
def test_the_default_is_forty_trials_or_all(invite: Invite, task: str, n_trials: int) -> None:
    with open_session(invite(task, None)) as session:
        assert len(session.round.trials) == n_trials


def test_the_default_episodes_of_a_drawn_task_are_the_whole_task(invite: Invite) -> None:
    with open_session(invite("across-5w1s", 2000)) as session:
        assert session.round.identity.n_episodes is None


def test_the_default_task_is_the_official_runs_if_there_are_any(
    invite: Invite, lake: Dataset, make_dataset: Callable[..., Dataset],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with open_session(invite(None, 10)) as session:
        assert session.round.identity.task == "lake-400"
    wide = make_dataset(classes=8)
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: wide)
    with open_session(invite(None, 10)) as session:
        assert session.round.identity.task == "across-20w1s"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"task": "lake-400", "n_trials": 12}, UsageError, "5 queries.* give 10 or 15"),
        ({"task": "lake-400", "n_trials": 3}, UsageError, "give 5$"),
        ({"task": "lake-400", "n_trials": 35}, UsageError, "30 .*; give at most 30$"),
        ({"n_trials": 2001}, UsageError, "2000 .*; give at most 2000$"),
        ({"task": "across-sweep"}, UsageError, "is 59 tasks, and a round has one"),
        ({"task": "nowhere-5w1s"}, UsageError, "oneshot list"),
        ({"task": "across-400w1s"}, DataError, "ask for fewer ways"),
        ({"name": "a=b"}, UsageError, "--name"),
    ],
)
def test_wrong_options_are_refused_and_leave_no_file(
    invite: Invite, options: dict[str, object], error: type[Exception], message: str
) -> None:
    request = invite(**options)
    with pytest.raises(error, match=message), open_session(request):
        pass
    assert not request.results.exists()


def test_answers_to_other_episodes_are_kept(
    invite: Invite, lake: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_session(invite()) as session:
        session.painted(0)
        session.store(Answer(trial=0, answer=0, seconds=0.5))
    (kept,) = (session.setup.results / "rounds").rglob("seed-0.jsonl")
    before = kept.read_bytes()
    other = replace(lake, evaluation=lake.background)
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: other)
    with pytest.raises(NotComparable, match="other episodes or pixels"), open_session(invite()):
        pass
    assert kept.read_bytes() == before


def practised(dataset: Dataset, text: str) -> Trials | None:
    plugins = Plugins()
    (task,) = parse_tasks(text, plugins.listed("task"))
    trials = Trials(dealt=dealt(dataset, task, 1, plugins))
    return practice(dataset, task, trials, plugins)


@pytest.mark.parametrize("task", ["across-4w2s", "within-4w2s", "lake-400"])
def test_practice_uses_classes_of_the_background(lake: Dataset, task: str) -> None:
    trials = practised(lake, task)
    assert trials is not None
    assert len(trials) == N_PRACTICE
    assert (trials.n_way, trials.n_shot) == ((5, 1) if task == "lake-400" else (4, 2))
    background = {ink.tobytes() for ink in lake.background.images.ink()}
    shown = np.concatenate([trials.images(trial).ink() for trial in range(len(trials))])
    assert {ink.tobytes() for ink in shown} <= background


def test_a_task_on_the_background_has_no_practice(lake: Dataset) -> None:
    assert practised(lake, "across-5w1s@background") is None


def test_a_dataset_that_is_too_small_has_no_practice(lake: Dataset) -> None:
    from dataclasses import replace

    small = replace(lake, background=lake.background.only([0]))
    assert practised(small, "across-6w1s") is None
