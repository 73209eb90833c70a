"""The summary of a finished round: accuracy, reaction times, and who else answered."""

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
"""The name of people in published figures."""


@dataclass(frozen=True, kw_only=True)
class WrongAnswer:
    """A wrong answer to a trial; ``answer`` and ``truth`` are ways, counted from 0."""

    trial: int
    answer: int
    truth: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class RoundSummary:
    """The figures of a finished round.

    Attributes:
        method: the person, written as a method.
        dataset_label: the dataset's name for people.
        task: the task's name for people, with the number of episodes.
        accuracy: the accuracy in percent, with its interval.
        takes_trials_for_independent: whether the interval is Wilson's over trials, because there
            are too few clusters to resample, or all of them have the same accuracy.
        n_right: the number of right answers.
        n_trials: the number of trials.
        transductive: whether several queries were shown beside the same candidates.
        is_whole: whether the round has all trials of the task.
        median_seconds: the median reaction time.
        mean_seconds: the mean reaction time, which the leaderboard shows.
        chance: the accuracy of guessing, in percent.
        published: published accuracies of people on the whole task.
        others: who else answered the same trials.
        run_command: the command that adds methods to the round's table of the leaderboard; None if
            there are none to add.
        wrong_answers: the wrong answers, in the order of the trials.
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
    """Return the summary of a finished round."""
    identity, seconds = record.identity, [each.seconds for each in played.answers]
    n_right, n_trials = int(record.outcomes.right.sum()), record.outcomes.right.size
    measured = accuracy([record])
    independent = measured.low is None  # there were too few clusters to resample
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
    # figures of the whole task: the page says so beside a shorter round
    published = published_for(identity.dataset.name, identity.task, None)
    return tuple(each for each in published if each.method == _PEOPLE)


def _wrong_answers(played: Round) -> Sequence[WrongAnswer]:
    return [
        WrongAnswer(trial=each.trial, answer=each.answer, truth=truth, seconds=each.seconds)
        for each in played.answers
        if (truth := played.trials.truth(each.trial)) != each.answer
    ]
