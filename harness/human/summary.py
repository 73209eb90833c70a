"""The figures at the end of a round: how good, how fast, and beside whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

from harness.human.round import Round
from harness.human.same_trials import SameTrials
from harness.protocol.settings import MethodChoice
from harness.records.record import Identity, Record
from harness.records.repetitions import episodes_label
from harness.report.published import Published, published_for
from harness.statistics.accuracy import Accuracy, accuracy, wilson

_PEOPLE = "People"
"""What a published figure of people is called."""


@dataclass(frozen=True, kw_only=True)
class WrongAnswer:
    """A trial that was answered wrongly; ``answer`` and ``truth`` are ways, counted from 0."""

    trial: int
    answer: int
    truth: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class RoundSummary:
    """What a round came to.

    Attributes:
        method: the person, as a method is called.
        dataset_label: the dataset as it is shown.
        task: the task as it is shown, with how many episodes.
        accuracy: in percent, with its interval.
        takes_trials_for_independent: whether the interval is Wilson's over trials, because the
            clusters are too few, or too much alike, to be resampled.
        n_right: trials that were answered rightly.
        n_trials: all of them.
        transductive: whether several queries stood beside the same candidates.
        is_whole: whether these are all trials that the task has.
        median_seconds: of the reaction times.
        mean_seconds: of the reaction times, which is what the leaderboard shows.
        chance: what guessing earns, in percent.
        published: what people reached on all of the task, published by others.
        others: who else answered the same trials.
        run_command: puts methods into the round's table of the leaderboard; None if they are there.
        wrong_answers: the wrong trials, in their order.
    """

    method: MethodChoice
    dataset_label: str
    task: str
    accuracy: Accuracy
    takes_trials_for_independent: bool
    n_right: int
    n_trials: int
    transductive: bool
    is_whole: bool
    median_seconds: float
    mean_seconds: float
    chance: float
    published: tuple[Published, ...]
    others: SameTrials
    run_command: str | None
    wrong_answers: tuple[WrongAnswer, ...]


def summarize(
    played: Round, record: Record, others: SameTrials, run_command: str | None
) -> RoundSummary:
    """Return the figures of a round that is over, from its record."""
    identity, seconds = record.identity, [each.seconds for each in played.answers]
    n_right, n_trials = int(record.outcomes.right.sum()), record.outcomes.right.size
    measured = accuracy([record])
    independent = measured.low is None
    if independent:
        low, high = wilson(n_right, n_trials)
        measured = replace(measured, low=low, high=high)
    return RoundSummary(
        method=identity.choice,
        dataset_label=identity.dataset.label,
        task=identity.task + episodes_label(identity.n_episodes),
        accuracy=measured,
        takes_trials_for_independent=independent,
        n_right=n_right,
        n_trials=n_trials,
        transductive=record.transductive,
        is_whole=identity.n_episodes is None,
        median_seconds=median(seconds),
        mean_seconds=fmean(seconds),
        chance=100 / record.n_way,
        published=_people(identity),
        others=others,
        run_command=run_command,
        wrong_answers=tuple(_wrong_answers(played)),
    )


def _people(identity: Identity) -> tuple[Published, ...]:
    if identity.dataset.synthetic:
        return ()
    # of the whole task: what a shorter round may be read beside, as long as it says so
    published = published_for(identity.dataset.name, identity.task, None)
    return tuple(each for each in published if each.method == _PEOPLE)


def _wrong_answers(played: Round) -> Sequence[WrongAnswer]:
    return [
        WrongAnswer(trial=each.trial, answer=each.answer, truth=truth, seconds=each.seconds)
        for each in played.answers
        if (truth := played.trials.truth(each.trial)) != each.answer
    ]
