"""The events of a job while it runs, and the lines of JSON that its process writes them in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from harness.learning.training import Progress
from harness.protocol.settings import MethodChoice
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.records.record_json import from_json, to_json
from harness.storage.dataclass_json import from_body, parse, to_body


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """The progress of a method's training.

    Attributes:
        choice: the method, in canonical spelling.
        seed: its seed.
        progress: steps, loss, accuracy, time left.
    """

    choice: MethodChoice
    seed: int
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A fitted model is kept in the cache of the machine that the job runs on.

    Attributes:
        key: its key in the cache.
    """

    key: str


@dataclass(frozen=True, kw_only=True)
class Started:
    """A job has begun on a worker of a cluster.

    Attributes:
        choice: the method, in canonical spelling.
        seed: its seed.
        where: the worker's address.
    """

    choice: MethodChoice
    seed: int
    where: str


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The last event of a job process: why the job failed as a whole; None if it did not."""

    reason: str | None = None


Result = Record | Failure
Event = Result | LearningCurve | Fitting | Kept | Started


_BY_NAME: dict[str, type[Fitting | Kept | Started | Ended]] = {
    kind.__name__: kind for kind in (Fitting, Kept, Started, Ended)
}


def to_line(event: Event | Ended) -> str:
    """Return an event as one line of JSON: its kind, and its fields or the text of its file."""
    body: dict[str, Any]
    match event:
        case Record() | Failure():
            body = {"Result": to_json(event)}
        case LearningCurve():
            body = {"LearningCurve": event.to_json()}
        case _:
            body = {type(event).__name__: to_body(event)}
    return json.dumps(body) + "\n"


def from_line(line: str) -> Event | Ended:
    """Return the event that ``to_line`` wrote.

    Raises:
        ValueError: the line is cut short, or holds no event.
        RecordError: it holds a record of another schema.
    """
    ((kind, body),) = parse(line).items()
    match kind:
        case "Result":
            return from_json(body)
        case "LearningCurve":
            return LearningCurve.from_json(body)
    if kind not in _BY_NAME:
        raise ValueError(f"no event is called {kind}")
    return from_body(body, _BY_NAME[kind])
