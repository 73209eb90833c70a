from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.errors import RecordError
from harness.protocol.outcome import Outcomes
from harness.records.record import Cost, Failure, Identity, Record
from harness.records.record_json import from_json, to_json
from harness.records.store import read, read_all, record_path, write
from tests.support.dataset_ids import TINY, on_another

IDENTITY = Identity(
    dataset=TINY,
    task="across-5w1s",
    n_episodes=None,
    method="mine",
    settings={"depth": "4"},
    seed=1,
)


@pytest.fixture
def record() -> Record:
    rng = np.random.default_rng(0)
    shape = (30, 2)
    right = rng.random(shape) < 0.5
    score = np.where(right, np.nan, rng.normal(size=shape)).astype(np.float32)
    return Record(
        identity=IDENTITY,
        seeded=True,
        transductive=False,
        framework="numpy",
        configuration={"depth": 4, "full": False},
        source="c" * 64,
        n_way=5,
        n_shot=1,
        manifest="a" * 64,
        outcomes=Outcomes(
            answer=rng.integers(0, 5, shape),
            tied=rng.integers(1, 3, shape),
            right=right,
            answer_score=score,
            true_score=score - 1,
        ),
        cluster=rng.integers(0, 3, 30),
        clusters=("Greek", "Latin", "Bengali"),
        cost=Cost(
            fit_seconds=1.5, score_seconds=0.25, embedded=None, peak_memory=1 << 27, parameters=None
        ),
        environment={"machine": {"cores": 2}},
    )


@pytest.fixture
def failure() -> Failure:
    return Failure(identity=IDENTITY, reason="broke", details="Traceback", environment={})


def test_a_record_comes_back_as_it_was(record: Record, tmp_path: Path) -> None:
    back = read(write(record, tmp_path))
    assert isinstance(back, Record)
    assert to_json(back) == to_json(record)
    assert (back.outcomes.credit == record.outcomes.credit).all()
    for name in ("answer_score", "true_score"):
        scores = getattr(back.outcomes, name)
        assert np.array_equal(scores, getattr(record.outcomes, name), equal_nan=True)
    assert (back.cluster == record.cluster).all()
    assert back.identity == record.identity


def test_a_record_without_scores_comes_back_without(record: Record, tmp_path: Path) -> None:
    plain = replace(record.outcomes, answer_score=None, true_score=None)
    back = read(write(replace(record, outcomes=plain), tmp_path))
    assert isinstance(back, Record)
    assert back.outcomes.answer_score is None and back.outcomes.true_score is None


def test_a_failure_comes_back_as_it_was(failure: Failure, tmp_path: Path) -> None:
    assert read(write(failure, tmp_path)) == failure


def test_a_failure_never_replaces_a_record(
    record: Record, failure: Failure, tmp_path: Path
) -> None:
    write(record, tmp_path)
    write(failure, tmp_path)
    assert [type(result) for result in read_all(tmp_path)] == [Failure, Record]


def test_a_record_replaces_the_failure_before_it(
    record: Record, failure: Failure, tmp_path: Path
) -> None:
    write(failure, tmp_path)
    assert [type(result) for result in read_all(tmp_path)] == [Failure]
    write(record, tmp_path)
    assert [type(result) for result in read_all(tmp_path)] == [Record]


def test_identities_have_places_of_their_own(tmp_path: Path) -> None:
    others = [
        IDENTITY,
        replace(IDENTITY, seed=2),
        replace(IDENTITY, settings={}),
        replace(IDENTITY, settings={"depth": "5"}),
        replace(IDENTITY, task="across-5w5s"),
        replace(IDENTITY, n_episodes=100),
        on_another(IDENTITY, name="folder:mine"),
        on_another(IDENTITY, name="folder:mine", fingerprint="e" * 64),
        replace(IDENTITY, method="../../mine"),
    ]
    places = {record_path(identity, tmp_path) for identity in others}
    assert len(places) == len(others)
    assert all(path.resolve().is_relative_to(tmp_path.resolve()) for path in places)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[: len(text) // 2], id="cut short"),
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: text.replace('"n_way": 5,', ""), id="a field lost"),
        pytest.param(
            lambda text: text.replace('"shape": [\n   30', '"shape": [\n   31'), id="a count"
        ),
        pytest.param(lambda text: "[]", id="something else"),
    ],
)
def test_a_damaged_record_is_named(record: Record, tmp_path: Path, damage) -> None:
    path = write(record, tmp_path)
    damaged = damage(path.read_text())
    assert damaged != path.read_text()
    path.write_text(damaged)
    with pytest.raises(RecordError, match="seed-1.json is not a readable record") as error:
        read(path)
    assert "\n" not in str(error.value)


def test_a_newer_schema_is_named(record: Record) -> None:
    body = json.loads(to_json(record)) | {"schema": 99}
    with pytest.raises(RecordError, match="schema 99, and this version reads schema 1"):
        from_json(json.dumps(body))


def test_a_full_disk_leaves_no_half_of_a_record(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(record, tmp_path)
    before = path.read_text()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(replace(record, n_shot=2), tmp_path)
    assert path.read_text() == before
    assert [file.name for file in path.parent.iterdir()] == ["seed-1.json"]
