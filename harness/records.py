"""Records: one JSON file per dataset, task, method with its settings, and seed.

A record holds every answer, so that every table, plot and comparison can be made from records
alone.
"""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import RecordError
from harness.outcome import Outcomes
from harness.settings import MethodChoice

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What was run: two records with one identity are repetitions of each other.

    Attributes:
        dataset: its name.
        fingerprint: sha256 over its pixels.
        task: the task's name.
        n_episodes: how many were asked for; None for the task's own number.
        method: the method's name.
        settings: the settings that differ from the method's defaults.
        seed: the method's seed.
    """

    dataset: str
    fingerprint: str
    task: str
    n_episodes: int | None
    method: str
    settings: Mapping[str, str]
    seed: int

    @property
    def choice(self) -> MethodChoice:
        """The method as it is asked for on the command line."""
        return MethodChoice(name=self.method, pairs=tuple(self.settings.items()))

    @property
    def path(self) -> Path:
        """Where its record stands, under a results folder's ``records``."""
        task = self.task + ("" if self.n_episodes is None else f"-{self.n_episodes}-episodes")
        folder = dataset_folder(self.dataset, self.fingerprint)
        return folder / task / method_folder(self.method, self.settings) / f"seed-{self.seed}.json"


def dataset_folder(dataset: str, fingerprint: str) -> Path:
    """Return the folder of a dataset's files; two that were found at a path are told apart."""
    name = _file_name(dataset)
    return Path(f"{name}-{fingerprint[:8]}" if ":" in dataset else name)


def method_folder(method: str, settings: Mapping[str, str]) -> str:
    """Return the name of a method's folder, which differs with its settings."""
    name = method
    if settings:
        spelled = json.dumps(dict(settings), sort_keys=True)
        name += "-" + sha256(spelled.encode()).hexdigest()[:8]
    return _file_name(name)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a job's process needed before its method was built.

    Attributes:
        seconds: one run of the reference workload, the median of runs before the fit, after it, and
            after each task that was answered by then.
        memory: bytes at its peak: Python, numpy, the harness and the dataset.
    """

    seconds: float
    memory: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a record's answers cost.

    Attributes:
        fit_seconds: one fit, however many tasks used it.
        score_seconds: the whole task, embedding every image that it shows, at the measured mean
            per image where an earlier task of the same job had embedded it already.
        embedded: how many images this task was the first to embed; None for other methods.
        peak_memory: bytes, of the processes that fitted and that scored, the larger.
        parameters: learnt values; None where the method does not tell.
        cached: whether an earlier job had fitted it; its seconds are of then.
        reference: what the scoring process needed for the reference workload; None in records
            that were written before there was one.
    """

    fit_seconds: float
    score_seconds: float
    embedded: int | None
    peak_memory: int
    parameters: int | None
    cached: bool = False
    reference: Reference | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """One method's answers to one task.

    Attributes:
        identity: what was run.
        synthetic: whether a program drew the dataset.
        seeded: whether another seed gives other answers; where not, the same code gives the same.
        transductive: whether the method looks at several queries together.
        framework: what the method computes with.
        configuration: every setting, defaults included.
        source: sha256 of the method's code, see ``harness.source``.
        n_way: classes in each episode.
        n_shot: support images of each class.
        manifest: sha256 over pixels, episodes and truth; only equal ones are comparable.
        outcomes: every answer.
        cluster: ``(n_episodes,)`` int into ``clusters``.
        clusters: the clusters' names.
        cost: time, memory and size.
        environment: versions, machine, commit; under ``fitted`` those of the job that had fitted
            the model, where that was an earlier one.
    """

    identity: Identity
    synthetic: bool
    seeded: bool
    transductive: bool
    framework: str
    configuration: Mapping[str, Any]
    source: str
    n_way: int
    n_shot: int
    manifest: str
    outcomes: Outcomes
    cluster: NDArray[np.integer]
    clusters: tuple[str, ...]
    cost: Cost
    environment: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A job that did not end in a record of this identity, and why.

    Attributes:
        identity: what was run.
        synthetic: whether a program drew the dataset.
        reason: in one line.
        details: the job's last words, for whoever looks into it.
        environment: versions, machine, commit.
    """

    identity: Identity
    synthetic: bool
    reason: str
    details: str
    environment: Mapping[str, Any]


def to_json(result: Record | Failure) -> str:
    """Return a result as the text of its file."""
    body: dict[str, Any] = {"schema": SCHEMA, "identity": asdict(result.identity)}
    if isinstance(result, Failure):
        body |= {
            "synthetic": result.synthetic,
            "failure": result.reason,
            "details": result.details,
            "environment": dict(result.environment),
        }
        return json.dumps(body, indent=1) + "\n"
    body |= {
        "synthetic": result.synthetic,
        "seeded": result.seeded,
        "transductive": result.transductive,
        "framework": result.framework,
        "configuration": dict(result.configuration),
        "source": result.source,
        "n_way": result.n_way,
        "n_shot": result.n_shot,
        "manifest": result.manifest,
        "outcomes": _outcomes_body(result.outcomes),
        "cluster": _packed(result.cluster),
        "clusters": list(result.clusters),
        "cost": asdict(result.cost),
        "environment": dict(result.environment),
    }
    return json.dumps(body, indent=1) + "\n"


def from_json(text: str) -> Record | Failure:
    """Return the result that ``to_json`` wrote.

    Raises:
        RecordError: its schema is newer.
    """
    body = json.loads(text)
    if body["schema"] != SCHEMA:
        raise RecordError(
            f"schema {body['schema']}, and this version reads schema {SCHEMA}; upgrade oneshot"
        )
    return _failure(body) if "failure" in body else _record(body)


def _failure(body: Mapping[str, Any]) -> Failure:
    return Failure(
        identity=Identity(**body["identity"]),
        synthetic=body["synthetic"],
        reason=body["failure"],
        details=body["details"],
        environment=body["environment"],
    )


def _record(body: Mapping[str, Any]) -> Record:
    record = Record(
        identity=Identity(**body["identity"]),
        synthetic=body["synthetic"],
        seeded=body["seeded"],
        transductive=body["transductive"],
        framework=body["framework"],
        configuration=body["configuration"],
        source=body["source"],
        n_way=body["n_way"],
        n_shot=body["n_shot"],
        manifest=body["manifest"],
        outcomes=_outcomes(body["outcomes"]),
        cluster=_unpacked(body["cluster"], body["outcomes"]["shape"][0]),
        clusters=tuple(body["clusters"]),
        cost=_cost(body["cost"]),
        environment=body["environment"],
    )
    _check_sense(record)
    return record


def _check_sense(record: Record) -> None:
    """Raise ValueError for what parses and means nothing: it would be counted."""
    outcomes, cost = record.outcomes, record.cost
    if outcomes.answer.size == 0:
        raise ValueError("it has no answers")
    if (
        outcomes.tied.min() < 1
        or max(outcomes.answer.max() + 1, outcomes.tied.max()) > record.n_way
    ):
        raise ValueError(f"an answer, or a tie, is not one of {record.n_way} ways")
    if record.cluster.max() >= len(record.clusters):
        raise ValueError(f"an episode is of none of the {len(record.clusters)} clusters")
    reference = [] if cost.reference is None else [cost.reference.seconds, cost.reference.memory]
    for value in (cost.fit_seconds, cost.score_seconds, cost.peak_memory, *reference):
        if not 0 <= value < math.inf:
            raise ValueError(f"{value} is no cost")


def _cost(body: Mapping[str, Any]) -> Cost:
    measured = body.get("reference")
    return Cost(**{**body, "reference": None if measured is None else Reference(**measured)})


def _outcomes_body(outcomes: Outcomes) -> dict[str, Any]:
    body: dict[str, Any] = {
        "shape": list(outcomes.answer.shape),
        "answer": _packed(outcomes.answer),
        "tied": _packed(outcomes.tied),
        "right": _packed(outcomes.right),
    }
    if outcomes.answer_score is not None and outcomes.true_score is not None:
        wrong = ~outcomes.right  # the others' scores tell nobody anything
        body["answer_score"] = _packed_floats(outcomes.answer_score[wrong])
        body["true_score"] = _packed_floats(outcomes.true_score[wrong])
    return body


def _outcomes(body: Mapping[str, Any]) -> Outcomes:
    n_episodes, n_query = body["shape"]
    answer, tied, right = (
        _unpacked(body[key], n_episodes * n_query).reshape(n_episodes, n_query)
        for key in ("answer", "tied", "right")
    )
    answer_score, true_score = (
        _of_wrong(body[key], right == 0) if key in body else None
        for key in ("answer_score", "true_score")
    )
    return Outcomes(
        answer=answer,
        tied=tied,
        right=right.astype(bool),
        answer_score=answer_score,
        true_score=true_score,
    )


def _of_wrong(text: str, wrong: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the scores of wrong answers where they stand, and NaN elsewhere."""
    scores = np.full(wrong.shape, np.nan, np.float32)
    scores[wrong] = np.frombuffer(_raw(text), "<f4")
    return scores


def _packed(values: NDArray[Any]) -> str:
    """Return non-negative integers as base64 of their zlib-compressed little-endian uint16."""
    if values.max(initial=0) > np.iinfo(np.uint16).max:
        raise ValueError(f"{values.max()} does not fit 16 bits")
    return base64.b64encode(zlib.compress(values.astype("<u2").tobytes(), 9)).decode("ascii")


def _packed_floats(values: NDArray[np.float32]) -> str:
    """Return numbers as base64 of their zlib-compressed little-endian float32."""
    return base64.b64encode(zlib.compress(values.astype("<f4").tobytes(), 9)).decode("ascii")


def _unpacked(text: str, n_values: int) -> NDArray[np.uint16]:
    values = np.frombuffer(_raw(text), "<u2")
    if len(values) != n_values:
        raise ValueError(f"{len(values)} values where {n_values} should be")
    return values


def _raw(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text, validate=True))


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.@-]+", "-", text)
