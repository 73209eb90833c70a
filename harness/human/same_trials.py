"""What methods, and other people, answered to the very trials of a round."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean

from harness.errors import OneShotError, RecordError
from harness.human.round import Round, RoundRequest
from harness.human.seen import task_record_paths
from harness.plugins.dealing import dealt
from harness.plugins.names import PEOPLE
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.episodes import Dealt
from harness.protocol.task import Task
from harness.records.record import Identity, Record
from harness.records.repetitions import Variant, variant_of
from harness.records.store import read
from harness.running.suite_file import load_suite

_USUAL = "baseline"
"""A suite of methods that take a minute at most: they are offered where nothing was measured."""


@dataclass(frozen=True, kw_only=True)
class MethodOnTrials:
    """One version of a method on the trials of a round.

    Attributes:
        variant: the method, its settings, and its code as it was when it was measured.
        percent: its accuracy, the mean over its seeds.
        seeds: what it was repeated with.
        transductive: whether it looked at several queries together.
        in_table: whether it stands in the round's own table of the leaderboard, as a method does
            that was asked for just as many episodes.
        one_of_several: whether other versions of the method stand beside it.
    """

    variant: Variant
    percent: float
    seeds: tuple[int, ...]
    transductive: bool
    in_table: bool
    one_of_several: bool = False


@dataclass(frozen=True, kw_only=True)
class SameTrials:
    """Who else answered the trials of a round.

    Attributes:
        methods: and other people; best first.
        n_left_out: records of the task that are damaged, or that cannot be shown to begin with
            the same trials.
    """

    methods: tuple[MethodOnTrials, ...] = ()
    n_left_out: int = 0


def same_trials(
    played: Round, task: Task, dataset: Dataset, plugins: Plugins, results: Path
) -> SameTrials:
    """Find the records of other methods whose first episodes are those of a round.

    A record of more episodes counts when its task, dealt again, has the record's manifest and
    begins with the round's episodes; its further ones are left alone.
    """
    ours = played.trials.dealt
    found: dict[Variant, list[Record]] = {}
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
        found.setdefault(variant_of(record), []).append(record)
    versions = Counter(variant.method for variant in found)
    rows = [
        replace(_row(variant, records, played), one_of_several=versions[variant.method] > 1)
        for variant, records in found.items()
    ]
    rows.sort(key=lambda row: (-row.percent, str(row.variant.method), row.variant.source))
    return SameTrials(methods=tuple(rows), n_left_out=n_left_out)


def _records(played: Round, results: Path) -> Iterator[Record | None]:
    """Yield the records of others on the dataset and task, and None for each that is damaged."""
    ours = played.identity
    for path in task_record_paths(ours, results):
        try:
            record = read(path)
        except RecordError:
            yield None
            continue
        theirs = record.identity
        if (
            isinstance(record, Record)
            and (theirs.dataset.name, theirs.task) == (ours.dataset.name, ours.task)
            and theirs.choice != ours.choice
        ):
            yield record


def _row(variant: Variant, records: list[Record], played: Round) -> MethodOnTrials:
    n_episodes = len(played.trials.dealt.episodes)
    # one seed may be recorded on fewer episodes and on more, with the same answers to ours
    by_seed = {record.identity.seed: record for record in reversed(records)}
    return MethodOnTrials(
        variant=variant,
        percent=100 * fmean(r.outcomes.credit[:n_episodes].mean() for r in by_seed.values()),
        seeds=tuple(sorted(by_seed)),
        transductive=any(record.transductive for record in records),
        in_table=any(r.identity.n_episodes == played.identity.n_episodes for r in records),
    )


def run_command(
    identity: Identity, others: SameTrials, known: Collection[str], request: RoundRequest
) -> str | None:
    """Return the command that puts methods into the table of a round; None if they stand there.

    Args:
        identity: of the round.
        others: who else answered its trials: those of them are named that are not in its table.
        known: names of the methods that can be measured here.
        request: the options of the round, which the command repeats.
    """
    methods = [each for each in others.methods if each.variant.method.name != PEOPLE]
    missing = _missing(methods, known)
    if not missing and any(each.in_table for each in methods):
        return None
    words = ["oneshot", "run"]
    words += _each("-m", missing or load_suite(_USUAL).methods)
    words += ["-t", identity.task]
    if identity.n_episodes is not None:
        words += ["--episodes", str(identity.n_episodes)]
    words += ["--data", request.data, "--results", str(request.results)]
    return shlex.join([*words, *_each("--plugin", map(str, request.plugins))])


def _missing(methods: Sequence[MethodOnTrials], known: Collection[str]) -> list[str]:
    there = {each.variant.method for each in methods if each.in_table}
    named = dict.fromkeys(each.variant.method for each in methods)
    return [str(each) for each in named if each not in there and each.name in known]


def _each(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]
