"""A round in progress: shows trials, stores each answer, and writes the record at the end."""

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
from harness.records.store import record_path, write

CLOCK_TOLERANCE = 1.0
"""Seconds by which the clocks of browser and server may differ."""


class RecordedElsewhere(OneShotError):
    """A round that is over, but another process wrote its record in the meantime."""


@dataclass(frozen=True, kw_only=True)
class SessionSetup:
    """The parts of a session besides the round.

    Attributes:
        results: the results folder.
        practice: the practice trials, if any.
        summarize: computes the summary from the record.
        nouns: the dataset's words for people.
        clock: returns seconds since any fixed moment.
    """

    results: Path
    practice: Trials | None
    summarize: Callable[[Round, Record], RoundSummary]
    nouns: Nouns
    clock: Callable[[], float] = monotonic


class Session:
    """A round in progress. It is not thread-safe: use it from one thread."""

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
        """The path of the round's record."""
        return record_path(self.round.identity, self.setup.results)

    @property
    def next_trial(self) -> int | None:
        """The number of the next trial; None if the round is over."""
        return None if self.round.is_over else len(self.round.answers)

    def painted(self, trial: int) -> float:
        """Note that a page shows a trial, and return the seconds since it was first shown.

        Raises:
            NotNextTrial: another trial is next.
        """
        self.round.check_next(trial)
        now = self.setup.clock()
        if self._painted != trial:  # a reload must not restart the clock
            self._painted, self._since = trial, now
        return now - self._since

    def store(self, answer: Answer) -> None:
        """Store an answer to the next trial.

        Raises:
            NotNextTrial: another trial is next, or no page has shown this one yet.
            InvalidAnswer: there is no such candidate, or its time is longer than it was shown.
            OSError: the answer cannot be stored, and the trial stays the next one.
        """
        further = self.round.answered(answer)  # refuses a wrong answer before any is stored
        if self._painted != answer.trial:
            raise NotNextTrial(f"trial {answer.trial} was not shown yet; reload the page")
        longest = self.setup.clock() - self._since + CLOCK_TOLERANCE
        if answer.seconds > longest:
            raise InvalidAnswer(
                f"{answer.seconds:g} seconds is too long: the trial was first shown less than "
                f"{longest:.1f} seconds ago"
            )
        self._file.append(answer)
        self.round = further

    def end(self) -> RoundSummary:
        """Write the record of the finished round, if not yet done, and return the summary.

        All answers stay stored, whatever this raises.

        Raises:
            RecordError: the record cannot be written, or another record of the person is damaged.
                Once that is mended, this can be called again.
            RecordedElsewhere: another process wrote a record of this round in the meantime.
            NotComparable: that record is of other episodes or pixels.
            UsageError: another process wrote a record of a longer or shorter round.
        """
        if self._record is None:
            self._record = self._write_record()
        # apart from the record: if this fails, a reload must not write the record again
        if self._summary is None:
            self._summary = self.setup.summarize(self.round, self._record)
        return self._summary

    def _write_record(self) -> Record:
        record = person_record(self.round)
        try:
            refuse_seen(self.round, self.setup.results)
        except AlreadyRecorded as meanwhile:
            raise RecordedElsewhere(
                f"another process wrote {self.record_path} during this round; it was not changed, "
                f"and these answers are stored in {self._file.path}: to record them instead, move "
                "that record away and give the same command again"
            ) from meanwhile
        try:
            write(record, self.setup.results)
        except OSError as failure:
            raise RecordError(
                f"cannot write {self.record_path}: {failure.strerror or failure}; make room there, "
                "and reload the page or give the same command again; every answer is stored"
            ) from failure
        return record
