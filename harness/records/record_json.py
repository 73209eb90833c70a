"""The text of a record's file: JSON, in which arrays are compressed and in base64."""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import RecordError
from harness.protocol.dataset import DatasetId
from harness.protocol.outcome import Outcomes
from harness.records.record import Cost, Failure, Identity, Record, Reference

SCHEMA = 1
SCORES = ("answer_score", "true_score")


def to_json(result: Record | Failure) -> str:
    """Return a result as the text of its file."""
    body: dict[str, Any] = {"schema": SCHEMA, "identity": _identity_body(result.identity)}
    if isinstance(result, Failure):
        body |= {
            "synthetic": result.identity.dataset.synthetic,
            "failure": result.reason,
            "details": result.details,
            "environment": dict(result.environment),
        }
        return json.dumps(body, indent=1) + "\n"
    body |= {
        "synthetic": result.identity.dataset.synthetic,
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


def from_json(text: str, *, scores: bool = True) -> Record | Failure:
    """Return the result that ``to_json`` wrote.

    Args:
        text: what it wrote.
        scores: also what wrong answers scored, which most readers have no use for.

    Raises:
        RecordError: its schema is newer.
    """
    body = json.loads(text)
    if body["schema"] != SCHEMA:
        raise RecordError(
            f"schema {body['schema']}, and this version reads schema {SCHEMA}; upgrade oneshot"
        )
    if not scores and "outcomes" in body:
        for key in SCORES:
            body["outcomes"].pop(key, None)
    return _failure(body) if "failure" in body else _record(body)


def _identity_body(identity: Identity) -> dict[str, Any]:
    """Return an identity as records store it: ``synthetic`` stands beside it, not in it."""
    body = asdict(identity)
    dataset = body.pop("dataset")
    return {"dataset": dataset["name"], "fingerprint": dataset["fingerprint"], **body}


def _identity(body: Mapping[str, Any]) -> Identity:
    stored = dict(body["identity"])
    dataset = DatasetId(
        name=stored.pop("dataset"),
        fingerprint=stored.pop("fingerprint"),
        synthetic=body["synthetic"],
    )
    return Identity(dataset=dataset, **stored)


def _failure(body: Mapping[str, Any]) -> Failure:
    return Failure(
        identity=_identity(body),
        reason=body["failure"],
        details=body["details"],
        environment=body["environment"],
    )


def _record(body: Mapping[str, Any]) -> Record:
    record = Record(
        identity=_identity(body),
        seeded=body["seeded"],
        transductive=body["transductive"],
        framework=body["framework"],
        configuration=body["configuration"],
        source=body["source"],
        n_way=body["n_way"],
        n_shot=body["n_shot"],
        manifest=body["manifest"],
        outcomes=_outcomes(body["outcomes"]),
        cluster=_often(body["cluster"], body["outcomes"]["shape"][0]),
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
        unpacked(body[key], n_episodes * n_query).reshape(n_episodes, n_query)
        for key, unpacked in (("answer", _unpacked), ("tied", _often), ("right", _unpacked))
    )
    answer_score, true_score = (
        _of_wrong(body[key], right == 0) if key in body else None for key in SCORES
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


_often = lru_cache(maxsize=64)(_unpacked)
"""Clusters are the same in all records of a task, and most have no ties; arrays are read-only."""


def _raw(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text, validate=True))
