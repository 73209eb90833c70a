"""The events of a job while it runs, and the lines of JSON that its process writes them in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from harness.learning.training import Progress
from harness.protocol.settings import MethodChoice
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.records.record_json import from_json, to_json


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


def to_line(event: Event | Ended) -> str:
    """Return an event as one line of JSON."""
    match event:
        case Record() | Failure():
            body = {"result": to_json(event)}
        case LearningCurve():
            body = {"curve": event.to_json()}
        case Fitting():
            body = {"fitting": json.dumps(asdict(event))}
        case Kept():
            body = {"kept": event.key}
        case Started():
            body = {"started": json.dumps(asdict(event))}
        case Ended():
            body = {"ended": json.dumps(event.reason)}
    return json.dumps(body) + "\n"


def from_line(line: str) -> Event | Ended:
    """Return the event that ``to_line`` wrote.

    Raises:
        ValueError: the line is cut short, or holds no event.
    """
    ((kind, text),) = json.loads(line).items()
    match kind:
        case "result":
            return from_json(text)
        case "curve":
            return LearningCurve.from_json(text)
        case "fitting":
            return _fitting(text)
        case "kept":
            return Kept(key=text)
        case "started":
            return _started(text)
        case "ended":
            return Ended(reason=json.loads(text))
    raise ValueError(f"no event is called {kind}")


def _fitting(text: str) -> Fitting:
    body = json.loads(text)
    return Fitting(
        choice=_choice(body["choice"]), seed=body["seed"], progress=Progress(**body["progress"])
    )


def _started(text: str) -> Started:
    body = json.loads(text)
    return Started(**body | {"choice": _choice(body["choice"])})


def _choice(body: Mapping[str, Any]) -> MethodChoice:
    pairs = tuple((key, value) for key, value in body["pairs"])
    return MethodChoice(name=body["name"], pairs=pairs)
