"""A round: one person, the trials that they are asked, and what they answered so far."""

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
        identity: of the record that the round ends in.
        trials: what is asked.
        answers: one for each of the first trials, in their order.
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
            NotNextTrial: it is to another trial than the next.
            InvalidAnswer: no candidate has its number.
        """
        self.check_next(answer.trial)
        if answer.answer >= self.trials.n_way:
            raise InvalidAnswer(
                f"answer {answer.answer} is no candidate; they are 0 to {self.trials.n_way - 1}"
            )
        return replace(self, answers=(*self.answers, answer))

    def check_next(self, trial: int) -> None:
        """Check that a trial is the one that is asked.

        Raises:
            NotNextTrial: it is not.
        """
        asked = len(self.answers)
        if self.is_over:
            raise NotNextTrial(f"the round is over: all {asked} trials are answered")
        if trial != asked:
            what = "was answered already" if trial < asked else "is not asked yet"
            raise NotNextTrial(f"trial {trial} {what}; trial {asked} is next, counted from 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """What is asked one after another, counted from 0.

    Attributes:
        dealt: the task, dealt as every method gets it.
    """

    dealt: Dealt

    def __len__(self) -> int:
        return self.dealt.episodes.query.size

    @property
    def n_way(self) -> int:
        """Candidates of each trial."""
        return self.dealt.episodes.n_way

    @property
    def n_shot(self) -> int:
        """Drawings of each candidate."""
        return self.dealt.episodes.n_shot

    def drawings(self, trial: int) -> Images:
        """Return the query, then ``n_shot`` drawings of each candidate, way by way."""
        episodes = self.dealt.episodes
        episode, query = divmod(trial, episodes.n_query)
        rows = [episodes.query[episode, query : query + 1], episodes.support[episode].ravel()]
        return episodes.pool.take(np.concatenate(rows))

    def truth(self, trial: int) -> int:
        """Return the way that shows the query's character."""
        return int(self.dealt.key.truth.flat[trial])
