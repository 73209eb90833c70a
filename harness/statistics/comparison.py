"""Comparing methods, or two folders of results: differences, corrected p-values, ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from harness.errors import NotComparable, UsageError, did_you_mean
from harness.protocol.settings import MethodChoice
from harness.records.record import Record
from harness.records.repetitions import (
    FEWEST_OF_A_SWEEP,
    HEADLINE_WAYS,
    Question,
    Repetitions,
    TaskEpisodes,
    incomparable,
    question_of,
    read_task,
    repetitions,
    task_order,
)
from harness.statistics.accuracy import ALARMS
from harness.statistics.paired import Difference, difference, holm, trained_once


@dataclass(frozen=True, kw_only=True)
class Side:
    """One method of a pair.

    Attributes:
        label: the method and its settings, as shown.
        accuracy: in percent, the mean over its seeds.
        seeds: the seeds of its records.
        seeded: whether its answers depend on the seed.
        trained_once: whether it is seeded and has a single training.
    """

    label: str
    accuracy: float
    seeds: tuple[int, ...]
    seeded: bool
    trained_once: bool


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two methods, or one method in two results folders, on one task.

    Attributes:
        episodes: the task and its episodes, as the first side answered them.
        first: the first method.
        second: the second, whose accuracy is subtracted.
        difference: the difference; None if the two are not comparable.
        p: the p-value, corrected for all pairs that were tested; None if there is no test.
        reason: why the two are not comparable, in one line; None if they are.
    """

    episodes: TaskEpisodes
    first: Side
    second: Side
    difference: Difference | None
    p: float | None = None
    reason: str | None = None

    @property
    def mark(self) -> str:
        """``>`` if the first is better, ``<`` if it is worse, ``=`` if no difference is found.

        ``?`` if there is no test, and ``!`` if the two are not comparable.
        """
        if self.difference is None:
            return "!"
        if self.p is None:
            return "?"
        if self.p >= ALARMS:
            return "="
        return ">" if self.difference.mean > 0 else "<"


@dataclass(frozen=True, kw_only=True)
class Rank:
    """The rank of a method on one task; methods whose difference may be chance share one."""

    episodes: TaskEpisodes
    label: str
    rank: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result of a comparison.

    Attributes:
        pairs: all pairs, task by task.
        ranks: the ranks of three methods or more; empty for two methods or two folders.
        missing: one line for each result that only some of the sides have.
    """

    pairs: tuple[Pair, ...]
    ranks: tuple[Rank, ...] = ()
    missing: tuple[str, ...] = ()


def compare_methods(records: Iterable[Record], methods: Sequence[MethodChoice]) -> Comparison:
    """Compare every two methods on every task that both answered.

    Args:
        records: the records of one results folder.
        methods: at least two methods.

    Raises:
        UsageError: no record is of one of them.
        NotComparable: no two of them answered the same episodes.
    """
    found = _by_question(records)
    methods = [method.in_order for method in methods]
    _check_recorded(methods, found)
    pairs, missing = [], []
    for question, answers in found.items():
        present = [method for method in methods if method in answers]
        missing += [
            f"{question}: {method} is not recorded"
            for method in methods
            if present and method not in answers
        ]
        for one, other in combinations(present, 2):
            pairs.append(_pair(answers[one], answers[other], str(one), str(other)))
    tested = _corrected(pairs)
    ranks = _ranks(tested) if len(methods) > 2 else ()
    return Comparison(pairs=tested, ranks=ranks, missing=tuple(missing))


def compare_folders(first: Iterable[Record], second: Iterable[Record]) -> Comparison:
    """Compare each method of a results folder with itself in another folder.

    Raises:
        NotComparable: no method answered the same task in both.
    """
    found, others = _by_question(first), _by_question(second)
    pairs, missing = [], []
    for question, answers in found.items():
        for method, measured in answers.items():
            other = others.get(question, {}).get(method)
            if other is None:
                missing.append(f"{question}: {method} is in the first folder only")
            else:
                pairs.append(_pair(measured, other, str(method), str(method)))
    missing += [
        f"{question}: {method} is in the second folder only"
        for question, answers in others.items()
        for method in answers
        if method not in found.get(question, {})
    ]
    return Comparison(pairs=_corrected(pairs), missing=tuple(missing))


def without_sweeps(records: Sequence[Record]) -> list[Record]:
    """Return the records without those of sweeps, except for the N that papers report."""
    tasks = {read_task(record.identity.task) for record in records}
    lengths = Counter(task.curve for task in tasks if task.n_way is not None)

    def kept(record: Record) -> bool:
        task = read_task(record.identity.task)
        return lengths[task.curve] < FEWEST_OF_A_SWEEP or task.n_way in HEADLINE_WAYS

    return list(filter(kept, records))


Answers = dict[MethodChoice, list[Repetitions]]


def _by_question(records: Iterable[Record]) -> dict[Question, Answers]:
    found: dict[Question, Answers] = {}
    for each in sorted(repetitions(records), key=lambda each: task_order(each.episodes.task)):
        answers = found.setdefault(question_of(each.records[0].identity), {})
        answers.setdefault(each.method, []).append(each)
    return found


def _check_recorded(methods: Sequence[MethodChoice], found: Mapping[Question, Answers]) -> None:
    recorded = {method for answers in found.values() for method in answers}
    for method in methods:
        if method not in recorded:
            hint = did_you_mean(str(method), map(str, recorded))
            raise UsageError(f"no record is of {method}; {hint}; measure it: oneshot run")


def _pair(ones: list[Repetitions], others: list[Repetitions], first: str, second: str) -> Pair:
    one, other = ones[0], others[0]
    reason = _reason(ones, others)
    return Pair(
        episodes=one.episodes,
        first=_side(one, first),
        second=_side(other, second),
        difference=None if reason else difference(one.records, other.records),
        reason=reason,
    )


def _side(measured: Repetitions, label: str) -> Side:
    records = measured.records
    return Side(
        label=label,
        accuracy=fmean(record.outcomes.percent for record in records),
        seeds=measured.seeds,
        seeded=records[0].seeded,
        trained_once=trained_once(records),
    )


def _reason(ones: list[Repetitions], others: list[Repetitions]) -> str | None:
    """Return why two results may not be subtracted; None if they may."""
    for side in (ones, others):
        if len({each.episodes.dataset.fingerprint for each in side}) > 1:
            name = side[0].episodes.dataset.name
            return f"two datasets are called {name}; keep the records of one"
        if len(side) > 1:
            return (
                f"{side[0].method} was measured with {len(side)} versions of its code, settings "
                "or episodes; measure all its seeds with one"
            )
    return incomparable(ones[0].records[0], others[0].records[0])


def _corrected(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return the pairs with p-values corrected for the number of tests.

    Raises:
        NotComparable: there is no pair, or no pair is comparable.
    """
    if all(pair.difference is None for pair in pairs):
        why = pairs[0].reason if pairs else "no task was answered by both"
        raise NotComparable(f"nothing can be compared: {why}")
    p_values = {
        index: pair.difference.p
        for index, pair in enumerate(pairs)
        if pair.difference is not None and pair.difference.p is not None
    }
    corrected = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return tuple(replace(pair, p=corrected.get(index)) for index, pair in enumerate(pairs))


def _ranks(pairs: Sequence[Pair]) -> tuple[Rank, ...]:
    """Rank methods task by task: 1, plus the number of methods that are significantly better.

    A method without any test has no rank.
    """
    better: dict[tuple[TaskEpisodes, str], int] = {}
    for pair in pairs:
        for side, mark in ((pair.first, "<"), (pair.second, ">")):
            if pair.mark not in "!?":
                key = (pair.episodes, side.label)
                better[key] = better.get(key, 0) + (pair.mark == mark)
    return tuple(
        Rank(episodes=episodes, label=label, rank=1 + n) for (episodes, label), n in better.items()
    )
