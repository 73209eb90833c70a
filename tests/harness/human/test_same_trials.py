from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.human.round import RoundRequest
from harness.human.same_trials import MethodOnTrials, SameTrials, run_command, same_trials
from harness.human.session import Session
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset, DatasetId
from harness.protocol.task import Task, parse_tasks
from harness.records.record import Identity, Record
from harness.records.repetitions import variant_of
from harness.records.store import read, record_path, write
from harness.running.suite_file import load_suite

TASK: Task = parse_tasks("across-5w1s", ["across"])[0]
N_TRIALS = 4
KNOWN = ("l2-1nn", "matching")
REQUEST = RoundRequest(
    data="folder:my drawings", results=Path("my results"), plugins=(Path("own.py"),)
)


@pytest.fixture
def session(played: Callable[..., Session]) -> Session:
    """A round of the first four trials, answered."""
    return played(n_trials=N_TRIALS)


@pytest.fixture
def recorded(
    make_record: Callable[..., Record], lake: Dataset, session: Session
) -> Callable[..., Record]:
    """A function that records a method on the round's task; its first answers are right."""

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


def found(session: Session, lake: Dataset) -> tuple[list[MethodOnTrials], int]:
    both = same_trials(session.round, TASK, lake, Plugins(), session.setup.results)
    return list(both.methods), both.n_left_out


def beside(record: Record, percent: float, **more: Any) -> MethodOnTrials:
    own = {"seeds": (0,), "transductive": False, "in_table": False, **more}
    return MethodOnTrials(variant=variant_of(record), percent=percent, **own)


def test_only_the_first_trials_of_a_longer_record_count(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    longer = recorded("l2-1nn", 40, right=3)
    same = recorded("hausdorff-1nn", N_TRIALS, right=4, transductive=True)
    assert found(session, lake) == (
        [beside(same, 100, transductive=True, in_table=True), beside(longer, 75)], 0,
    )  # fmt: skip


def test_seeds_are_averaged_and_each_counts_once(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    recorded("matching[steps=4]", 40, right=2, seed=0)
    recorded("matching[steps=4]", 40, right=4, seed=1)
    one = recorded("matching[steps=4]", 8, right=2, seed=0)
    assert found(session, lake) == ([beside(one, 75, seeds=(0, 1))], 0)


def test_versions_of_a_method_are_never_averaged(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    old = recorded("matching", 40, right=2, seed=0, source="a" * 64)
    new = recorded("matching", 40, right=4, seed=1, source="b" * 64)
    assert found(session, lake) == (
        [beside(new, 100, seeds=(1,), one_of_several=True), beside(old, 50, one_of_several=True)],
        0,
    )


def test_records_of_fewer_trials_do_not_appear(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    recorded("l2-1nn", N_TRIALS - 1, right=3)
    assert found(session, lake) == ([], 0)


def test_other_episodes_are_left_out_and_counted(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    (other,) = parse_tasks("within-5w1s", ["within"])
    recorded("l2-1nn", 40, right=3, task=other)
    assert found(session, lake) == ([], 1)


def test_a_longer_record_that_begins_differently_is_left_out(
    session: Session,
    recorded: Callable[..., Record],
    lake: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded("l2-1nn", 40, right=3)
    turned = dealt(lake, TASK, 40, Plugins())
    episodes = replace(turned.episodes, query=turned.episodes.query[::-1].copy())
    monkeypatch.setattr(
        "harness.human.same_trials.dealt", lambda *arguments: replace(turned, episodes=episodes)
    )
    assert found(session, lake) == ([], 1)


def test_a_damaged_record_is_left_out_and_counted(
    session: Session, recorded: Callable[..., Record], lake: Dataset
) -> None:
    whole = recorded("l2-1nn", 40, right=3)
    damaged = recorded("cosine-1nn", 40, right=3)
    record_path(damaged.identity, session.setup.results).write_text("{")
    assert found(session, lake) == ([beside(whole, 75)], 1)


def test_other_people_appear_and_the_person_does_not(
    played: Callable[..., Session], lake: Dataset
) -> None:
    other = read(played(n_trials=N_TRIALS, ways=lambda trial: 0).record_path)
    assert isinstance(other, Record)
    session = played(n_trials=N_TRIALS, name="bob")
    right = session.round.trials.dealt.key.truth == 0
    assert found(session, lake) == ([beside(other, 100 * np.mean(right), in_table=True)], 0)


@pytest.fixture
def answered_trials(make_record: Callable[..., Record]) -> Callable[..., MethodOnTrials]:
    """A function that makes a method that answered the round's trials."""

    def make(method: str, in_table: bool = False, source: str = "c" * 64) -> MethodOnTrials:
        return MethodOnTrials(
            variant=variant_of(make_record(method, source=source)),
            percent=50,
            seeds=(0,),
            transductive=False,
            in_table=in_table,
        )

    return make


def identity(n_episodes: int | None = 2) -> Identity:
    return Identity(
        dataset=DatasetId(name="folder:my drawings", fingerprint="f", synthetic=False),
        task="lake-400",
        n_episodes=n_episodes,
        method="human",
        settings={"name": "ada"},
        seed=0,
    )


def test_methods_of_longer_records_are_named_once_and_quoted(
    answered_trials: Callable[..., MethodOnTrials],
) -> None:
    methods = (
        answered_trials("matching[steps=4]"),
        answered_trials("matching[steps=4]", source="d" * 64),
        answered_trials("human[name=bob]"),
        answered_trials("gone"),
        answered_trials("l2-1nn", in_table=True),
        answered_trials("l2-1nn"),
    )
    command = run_command(identity(), SameTrials(methods=methods), KNOWN, REQUEST)
    assert command == (
        "oneshot run -m 'matching[steps=4]' -t lake-400 --episodes 2 --data 'folder:my drawings' "
        "--results 'my results' --plugin own.py"
    )


def test_there_is_no_command_if_all_methods_are_in_the_table(
    answered_trials: Callable[..., MethodOnTrials],
) -> None:
    others = SameTrials(
        methods=(answered_trials("l2-1nn", in_table=True), answered_trials("human[name=bob]"))
    )
    assert run_command(identity(), others, KNOWN, REQUEST) is None


@pytest.mark.parametrize("n_episodes", [2, None])
def test_if_only_people_answered_the_command_names_fast_methods(
    answered_trials: Callable[..., MethodOnTrials], n_episodes: int | None
) -> None:
    request = RoundRequest(data="omniglot", results=Path("results"))
    others = SameTrials(methods=(answered_trials("human[name=bob]", in_table=True),))
    command = run_command(identity(n_episodes), others, KNOWN, request)
    assert command is not None
    named = [f"-m {method}" for method in load_suite("baseline").methods]
    counted = "" if n_episodes is None else " --episodes 2"
    assert command == shlex.join(
        f"oneshot run {' '.join(named)} -t lake-400{counted} --data omniglot --results results"
        .split()
    )  # fmt: skip
