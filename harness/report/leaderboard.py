"""The leaderboard's rows: what records and failures come to, over the seeds of each method."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from harness.records import Failure, Identity, Record
from harness.settings import MethodChoice
from harness.statistics import Accuracy, accuracy
from harness.task import Task

Result = Record | Failure
ResultT = TypeVar("ResultT", Record, Failure)

_SHAPED = re.compile(r"(?P<family>.+)-(?P<n_way>\d+)w(?P<n_shot>\d+)s")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a method was asked: two rows are comparable exactly when theirs are equal.

    Attributes:
        dataset: its name.
        synthetic: whether a program drew it.
        fingerprint: sha256 over its pixels.
        task: the task.
        n_episodes: how many were asked for; None for the task's own number.
        manifest: sha256 over pixels, episodes and truth; None where nothing was recorded.
        n_way: classes in each episode; None where nothing tells.
    """

    dataset: str
    synthetic: bool
    fingerprint: str
    task: Task
    n_episodes: int | None
    manifest: str | None
    n_way: int | None

    @property
    def dataset_label(self) -> str:
        """The dataset as it is shown."""
        return dataset_label(self.dataset, self.synthetic)

    @property
    def task_label(self) -> str:
        """The task as it is shown to people."""
        return f"{self.task}{self.episodes_label}"

    @property
    def episodes_label(self) -> str:
        """How many episodes, where that was said; it follows the name of a task or curve."""
        return "" if self.n_episodes is None else f" ({self.n_episodes} episodes)"

    @property
    def chance(self) -> float | None:
        """What guessing earns, in percent."""
        return None if self.n_way is None else 100 / self.n_way


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a method's answers cost, over its seeds.

    Attributes:
        fit_seconds: the median of a fit.
        score_ms: the median of milliseconds per query.
        peak_memory: bytes, the most of any seed.
        parameters: learnt values; None where the method does not tell.
        cached: whether the answers are of a model that an earlier job had fitted.
    """

    fit_seconds: float
    score_ms: float
    peak_memory: int
    parameters: int | None
    cached: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method with its settings on one task, over its seeds: measured, or failed.

    Attributes:
        asked: what it answered.
        method: its name and settings.
        seeds: the seeds that ended this way.
        accuracy: None where it failed.
        spent: None where it failed.
        transductive: whether it looks at several queries together; None where it failed.
        failure: why there is no accuracy, in one line; None where there is one.
    """

    asked: Asked
    method: MethodChoice
    seeds: tuple[int, ...]
    accuracy: Accuracy | None = None
    spent: Spent | None = None
    transductive: bool | None = None
    failure: str | None = None

    @property
    def label(self) -> str:
        """The method as it is shown, marked when it looks at several queries together."""
        return f"{self.method} (transductive)" if self.transductive else str(self.method)


def dataset_label(dataset: str, synthetic: bool) -> str:
    """Return a dataset's name as it is shown, so that nobody takes a drawn one for real."""
    return f"{dataset} (synthetic)" if synthetic else dataset


def rows(results: Iterable[Result]) -> tuple[Row, ...]:
    """Return a row for each method on each task, sorted, whatever the order of the results.

    Seeds of one method are taken together only when they answered the same episodes. By dataset,
    then task, then the episodes that most rows answered, then accuracy, best first; failures last.
    """
    results = list(results)
    records = [result for result in results if isinstance(result, Record)]
    measured = [_measured(group) for group in _groups(records, _measured_together)]
    sizes = Counter(row.asked for row in measured)
    failures = [result for result in results if isinstance(result, Failure)]
    failed = [_failed(group, sizes) for group in _groups(failures, _failed_together)]
    return tuple(sorted(measured + failed, key=lambda row: _place(row, sizes)))


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


def _groups(
    results: Iterable[ResultT], together: Callable[[ResultT], object]
) -> list[list[ResultT]]:
    found: dict[object, list[ResultT]] = {}
    for result in results:
        found.setdefault(together(result), []).append(result)
    return [sorted(group, key=lambda result: result.identity.seed) for group in found.values()]


def _measured_together(record: Record) -> object:
    # a default, or the code, that changed between two seeds makes two methods of them
    configuration = json.dumps(dict(record.configuration), sort_keys=True)
    return _method(record.identity), configuration, record.source, _asked(record)


def _failed_together(failure: Failure) -> object:
    identity = failure.identity
    asked = (identity.dataset, identity.fingerprint, identity.task, identity.n_episodes)
    return asked, _method(identity), failure.reason


def _method(identity: Identity) -> MethodChoice:
    return MethodChoice(name=identity.method, pairs=tuple(sorted(identity.settings.items())))


def _asked(record: Record) -> Asked:
    identity = record.identity
    return Asked(
        dataset=identity.dataset,
        synthetic=record.synthetic,
        fingerprint=identity.fingerprint,
        task=read_task(identity.task),
        n_episodes=identity.n_episodes,
        manifest=record.manifest,
        n_way=record.n_way,
    )


def _measured(records: Sequence[Record]) -> Row:
    first, costs = records[0], [record.cost for record in records]
    n_queries = first.outcomes.answer.size
    return Row(
        asked=_asked(first),
        method=_method(first.identity),
        seeds=tuple(record.identity.seed for record in records),
        accuracy=accuracy(records),
        spent=Spent(
            fit_seconds=float(np.median([cost.fit_seconds for cost in costs])),
            score_ms=1000 * float(np.median([cost.score_seconds for cost in costs])) / n_queries,
            peak_memory=max(cost.peak_memory for cost in costs),
            parameters=costs[0].parameters,
            cached=any(cost.cached for cost in costs),
        ),
        transductive=any(record.transductive for record in records),
    )


def _failed(failures: Sequence[Failure], sizes: Mapping[Asked, int]) -> Row:
    """Return the row of failures, among the rows of the task that they would have stood in."""
    identity = failures[0].identity
    task = read_task(identity.task)
    alone = Asked(
        dataset=identity.dataset,
        synthetic=failures[0].synthetic,
        fingerprint=identity.fingerprint,
        task=task,
        n_episodes=identity.n_episodes,
        manifest=None,
        n_way=task.n_way,
    )
    beside = [
        asked
        for asked in sizes
        if (asked.dataset, asked.fingerprint, asked.task, asked.n_episodes)
        == (alone.dataset, alone.fingerprint, alone.task, alone.n_episodes)
    ]
    return Row(
        asked=min(beside, key=lambda asked: (-sizes[asked], asked.manifest or ""), default=alone),
        method=_method(identity),
        seeds=tuple(failure.identity.seed for failure in failures),
        failure=failures[0].reason,
    )


def _place(row: Row, sizes: Mapping[Asked, int]) -> tuple[object, ...]:
    """Return where a row stands among all rows."""
    asked, task = row.asked, row.asked.task
    return (
        asked.dataset,
        (task.family, task.split != "evaluation", task.split, task.n_way or 0, task.n_shot or 0),
        asked.n_episodes or 0,
        (-sizes.get(asked, 0), asked.fingerprint, asked.manifest or ""),
        0.0 if row.accuracy is None else -row.accuracy.mean,
        (row.failure or "", str(row.method), row.seeds),
    )
