"""A round: one person, a task's trials, and the answers so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from harness.human.answer import Answer, InvalidAnswer, NotNextTrial
from harness.human.name import ANONYMOUS
from harness.protocol.episodes import Dealt
from harness.protocol.images import Images
from harness.records.record import Identity


@dataclass(frozen=True, kw_only=True)
class RoundRequest:
    """The options of ``oneshot human``.

    Attributes:
        data: the dataset as written on the command line.
        task: the task's name; None for the official runs, or a drawn task if there are none.
        n_trials: the number of trials, a multiple of the queries in an episode; None for 40, or
            the nearest number that the task's episodes allow.
        name: the person's name.
        results: the results folder.
        plugins: plugin files.
    """

    data: str
    results: Path
    task: str | None = None
    n_trials: int | None = None
    name: str = ANONYMOUS
    plugins: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Round:
    """A person's round on a task.

    Attributes:
        identity: the identity of the round's record.
        trials: the trials.
        answers: the answers to the first trials, in order.
    """

    identity: Identity
    trials: Trials
    answers: tuple[Answer, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether every trial is answered."""
        return len(self.answers) == len(self.trials)

    def answered(self, answer: Answer) -> Round:
        """Return the round with one more answer.

        Raises:
            NotNextTrial: the answer is to another trial than the next.
            InvalidAnswer: there is no candidate of that number.
        """
        self.check_next(answer.trial)
        if answer.answer >= self.trials.n_way:
            raise InvalidAnswer(
                f"answer {answer.answer} is no candidate; they are 0 to {self.trials.n_way - 1}"
            )
        return replace(self, answers=(*self.answers, answer))

    def check_next(self, trial: int) -> None:
        """Check that a trial is the next one.

        Raises:
            NotNextTrial: it is not.
        """
        following = len(self.answers)
        if self.is_over:
            raise NotNextTrial(f"the round is over: all {following} trials are answered")
        if trial != following:
            what = "was answered already" if trial < following else "is not shown yet"
            raise NotNextTrial(f"trial {trial} {what}; trial {following} is next, counted from 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """The queries of a task one after another, counted from 0.

    Attributes:
        dealt: the task's episodes as every method gets them, and their truth.
    """

    dealt: Dealt

    def __len__(self) -> int:
        return self.dealt.episodes.query.size

    @property
    def n_way(self) -> int:
        """The number of candidates of a trial."""
        return self.dealt.episodes.n_way

    @property
    def n_shot(self) -> int:
        """The number of support images of a candidate."""
        return self.dealt.episodes.n_shot

    def images(self, trial: int) -> Images:
        """Return the query, then the ``n_shot`` support images of each candidate, way by way."""
        episodes = self.dealt.episodes
        episode, query = divmod(trial, episodes.n_query)
        rows = [episodes.query[episode, query : query + 1], episodes.support[episode].ravel()]
        return episodes.pool.take(np.concatenate(rows))

    def truth(self, trial: int) -> int:
        """Return the way that shows the query's class."""
        # truth is (n_episodes, n_query), and trials count its queries row by row
        return int(self.dealt.key.truth.flat[trial])
