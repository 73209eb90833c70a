"""The records of methods and other people whose episodes begin with those of a round."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
"""The suite of fast methods that ``run_command`` proposes if no method is recorded."""


@dataclass(frozen=True, kw_only=True)
class MethodOnTrials:
    """One version of a method on the trials of a round.

    Attributes:
        variant: the method, its settings, and the version of its code.
        percent: the accuracy, as the mean over seeds.
        seeds: the recorded seeds.
        transductive: whether it looks at several queries together.
        in_table: whether it is in the round's table of the leaderboard, because it has a record of
            exactly as many episodes.
        one_of_several: whether other versions of the method are recorded too.
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
        methods: methods and other people, best first.
        n_left_out: the number of records of the task that are damaged, or that do not provably
            begin with the same trials.
    """

    methods: tuple[MethodOnTrials, ...] = ()
    n_left_out: int = 0


def same_trials(
    played: Round, task: Task, dataset: Dataset, plugins: Plugins, results: Path
) -> SameTrials:
    """Find the records of other methods whose first episodes are those of a round.

    A record of more episodes counts if its task, dealt again, has the record's manifest and begins
    with the round's episodes. Its further episodes are ignored.
    """
    found: dict[Variant, list[Record]] = {}
    n_left_out = 0

    @cache  # many records have the same number of episodes
    def again(n_episodes: int | None) -> Dealt | None:
        try:
            return dealt(dataset, task, n_episodes, plugins)
        except OneShotError:
            return None

    for record in _records(played, results):
        longer = None if record is None else again(record.identity.n_episodes)
        if record is not None and longer is not None and _covers(longer, record, played):
            found.setdefault(variant_of(record), []).append(record)
        else:
            n_left_out += 1
    return SameTrials(methods=_rows(found, played), n_left_out=n_left_out)


def _covers(longer: Dealt, record: Record, played: Round) -> bool:
    """Whether a record answers a task, dealt again, that begins with the round's episodes."""
    return longer.key.manifest == record.manifest and longer.begins_with(played.trials.dealt)


def _records(played: Round, results: Path) -> Iterator[Record | None]:
    """Yield the records of others on the dataset and task; None for each that is damaged.

    Records of fewer episodes than the round has are skipped.
    """
    ours, n_episodes = played.identity, len(played.trials.dealt.episodes)
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
            and len(record.outcomes.answer) >= n_episodes
        ):
            yield record


def _rows(found: Mapping[Variant, list[Record]], played: Round) -> tuple[MethodOnTrials, ...]:
    versions = Counter(variant.method for variant in found)
    rows = [
        replace(_row(variant, records, played), one_of_several=versions[variant.method] > 1)
        for variant, records in found.items()
    ]
    rows.sort(key=lambda row: (-row.percent, str(row.variant.method), row.variant.source))
    return tuple(rows)


def _row(variant: Variant, records: list[Record], played: Round) -> MethodOnTrials:
    n_episodes = len(played.trials.dealt.episodes)
    # records of one seed on more and on fewer episodes hold the same answers to these trials
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
    """Return the command that adds methods to a round's table; None if there are none to add.

    Args:
        identity: the round's identity.
        others: who else answered its trials. The command names those not yet in its table.
        known: the names of the installed methods.
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
    in_table = {each.variant.method for each in methods if each.in_table}
    named = dict.fromkeys(each.variant.method for each in methods)
    return [str(each) for each in named if each not in in_table and each.name in known]


def _each(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]
