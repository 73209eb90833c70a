"""A round: one person, the trials that they are asked, and what they answered so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.human.answer import Answer, NotAnAnswer, NotNext
from harness.human.trials import Trials
from harness.records import Identity


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
        due = len(self.answers)
        if self.is_over:
            raise NotNext(f"the round is over: all {due} trials are answered")
        if answer.trial != due:
            what = "was answered already" if answer.trial < due else "is not asked yet"
            raise NotNext(f"trial {answer.trial} {what}; trial {due} is next, counted from 0")
        if answer.answer >= self.trials.n_way:
            raise NotAnAnswer(
                f"answer {answer.answer} is no candidate; they are 0 to {self.trials.n_way - 1}"
            )
        return replace(self, answers=(*self.answers, answer))
