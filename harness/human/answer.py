"""One answer, as the page posts it and as a line of the answer file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from harness.errors import OneShotError
from harness.storage.dataclass_json import Mismatch, from_text, to_text

T = TypeVar("T")

_MAX_SECONDS = 1e9
"""More seconds than anybody takes for an answer."""


class InvalidAnswer(OneShotError):
    """JSON that is not an answer, or not one to a trial of this round."""


class NotNextTrial(OneShotError):
    """An answer to another trial than the next one."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A person's answer to one trial.

    Attributes:
        trial: the trial's number, counted from 0.
        answer: the chosen way, counted from 0.
        seconds: the reaction time that the page measures, from the first painting of the trial to
            the answer. A reload or a second tab does not restart it; a new command does.
    """

    trial: int
    answer: int
    seconds: float

    def to_json(self) -> str:
        """Return the answer as one line of JSON, without a line break."""
        return to_text(self)


@dataclass(frozen=True, kw_only=True)
class Painted:
    """The message of a page that it has painted a trial.

    Attributes:
        trial: counted from 0.
    """

    trial: int


def parse_answer(text: bytes) -> Answer:
    """Parse an answer that ``to_json`` wrote or a page posted.

    Raises:
        ValueError: the text is not JSON.
        InvalidAnswer: the JSON is not an answer.
    """
    answer = _read(text, Answer)
    if min(answer.trial, answer.answer) < 0 or not 0 <= answer.seconds < _MAX_SECONDS:
        raise InvalidAnswer("trial, answer and seconds must be numbers, 0 or more")
    # browsers measure tenths of a millisecond
    return replace(answer, seconds=round(answer.seconds, 4))


def parse_painted(text: bytes) -> int:
    """Parse what a page posts when it has painted a trial, and return the trial's number.

    Raises:
        ValueError: the text is not JSON.
        InvalidAnswer: the JSON is not a trial's number.
    """
    trial = _read(text, Painted).trial
    if trial < 0:
        raise InvalidAnswer("trial must be a whole number, 0 or more")
    return trial


def _read(text: bytes, kind: type[T]) -> T:
    try:
        return from_text(text, kind)
    except Mismatch as mismatch:
        raise InvalidAnswer(str(mismatch)) from mismatch
