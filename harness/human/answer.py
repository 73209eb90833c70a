"""One answer: what a page posts, and a line of the file that keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from harness.errors import OneShotError

KEYS = ("trial", "answer", "seconds")
"""Of an answer; that a trial was painted has the first alone."""
_MAX_SECONDS = 1e9
"""Seconds that nobody needs for an answer; an integer may be too large to become a float."""


class InvalidAnswer(OneShotError):
    """JSON that is no answer to any trial, or to none of this round's."""


class NotNextTrial(OneShotError):
    """An answer to a trial that is not the one being asked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person answered to one trial.

    Attributes:
        trial: counted from 0.
        answer: the way that was chosen, counted from 0.
        seconds: the reaction time, as the page measures it: from the moment its pictures were first
            painted, in whatever tab, until the answer, whatever happened in between. A reload or
            another tab does not begin it anew; a command that was stopped and given again does.
    """

    trial: int
    answer: int
    seconds: float

    def to_json(self) -> str:
        """Return the answer as one line of JSON, without what ends the line."""
        return json.dumps(asdict(self))


def parse_answer(text: bytes) -> Answer:
    """Read what ``to_json`` wrote, or a page posted.

    Raises:
        ValueError: it is not JSON.
        InvalidAnswer: it is JSON of something else.
    """
    body = _fields(text, KEYS)
    return Answer(
        trial=_count(body, "trial"), answer=_count(body, "answer"), seconds=_seconds(body)
    )


def parse_painted(text: bytes) -> int:
    """Read what a page posts when it has painted a trial: the trial's number.

    Raises:
        ValueError: it is not JSON.
        InvalidAnswer: it is JSON of something else.
    """
    return _count(_fields(text, KEYS[:1]), "trial")


def _fields(text: bytes, keys: tuple[str, ...]) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(body, dict) or sorted(body) != sorted(keys):
        raise InvalidAnswer(f"this has {', '.join(keys)}, and nothing else")
    return body


def _count(body: dict[str, Any], key: str) -> int:
    value = body[key]
    if type(value) is not int or value < 0:  # a bool is an int too
        raise InvalidAnswer(f"{key} is a whole number from 0 up")
    return value


def _seconds(body: dict[str, Any]) -> float:
    value = body["seconds"]
    if type(value) not in (int, float) or not 0 <= value < _MAX_SECONDS:
        raise InvalidAnswer("seconds is a number from 0 up")
    return round(float(value), 4)  # browsers tell no more than a tenth of a millisecond
