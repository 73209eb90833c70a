from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import CheckpointError
from harness.learning.model_cache import models_folder
from harness.learning.point import Point
from harness.protocol.dataset import DatasetId
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.running.cluster.returned import (
    PackedModel,
    Returned,
    keep_model,
    packed_model,
    results,
)
from harness.running.events import Kept, to_line
from harness.storage.sealed import seal, unseal
from tests.support.jobs import FIVE, TWENTY, job

WEIGHTS = "weights.npy"
JOB = job("lda-1nn", FIVE, TWENTY)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackedModel:
    """A model from another cache than the one that is in use from now on."""
    for cache in ("there", "here"):
        monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / cache))
        if cache == "there":
            seal(models_folder() / "learns-1", {}, lambda own: _write(own, b"new"))
            packed = packed_model("learns-1")
    assert packed is not None
    return packed


def _write(folder: Path, weights: bytes) -> None:
    (folder / WEIGHTS).write_bytes(weights)


def kept() -> bytes:
    (model,) = (path for path in models_folder().iterdir() if path.is_dir())
    unseal(model)
    return (model / WEIGHTS).read_bytes()


def test_a_model_that_comes_back_is_kept(model: PackedModel) -> None:
    keep_model(model)
    assert kept() == b"new"


@pytest.mark.parametrize(("replace", "weights"), [(False, b"old"), (True, b"new")])
def test_a_sound_model_stays_unless_it_was_fitted_again(
    model: PackedModel, replace: bool, weights: bytes
) -> None:
    seal(models_folder() / model.key, {}, lambda own: _write(own, b"old"))
    keep_model(model, replace=replace)
    assert kept() == weights


def test_a_damaged_model_gives_way(model: PackedModel) -> None:
    keep_model(model)
    (models_folder() / model.key / WEIGHTS).write_bytes(b"damage")
    keep_model(model)
    assert kept() == b"new"


@pytest.mark.parametrize("old, new", [(b"new", b"ewn"), (b"PK", b"--")])
def test_a_model_that_arrives_damaged_is_none(model: PackedModel, old: bytes, new: bytes) -> None:
    damaged = PackedModel(key=model.key, archive=model.archive.replace(old, new))
    with pytest.raises(CheckpointError, match="the fitted model learns-1 arrived damaged"):
        keep_model(damaged)
    assert list(models_folder().iterdir()) == []


@pytest.mark.parametrize("key", ["../escaped", "..", ".lock", "a/b", ""])
def test_a_key_that_is_none_is_refused(model: PackedModel, key: str) -> None:
    with pytest.raises(CheckpointError, match="no key of a model"):
        keep_model(PackedModel(key=key, archive=model.archive))


def test_a_model_that_has_gone_is_not_sent(model: PackedModel) -> None:
    assert packed_model(model.key) is None


def returned(*events):
    return list(results(JOB, Returned(lines=tuple(map(to_line, events)), model=None, seconds=1.0)))


def record_of(make_record, asked, **changed):
    record = make_record("lda-1nn")
    return replace(record, identity=replace(JOB.identity(asked), **changed))


def test_a_task_without_a_result_is_a_failure(make_record) -> None:
    record, failure = returned(record_of(make_record, FIVE))
    assert isinstance(record, Record) and isinstance(failure, Failure)
    assert failure.identity == JOB.identity(TWENTY)
    assert failure.reason == "its worker returned no result of it"
    assert [type(event) for event in returned()] == [Failure, Failure]


@pytest.mark.parametrize(
    "changed",
    [
        {"task": "../../../escaped"},
        {"dataset": DatasetId(name="..", fingerprint="f", synthetic=False)},
        {"method": ".."},
        {"seed": 1},
    ],
)
def test_a_result_that_was_not_requested_is_left_out(
    make_record, changed, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = record_of(make_record, FIVE, **changed)
    assert [type(event) for event in returned(foreign, Kept(key="x"))] == [Failure, Failure]
    assert caplog.messages == ["lda-1nn: a worker returned what was not requested; left out"] * 2


def test_a_result_counts_once(make_record) -> None:
    record = record_of(make_record, FIVE)
    assert [type(event) for event in returned(record, record)] == [Record, Failure]


@pytest.mark.parametrize(("seed", "n_told"), [(0, 1), (1, 0)])
def test_a_learning_curve_is_the_jobs_own(seed: int, n_told: int) -> None:
    point = Point(step=1, seconds=1.0, loss=0.5, accuracy=None)
    curve = LearningCurve(
        dataset=JOB.dataset, method="lda-1nn",
        settings={}, seed=seed, points=(point,),
    )  # fmt: skip
    assert [event for event in returned(curve) if not isinstance(event, Failure)] == [
        curve
    ] * n_told
