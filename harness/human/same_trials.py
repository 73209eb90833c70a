"""What methods, and other people, answered to the very trials of a round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from harness.dataset import Dataset
from harness.episodes import Dealt
from harness.errors import OneShotError, RecordError
from harness.human.round import Round
from harness.human.siblings import siblings
from harness.job import dealt
from harness.plugins import Plugins
from harness.records import Record
from harness.repetitions import method_of
from harness.settings import MethodChoice
from harness.store import read
from harness.task import Task


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One method on the trials of a round.

    Attributes:
        method: its name and settings.
        percent: its accuracy, the mean over its seeds.
        n_seeds: how many seeds that is.
        transductive: whether it looked at several queries together.
    """

    method: MethodChoice
    percent: float
    n_seeds: int
    transductive: bool


@dataclass(frozen=True, kw_only=True)
class SameTrials:
    """Who else answered the trials of a round.

    Attributes:
        beside: best first.
        n_left_out: records of the task that are damaged, or that cannot be shown to begin with
            the same trials.
    """

    beside: tuple[Beside, ...] = ()
    n_left_out: int = 0


def same_trials(
    played: Round, task: Task, dataset: Dataset, plugins: Plugins, results: Path
) -> SameTrials:
    """Find the records of other methods whose first episodes are those of a round.

    A record of more episodes counts when its task, dealt again, has the record's manifest and
    begins with the round's episodes; its further ones are left alone.
    """
    ours = played.trials.ready
    found: dict[MethodChoice, dict[int, Record]] = {}
    n_left_out = 0

    @cache
    def again(n_episodes: int | None) -> Dealt | None:
        try:
            return dealt(dataset, task, n_episodes, plugins)
        except OneShotError:
            return None

    for record in _records(played, results):
        if record is not None and len(record.outcomes.answer) < len(ours.episodes):
            continue
        longer = None if record is None else again(record.identity.n_episodes)
        if (
            record is None
            or longer is None
            or longer.key.manifest != record.manifest
            or not longer.begins_with(ours)
        ):
            n_left_out += 1
            continue
        seeds = found.setdefault(method_of(record.identity), {})
        # one seed may be recorded on fewer episodes and on more, with the same answers to ours
        seeds.setdefault(record.identity.seed, record)
    rows = [_beside(method, found[method], len(ours.episodes)) for method in found]
    rows.sort(key=lambda row: (-row.percent, str(row.method)))
    return SameTrials(beside=tuple(rows), n_left_out=n_left_out)


def _records(played: Round, results: Path) -> Iterator[Record | None]:
    """Yield the records of others on the dataset and task, and None for each that is damaged."""
    ours = played.identity
    for path in siblings(ours, results):
        try:
            record = read(path)
        except RecordError:
            yield None
            continue
        theirs = record.identity
        if (
            isinstance(record, Record)
            and (theirs.dataset, theirs.task) == (ours.dataset, ours.task)
            and theirs.choice != ours.choice
        ):
            yield record


def _beside(method: MethodChoice, seeds: dict[int, Record], n_episodes: int) -> Beside:
    records = list(seeds.values())
    return Beside(
        method=method,
        percent=100 * fmean(r.outcomes.credit[:n_episodes].mean() for r in records),
        n_seeds=len(records),
        transductive=any(record.transductive for record in records),
    )
