"""One answer, as the page posts it and as a line of the answer file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from harness.errors import OneShotError

KEYS = ("trial", "answer", "seconds")
"""The keys of an answer; a page that has painted a trial posts the first alone."""
_MAX_SECONDS = 1e9
"""Seconds. The bound also refuses integers that are too large for a float."""


class InvalidAnswer(OneShotError):
    """JSON that is not an answer, or not one to a trial of this round."""


class NotNextTrial(OneShotError):
    """An answer to another trial than the next one."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person answered to one trial.

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
        return json.dumps(asdict(self))


def parse_answer(text: bytes) -> Answer:
    """Parse an answer that ``to_json`` wrote or a page posted.

    Raises:
        ValueError: the text is not JSON.
        InvalidAnswer: the JSON is not an answer.
    """
    body = _fields(text, KEYS)
    return Answer(
        trial=_count(body, "trial"), answer=_count(body, "answer"), seconds=_seconds(body)
    )


def parse_painted(text: bytes) -> int:
    """Parse what a page posts when it has painted a trial, and return the trial's number.

    Raises:
        ValueError: the text is not JSON.
        InvalidAnswer: the JSON is not a trial's number.
    """
    return _count(_fields(text, KEYS[:1]), "trial")


def _fields(text: bytes, keys: tuple[str, ...]) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except RecursionError:  # json recurses, and a file may nest brackets to any depth
        raise ValueError("the JSON is nested too deeply") from None
    if not isinstance(body, dict) or sorted(body) != sorted(keys):
        raise InvalidAnswer(f"the JSON object must have exactly these keys: {', '.join(keys)}")
    return body


def _count(body: dict[str, Any], key: str) -> int:
    value = body[key]
    if type(value) is not int or value < 0:  # not isinstance: a bool is an int
        raise InvalidAnswer(f"{key} must be a whole number, 0 or more")
    return value


def _seconds(body: dict[str, Any]) -> float:
    value = body["seconds"]
    if type(value) not in (int, float) or not 0 <= value < _MAX_SECONDS:
        raise InvalidAnswer("seconds must be a number, 0 or more")
    return round(float(value), 4)  # browsers measure tenths of a millisecond
