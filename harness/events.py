"""What a job tells while it runs, and the lines of JSON in which its process tells it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from harness.learning_curve import LearningCurve
from harness.record_json import from_json, to_json
from harness.records import Failure, Record
from harness.settings import MethodChoice
from harness.training import Progress


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """How far a method's training is.

    Attributes:
        choice: the method, in canonical spelling.
        seed: its seed.
        progress: steps, loss, accuracy, time left.
    """

    choice: MethodChoice
    seed: int
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The last word of a job's process: why it failed as a whole, or None where it did not."""

    reason: str | None = None


Result = Record | Failure
Event = Result | LearningCurve | Fitting


def to_line(event: Event | Ended) -> str:
    """Return an event as one line of JSON."""
    match event:
        case Record() | Failure():
            body = {"result": to_json(event)}
        case LearningCurve():
            body = {"curve": event.to_json()}
        case Fitting():
            body = {"fitting": json.dumps(asdict(event))}
        case Ended():
            body = {"ended": json.dumps(event.reason)}
    return json.dumps(body) + "\n"


def from_line(line: str) -> Event | Ended:
    """Return the event that ``to_line`` wrote.

    Raises:
        ValueError: the line is cut short, or none of these.
    """
    ((kind, text),) = json.loads(line).items()
    match kind:
        case "result":
            return from_json(text)
        case "curve":
            return LearningCurve.from_json(text)
        case "fitting":
            return _fitting(text)
        case "ended":
            return Ended(reason=json.loads(text))
    raise ValueError(f"no event is called {kind}")


def _fitting(text: str) -> Fitting:
    body = json.loads(text)
    pairs = tuple((key, value) for key, value in body["choice"]["pairs"])
    return Fitting(
        choice=MethodChoice(name=body["choice"]["name"], pairs=pairs),
        seed=body["seed"],
        progress=Progress(**body["progress"]),
    )
