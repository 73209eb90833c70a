"""The leaderboard's rows: what records and failures come to, over the seeds of each method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from harness.protocol.settings import MethodChoice
from harness.records.record import Failure, Record
from harness.records.repetitions import (
    Repetitions,
    TaskEpisodes,
    Variant,
    grouped,
    method_of,
    read_task,
    repetitions,
    seeds_label,
    task_order,
    variant_of,
)
from harness.statistics.accuracy import Accuracy, accuracy

Result = Record | Failure


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
        episodes: the task and its episodes.
        method: its name and settings.
        seeds: the seeds that ended this way.
        accuracy: None where it failed.
        spent: None where it failed.
        transductive: whether it looks at several queries together; None where it failed.
        failure: why there is no accuracy, in one line; None where there is one.
        one_of_several: whether other variants of the method stand beside it, with other seeds.
        records: what it was made of, by seed; empty where it failed.
    """

    episodes: TaskEpisodes
    method: MethodChoice
    seeds: tuple[int, ...]
    accuracy: Accuracy | None = None
    spent: Spent | None = None
    transductive: bool | None = None
    failure: str | None = None
    one_of_several: bool = False
    records: tuple[Record, ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def variant(self) -> Variant:
        """What it is the same by on other tasks; of a failure the method is all that is known."""
        return variant_of(self.records[0]) if self.records else Variant(method=self.method)

    @property
    def label(self) -> str:
        """The method as it is shown, marked when it looks at several queries together."""
        name = f"{self.method}, {seeds_label(self.seeds)}" if self.one_of_several else self.method
        return f"{name} (transductive)" if self.transductive else str(name)


def rows(results: Iterable[Result]) -> tuple[Row, ...]:
    """Return a row for each method on each task, sorted, whatever the order of the results.

    Seeds of one method are taken together only when they answered the same episodes. By dataset,
    then task, then the episodes that most rows answered, then accuracy, best first; failures last.
    """
    results = list(results)
    records = [result for result in results if isinstance(result, Record)]
    found = repetitions(records)
    variants = Counter((each.episodes, each.method) for each in found)
    measured = [
        replace(_measured(each), one_of_several=variants[each.episodes, each.method] > 1)
        for each in found
    ]
    sizes = Counter(row.episodes for row in measured)
    failures = [result for result in results if isinstance(result, Failure)]
    failed = [_failed(group, sizes) for group in grouped(failures, _together)]
    return tuple(sorted(measured + failed, key=lambda row: _place(row, sizes)))


def _together(failure: Failure) -> object:
    identity = failure.identity
    task = (identity.dataset, identity.task, identity.n_episodes)
    return task, method_of(identity), failure.reason


def _measured(measured: Repetitions) -> Row:
    records = measured.records
    costs = [record.cost for record in records]
    n_queries = records[0].outcomes.answer.size
    return Row(
        episodes=measured.episodes,
        method=measured.method,
        seeds=measured.seeds,
        accuracy=accuracy(records),
        spent=Spent(
            fit_seconds=float(np.median([cost.fit_seconds for cost in costs])),
            score_ms=1000 * float(np.median([cost.score_seconds for cost in costs])) / n_queries,
            peak_memory=max(cost.peak_memory for cost in costs),
            parameters=costs[0].parameters,
            cached=any(cost.cached for cost in costs),
        ),
        transductive=any(record.transductive for record in records),
        records=records,
    )


def _failed(failures: Sequence[Failure], sizes: Mapping[TaskEpisodes, int]) -> Row:
    """Return the row of failures, among the rows of the task that they would have stood in."""
    identity = failures[0].identity
    task = read_task(identity.task)
    alone = TaskEpisodes(
        dataset=identity.dataset,
        task=task,
        n_episodes=identity.n_episodes,
        manifest=None,
        n_way=task.n_way,
    )
    beside = [
        episodes
        for episodes in sizes
        if (episodes.dataset, episodes.task, episodes.n_episodes)
        == (alone.dataset, alone.task, alone.n_episodes)
    ]
    return Row(
        episodes=min(
            beside, key=lambda episodes: (-sizes[episodes], episodes.manifest or ""), default=alone
        ),
        method=method_of(identity),
        seeds=tuple(failure.identity.seed for failure in failures),
        failure=failures[0].reason,
    )


def _place(row: Row, sizes: Mapping[TaskEpisodes, int]) -> tuple[object, ...]:
    """Return where a row stands among all rows."""
    episodes = row.episodes
    return (
        episodes.dataset.name,
        task_order(episodes.task),
        episodes.n_episodes or 0,
        (-sizes.get(episodes, 0), episodes.dataset.fingerprint, episodes.manifest or ""),
        0.0 if row.accuracy is None else -row.accuracy.mean,
        (row.failure or "", str(row.method), row.seeds),
    )
