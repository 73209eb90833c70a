from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.human.same_table import Where, run_command
from harness.human.same_trials import MethodOnTrials, SameTrials
from harness.records.record import Identity, Record
from harness.records.repetitions import variant_of
from harness.running.suite import load_suite

KNOWN = ("l2-1nn", "matching")
WHERE = Where(data="folder:my drawings", results=Path("my results"), plugins=(Path("own.py"),))


@pytest.fixture
def beside(make_record: Callable[..., Record]) -> Callable[..., MethodOnTrials]:
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
        dataset="folder:my drawings",
        fingerprint="f",
        task="lake-400",
        n_episodes=n_episodes,
        method="human",
        settings={"name": "ada"},
        seed=0,
    )


def test_methods_of_longer_records_are_named_once_and_quoted(
    beside: Callable[..., MethodOnTrials],
) -> None:
    methods = (
        beside("matching[steps=4]"),
        beside("matching[steps=4]", source="d" * 64),
        beside("human[name=bob]"),
        beside("gone"),
        beside("l2-1nn", in_table=True),
        beside("l2-1nn"),
    )
    command = run_command(identity(), SameTrials(methods=methods), KNOWN, WHERE)
    assert command == (
        "oneshot run -m 'matching[steps=4]' -t lake-400 --episodes 2 --data 'folder:my drawings' "
        "--results 'my results' --plugin own.py"
    )


def test_where_all_stand_in_the_table_there_is_nothing_to_do(
    beside: Callable[..., MethodOnTrials],
) -> None:
    others = SameTrials(methods=(beside("l2-1nn", in_table=True), beside("human[name=bob]")))
    assert run_command(identity(), others, KNOWN, WHERE) is None


@pytest.mark.parametrize("n_episodes", [2, None])
def test_where_only_people_answered_the_usual_methods_are_named(
    beside: Callable[..., MethodOnTrials], n_episodes: int | None
) -> None:
    where = Where(data="omniglot", results=Path("results"))
    others = SameTrials(methods=(beside("human[name=bob]", in_table=True),))
    command = run_command(identity(n_episodes), others, KNOWN, where)
    assert command is not None
    named = [f"-m {method}" for method in load_suite("baseline").methods]
    counted = "" if n_episodes is None else " --episodes 2"
    assert command == shlex.join(
        f"oneshot run {' '.join(named)} -t lake-400{counted} --data omniglot --results results"
        .split()
    )  # fmt: skip
