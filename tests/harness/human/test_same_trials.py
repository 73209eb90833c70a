from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.dataset import Dataset
from harness.human.same_trials import Beside, same_trials
from harness.human.session import Session
from harness.job import dealt
from harness.plugins import Plugins
from harness.records import Record
from harness.settings import parse_method
from harness.store import place, write
from harness.task import Task, parse_tasks

TASK: Task = parse_tasks("across-5w1s", ["across"])[0]
N_TRIALS = 4


@pytest.fixture
def session(played: Callable[..., Session]) -> Session:
    """A round of the first four trials, answered."""
    return played(n_trials=N_TRIALS)


@pytest.fixture
def recorded(
    make_record: Callable[..., Record], lake: Dataset, session: Session
) -> Callable[..., Record]:
    """A function that records a method on episodes of the round's task: the first are right."""

    def write_one(
        method: str, n_episodes: int, right: int, task: Task = TASK, **changed: Any
    ) -> Record:
        key = dealt(lake, task, n_episodes, Plugins()).key
        record = make_record(
            method,
            str(TASK),
            dataset=lake.name,
            fingerprint=lake.fingerprint,
            n_episodes=n_episodes,
            seed=changed.pop("seed", 0),
            right=right,
            n_queries=n_episodes,
            n_clusters=1,
            manifest=key.manifest,
            **changed,
        )
        write(record, session.setup.results)
        return record

    return write_one


def found(session: Session, lake: Dataset) -> tuple[list[Beside], int]:
    both = same_trials(session.round, TASK, lake, Plugins(), session.setup.results)
    return list(both.beside), both.n_left_out


def beside(method: str, percent: float, n_seeds: int = 1, transductive: bool = False) -> Beside:
    return Beside(
        method=parse_method(method), percent=percent, n_seeds=n_seeds, transductive=transductive
    )


def test_only_the_first_trials_of_a_longer_record_count(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    recorded("l2-1nn", 40, right=3)
    recorded("hausdorff-1nn", N_TRIALS, right=4, transductive=True)
    assert found(session, lake) == (
        [beside("hausdorff-1nn", 100, transductive=True), beside("l2-1nn", 75)], 0,
    )  # fmt: skip


def test_seeds_are_taken_together_and_each_once(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    recorded("matching[steps=4]", 40, right=2, seed=0)
    recorded("matching[steps=4]", 40, right=4, seed=1)
    recorded("matching[steps=4]", 8, right=2, seed=0)
    assert found(session, lake) == ([beside("matching[steps=4]", 75, n_seeds=2)], 0)


def test_what_was_asked_fewer_trials_does_not_appear(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    recorded("l2-1nn", N_TRIALS - 1, right=3)
    assert found(session, lake) == ([], 0)


def test_other_episodes_are_left_out_and_told(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    (other,) = parse_tasks("within-5w1s", ["within"])
    recorded("l2-1nn", 40, right=3, task=other)
    assert found(session, lake) == ([], 1)


def test_a_longer_record_that_begins_otherwise_is_left_out(
    session: Session,
    recorded: Callable[..., Record],
    lake: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded("l2-1nn", 40, right=3)
    turned = dealt(lake, TASK, 40, Plugins())
    episodes = replace(turned.episodes, query=turned.episodes.query[::-1].copy())
    monkeypatch.setattr(
        "harness.human.same_trials.dealt", lambda *asked: replace(turned, episodes=episodes)
    )
    assert found(session, lake) == ([], 1)


def test_a_damaged_record_is_left_out_and_told(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    recorded("l2-1nn", 40, right=3)
    damaged = recorded("cosine-1nn", 40, right=3)
    place(damaged.identity, session.setup.results).write_text("{")
    assert found(session, lake) == ([beside("l2-1nn", 75)], 1)


def test_other_people_stand_beside_and_not_the_person(
    played: Callable[..., Session], lake: Dataset
) -> None:
    played(n_trials=N_TRIALS, ways=lambda trial: 0)
    session = played(n_trials=N_TRIALS, name="bob")
    right = session.round.trials.ready.key.truth == 0
    assert found(session, lake) == ([beside("human[name=ada]", 100 * np.mean(right))], 0)
