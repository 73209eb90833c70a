from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.human.same_trials import SameTrials
from harness.human.session import Session
from harness.human.summary import RoundSummary, WrongAnswer, summarize
from harness.records.record import Record
from harness.records.store import read
from harness.statistics.accuracy import accuracy
from tests.support.dataset_ids import on_another

Played = Callable[..., Session]


def judged(session: Session, dataset: str | None = None, **changed: object) -> RoundSummary:
    record = read(session.record_path)
    assert isinstance(record, Record)
    identity = replace(record.identity, **changed)  # type: ignore[arg-type]
    if dataset is not None:
        identity = on_another(identity, name=dataset, synthetic=False)
    record = replace(record, identity=identity)
    return summarize(session.round, record, SameTrials(), "oneshot run")


def test_with_few_clusters_the_interval_is_wilsons_and_says_so(played: Played) -> None:
    found = judged(played("lake-400", 20, ways=lambda trial: 0))
    assert (found.n_right, found.n_trials, found.takes_trials_for_independent) == (4, 20, True)
    # the worked example of Wilson's formula: p = 0.2, n = 20, z = 1.95996
    assert found.accuracy.mean == 20
    assert found.accuracy.low == pytest.approx(8.066, abs=0.001)
    assert found.accuracy.high == pytest.approx(41.601, abs=0.001)


def test_all_right_answers_have_an_interval_too(played: Played) -> None:
    found = judged(played("lake-400", 30))
    assert found.takes_trials_for_independent
    assert (found.accuracy.mean, found.accuracy.high) == (100, 100)
    assert found.accuracy.low == pytest.approx(88.65, abs=0.01)


def test_with_more_clusters_the_interval_is_the_leaderboards(played: Played) -> None:
    session = played("across-5w1s", 40, ways=lambda trial: trial % 3)
    record = read(session.record_path)
    assert isinstance(record, Record)
    found = judged(session)
    assert not found.takes_trials_for_independent
    assert found.accuracy == accuracy([record])


def test_wrong_answers_have_their_truth_and_time(played: Played) -> None:
    session = played("lake-400", 5, ways=lambda trial: 1)
    truth = [session.round.trials.truth(trial) for trial in range(5)]
    found = judged(session)
    assert found.wrong_answers == tuple(
        WrongAnswer(trial=trial, answer=1, truth=way, seconds=0.5)
        for trial, way in enumerate(truth)
        if way != 1
    )
    assert (found.median_seconds, found.mean_seconds, found.chance) == (0.5, 0.5, 20)
    assert (found.is_whole, found.transductive) == (False, True)
    assert judged(played("lake-400", 30, name="bob")).is_whole


def test_published_figures_are_for_the_official_runs_only(played: Played) -> None:
    session = played("lake-400", 5)
    (people,) = judged(session, dataset="omniglot").published
    assert (people.accuracy, people.source) == (95.5, "Lake 2014, PhD thesis, section 4.2")
    assert judged(session, dataset="omniglot", task="across-20w1s").published == ()
    assert judged(session, dataset="sketch").published == ()
    assert judged(session).published == ()
