"""Repetitions: the records of one method that answered the same episodes, one for each seed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from harness.protocol.dataset import DatasetId
from harness.protocol.settings import MethodChoice
from harness.protocol.task import Task
from harness.records.record import Failure, Identity, Record

ResultT = TypeVar("ResultT", Record, Failure)

HEADLINE_WAYS = (5, 20)
"""The N that papers report: these stand for themselves in the midst of a sweep."""
FEWEST_OF_A_SWEEP = 8
"""Tasks that differ in N alone, from which on they are a sweep."""

_SHAPED = re.compile(r"(?P<family>.+)-(?P<n_way>\d+)w(?P<n_shot>\d+)s")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A method as it was when it was measured.

    Attributes:
        method: its name and settings.
        configuration: every setting, defaults included, as JSON; empty where nothing was measured.
        source: the hash of its code.
    """

    method: MethodChoice
    configuration: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What two results have to share before anyone may ask whether they are comparable.

    Attributes:
        dataset: its name.
        task: the task.
        n_episodes: how many were requested; None for the task's own number.
    """

    dataset: str
    task: Task
    n_episodes: int | None

    def __str__(self) -> str:
        return f"{self.dataset} {self.task}{episodes_label(self.n_episodes)}"


@dataclass(frozen=True, kw_only=True)
class TaskEpisodes:
    """A task and the episodes drawn for it; rows are comparable exactly when theirs are equal.

    Attributes:
        dataset: the dataset.
        task: the task.
        n_episodes: how many were requested; None for the task's own number.
        manifest: sha256 over pixels, episodes and truth; None where nothing was recorded.
        n_way: classes in each episode; None where nothing tells.
    """

    dataset: DatasetId
    task: Task
    n_episodes: int | None
    manifest: str | None
    n_way: int | None

    @property
    def task_label(self) -> str:
        """The task as it is shown to people."""
        return f"{self.task}{self.episodes_label}"

    @property
    def episodes_label(self) -> str:
        """How many episodes, where that was said; it follows the name of a task or curve."""
        return episodes_label(self.n_episodes)

    @property
    def chance(self) -> float | None:
        """What guessing earns, in percent."""
        return None if self.n_way is None else 100 / self.n_way


@dataclass(frozen=True, kw_only=True, eq=False)
class Repetitions:
    """One method with its settings on one task's episodes.

    Attributes:
        episodes: the task and its episodes.
        method: its name and settings.
        records: at least one, by seed; of one variant.
    """

    episodes: TaskEpisodes
    method: MethodChoice
    records: tuple[Record, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that it was repeated with."""
        return tuple(record.identity.seed for record in self.records)


def episodes_label(n_episodes: int | None) -> str:
    """Return how many episodes there are as it follows a task's name, where that was said."""
    return "" if n_episodes is None else f" ({n_episodes} episode{'' if n_episodes == 1 else 's'})"


def seeds_label(seeds: Iterable[int]) -> str:
    """Return ``seed 0`` or ``seeds 0, 1``."""
    numbers = list(map(str, seeds))
    return f"seed{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"


def question_of(identity: Identity) -> Question:
    """Return what a result answers, whatever its pixels and episodes."""
    return Question(
        dataset=identity.dataset.name, task=read_task(identity.task), n_episodes=identity.n_episodes
    )


def incomparable(one: Record, other: Record) -> str | None:
    """Say why two results of one question may not be subtracted, if so."""
    for what, values in (
        ("pixels", [record.identity.dataset.fingerprint for record in (one, other)]),
        ("episodes", [record.manifest for record in (one, other)]),
    ):
        if values[0] != values[1]:
            return f"different {what}: {values[0][:8]} and {values[1][:8]}"
    return None


def repetitions(records: Iterable[Record]) -> tuple[Repetitions, ...]:
    """Take records together that are repetitions of each other, in the order of their first."""
    return tuple(
        Repetitions(
            episodes=_task_episodes(group[0]),
            method=method_of(group[0].identity),
            records=tuple(group),
        )
        for group in grouped(records, _together)
    )


def grouped(results: Iterable[ResultT], key: Callable[[ResultT], object]) -> list[list[ResultT]]:
    """Return results that have one key together, each group by seed."""
    found: dict[object, list[ResultT]] = {}
    for result in results:
        found.setdefault(key(result), []).append(result)
    return [sorted(group, key=lambda result: result.identity.seed) for group in found.values()]


def method_of(identity: Identity) -> MethodChoice:
    """Return the method of a result, its settings in one order."""
    return identity.choice.in_order


def variant_of(record: Record) -> Variant:
    """Return what two seeds have to share to be repetitions of one another.

    A default, or the code, that changed between two seeds makes two variants of a method.
    """
    configuration = json.dumps(dict(record.configuration), sort_keys=True)
    return Variant(
        method=method_of(record.identity), configuration=configuration, source=record.source
    )


def read_task(name: str) -> Task:
    """Return the task that a record names; its family need not be installed."""
    plain, _, split = name.partition("@")
    match = _SHAPED.fullmatch(plain)
    if match is None:
        return Task(family=plain, split=split or "evaluation")
    return Task(
        family=match["family"],
        n_way=int(match["n_way"]),
        n_shot=int(match["n_shot"]),
        split=split or "evaluation",
    )


def task_order(task: Task) -> tuple[str, bool, str, int, int]:
    """Return where a task stands among others: by family, evaluation first, then N and shots."""
    away = task.split != "evaluation"
    return task.family, away, task.split, task.n_way or 0, task.n_shot or 0


def _together(record: Record) -> object:
    return variant_of(record), _task_episodes(record)


def _task_episodes(record: Record) -> TaskEpisodes:
    identity = record.identity
    return TaskEpisodes(
        dataset=identity.dataset,
        task=read_task(identity.task),
        n_episodes=identity.n_episodes,
        manifest=record.manifest,
        n_way=record.n_way,
    )
