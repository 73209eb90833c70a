"""A round: one person, the trials that they are asked, and what they answered so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.human.answer import Answer, NotAnAnswer, NotNext
from harness.human.trials import Trials
from harness.records.record import Identity


@dataclass(frozen=True, kw_only=True, eq=False)
class Round:
    """A person's round on a task.

    Attributes:
        identity: of the record that the round ends in.
        synthetic: whether a program drew the dataset.
        trials: what is asked.
        answers: one for each of the first trials, in their order.
    """

    identity: Identity
    synthetic: bool
    trials: Trials
    answers: tuple[Answer, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether every trial is answered."""
        return len(self.answers) == len(self.trials)

    def answered(self, answer: Answer) -> Round:
        """Return the round with one more answer.

        Raises:
            NotNext: it is to another trial than the next.
            NotAnAnswer: no candidate has its number.
        """
        self.check_next(answer.trial)
        if answer.answer >= self.trials.n_way:
            raise NotAnAnswer(
                f"answer {answer.answer} is no candidate; they are 0 to {self.trials.n_way - 1}"
            )
        return replace(self, answers=(*self.answers, answer))

    def check_next(self, trial: int) -> None:
        """Check that a trial is the one that is asked.

        Raises:
            NotNext: it is not.
        """
        asked = len(self.answers)
        if self.is_over:
            raise NotNext(f"the round is over: all {asked} trials are answered")
        if trial != asked:
            what = "was answered already" if trial < asked else "is not asked yet"
            raise NotNext(f"trial {trial} {what}; trial {asked} is next, counted from 0")
