"""A round while it is played: trials handed out, each answer stored, the record at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from harness.errors import OneShotError, RecordError
from harness.human.answer import Answer, InvalidAnswer, NotNextTrial
from harness.human.answer_file import AnswerFile
from harness.human.person_record import person_record
from harness.human.round import Round, Trials
from harness.human.seen import AlreadyRecorded, refuse_seen
from harness.human.summary import RoundSummary
from harness.protocol.dataset import Nouns
from harness.records.record import Record
from harness.records.store import place, write

CLOCK_TOLERANCE = 1.0
"""Seconds by which the browser's clock and ours may differ."""


class RecordedElsewhere(OneShotError):
    """A round that is over, but whose record came from elsewhere while it was played."""


@dataclass(frozen=True, kw_only=True)
class SessionSetup:
    """What a session needs beside the round itself.

    Attributes:
        results: the results folder.
        practice: trials to practise on, if any.
        summarize: makes the figures of the end from the record.
        nouns: the dataset's words for people.
        clock: tells seconds, from any start.
    """

    results: Path
    practice: Trials | None
    summarize: Callable[[Round, Record], RoundSummary]
    nouns: Nouns
    clock: Callable[[], float] = monotonic


class Session:
    """A round that is being played. One thread asks it everything."""

    def __init__(self, fresh: Round, file: AnswerFile, setup: SessionSetup) -> None:
        self.setup = setup
        self.round = file.begin(fresh)
        self._file = file
        self._painted: int | None = None
        self._since = 0.0
        self._record: Record | None = None
        self._summary: RoundSummary | None = None

    @property
    def record_path(self) -> Path:
        """Where the record stands when the round is over."""
        return place(self.round.identity, self.setup.results)

    @property
    def next_trial(self) -> int | None:
        """The trial that is asked now; None when the round is over."""
        return None if self.round.is_over else len(self.round.answers)

    def painted(self, trial: int) -> float:
        """Take note that somebody sees a trial, and return the seconds since it was first seen.

        Raises:
            NotNextTrial: another trial is asked.
        """
        self.round.check_next(trial)
        now = self.setup.clock()
        if self._painted != trial:  # seen again, it is as old as when it was first seen
            self._painted, self._since = trial, now
        return now - self._since

    def store(self, answer: Answer) -> None:
        """Store an answer to the trial that is asked.

        Raises:
            NotNextTrial: another trial is asked, or nobody has seen this one yet.
            InvalidAnswer: no candidate has its number, or it took longer than it can have.
            OSError: it cannot be stored; the trial is still asked.
        """
        further = self.round.answered(answer)
        if self._painted != answer.trial:
            raise NotNextTrial(f"trial {answer.trial} was not shown yet; reload the page")
        longest = self.setup.clock() - self._since + CLOCK_TOLERANCE
        if answer.seconds > longest:
            raise InvalidAnswer(
                f"{answer.seconds:g} seconds cannot be: the trial was shown less than "
                f"{longest:.1f} seconds ago"
            )
        self._file.append(answer)
        self.round = further

    def end(self) -> RoundSummary:
        """Return the figures of a round that is over; its record is written before, if it is not.

        Whatever it raises, the answers are stored.

        Raises:
            RecordError: the record cannot be written, or another of the person is damaged; once
                that is mended, it can.
            RecordedElsewhere: meanwhile a record of this very round came from elsewhere.
            NotComparable: that record is of other episodes or pixels.
            UsageError: meanwhile one of a longer or shorter round did.
        """
        if self._record is None:
            self._record = self._recorded()
        if self._summary is None:
            self._summary = self.setup.summarize(self.round, self._record)
        return self._summary

    def _recorded(self) -> Record:
        record = person_record(self.round)
        try:
            refuse_seen(self.round, self.setup.results)
        except AlreadyRecorded as meanwhile:
            raise RecordedElsewhere(
                f"{self.record_path} came from elsewhere while this round was played, and stays as "
                f"it is; these answers are kept in {self._file.path}: to record them instead, move "
                "that record away and give the same command again"
            ) from meanwhile
        try:
            write(record, self.setup.results)
        except OSError as failure:
            raise RecordError(
                f"cannot write {self.record_path}: {failure.strerror or failure}; make room there, "
                "and reload the page or give the same command again: every answer is stored"
            ) from failure
        return record
