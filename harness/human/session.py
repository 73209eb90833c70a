"""A round while it is played: trials handed out, each answer stored, the record at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from harness.errors import RecordError
from harness.human.answer import Answer, NotAnAnswer, NotNext
from harness.human.answer_file import AnswerFile
from harness.human.person_record import person_record
from harness.human.round import Round
from harness.human.seen import refuse_seen
from harness.human.trials import Trials
from harness.human.verdict import Verdict
from harness.records import Record
from harness.store import place, write

SLACK = 1.0
"""Seconds by which the browser's clock and ours may differ."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a session needs beside the round itself.

    Attributes:
        results: the results folder.
        practice: trials to practise on, if any.
        judge: makes the figures of the end from the record.
        clock: tells seconds, from any start.
    """

    results: Path
    practice: Trials | None
    judge: Callable[[Round, Record], Verdict]
    clock: Callable[[], float] = monotonic


@dataclass(frozen=True, kw_only=True)
class Due:
    """The trial that is asked now, and the seconds since it was first handed out."""

    trial: int
    elapsed: float


class Session:
    """A round that is being played. One thread asks it everything."""

    def __init__(self, fresh: Round, file: AnswerFile, around: Surroundings) -> None:
        self.around = around
        self.round = file.begin(fresh)
        self._file = file
        self._handed_out: int | None = None
        self._since = 0.0
        self._record: Record | None = None
        self._verdict: Verdict | None = None

    @property
    def record_path(self) -> Path:
        """Where the record stands when the round is over."""
        return place(self.round.identity, self.around.results)

    def hand_out(self) -> Due | None:
        """Return the trial that is asked now; None when the round is over."""
        if self.round.is_over:
            return None
        due, now = len(self.round.answers), self.around.clock()
        if self._handed_out != due:  # shown again, it is as old as when it was first shown
            self._handed_out, self._since = due, now
        return Due(trial=due, elapsed=now - self._since)

    def take(self, answer: Answer) -> None:
        """Store an answer to the trial that is asked.

        Raises:
            NotNext: another trial is asked, or this one was not handed out yet.
            NotAnAnswer: no candidate has its number, or it took longer than it can have.
            OSError: it cannot be stored; the trial is still asked.
        """
        further = self.round.answered(answer)
        if self._handed_out != answer.trial:
            raise NotNext(f"trial {answer.trial} was not shown yet; reload the page")
        longest = self.around.clock() - self._since + SLACK
        if answer.seconds > longest:
            raise NotAnAnswer(
                f"{answer.seconds:g} seconds cannot be: the trial was shown less than "
                f"{longest:.1f} seconds ago"
            )
        self._file.append(answer)
        self.round = further

    def end(self) -> Verdict:
        """Return the figures of a round that is over; its record is written before, if it is not.

        Raises:
            OneShotError: the record cannot be written, or its person has meanwhile, as with
                records from elsewhere, seen the truth of its trials; the answers are stored.
        """
        if self._record is None:
            self._record = self._recorded()
        if self._verdict is None:
            self._verdict = self.around.judge(self.round, self._record)
        return self._verdict

    def _recorded(self) -> Record:
        record = person_record(self.round)
        refuse_seen(self.round, self.around.results)
        try:
            write(record, self.around.results)
        except OSError as failure:
            raise RecordError(
                f"cannot write {self.record_path}: {failure.strerror or failure}; make room there, "
                "and reload the page or give the same command again: every answer is stored"
            ) from failure
        return record
