from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.protocol.task import Task
from harness.records.record import Record
from harness.records.store import record_path, write
from harness.running.fitting import Conditions
from harness.running.job import Job
from harness.running.recorded import Manifests, Recorded
from tests.support.jobs import FIVE, job


class Drawn(Manifests):
    """Stands in for manifests that would be drawn."""

    def __init__(self) -> None:
        pass

    def of(self, task: Task) -> str:
        return f"manifest of {task} None"


Has = Callable[..., bool]


@pytest.fixture(params=[True, False], ids=["to the last", "labels"])
def has(request: pytest.FixtureRequest, tmp_path: Path) -> Has:
    """A function that says whether a job's result is recorded, by either way of reading."""

    def look(asked: Job, source: str = "c" * 64) -> bool:
        recorded = Recorded(tmp_path, Drawn(), with_answers=request.param)
        return recorded.has(asked, FIVE, configuration=dict(asked.choice.pairs), source=source)

    return look


@pytest.fixture
def record(make_record, tmp_path: Path) -> Record:
    record = make_record("a[x=1]", seed=3)
    write(record, tmp_path)
    return record


ASKED = job("a[x=1]", FIVE, seed=3)


def test_what_stands_is_recorded_and_nothing_else(has: Has, record: Record) -> None:
    assert has(ASKED)
    assert not has(ASKED, source="d" * 64)
    assert not has(replace(ASKED, seed=30))
    assert not has(job("a[x=2]", FIVE, seed=3))
    assert not has(replace(ASKED, conditions=Conditions(device="cuda")))


@pytest.mark.parametrize(
    "changed",
    [{"configuration": {"x": "2"}}, {"manifest": "of other episodes"}, {"schema": 99}],
)
def test_a_record_that_was_made_otherwise_is_none(
    has: Has, record: Record, tmp_path: Path, changed: dict[str, object]
) -> None:
    path = record_path(record.identity, tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    assert not has(ASKED)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": 1}'])
def test_a_damaged_record_is_none(has: Has, record: Record, tmp_path: Path, content: str) -> None:
    record_path(record.identity, tmp_path).write_text(content)
    assert not has(ASKED)


def test_a_record_cut_short_is_none(has: Has, record: Record, tmp_path: Path) -> None:
    path = record_path(record.identity, tmp_path)
    path.write_text(path.read_text()[:-3])
    assert not has(ASKED)


def test_a_failure_after_it_leaves_no_record(
    has: Has, record: Record, make_failure, tmp_path: Path
) -> None:
    write(make_failure("a[x=1]", seed=4), tmp_path)
    assert has(ASKED)
    write(make_failure("a[x=1]", seed=3), tmp_path)
    assert not has(ASKED)
    write(record, tmp_path)
    assert has(ASKED)


@pytest.mark.parametrize(("indent", "expected"), [(1, [False, True]), (4, [False, False])])
def test_answers_count_where_records_are_read_with_answers(
    record: Record, tmp_path: Path, indent: int, expected: list[bool]
) -> None:
    path = record_path(record.identity, tmp_path)
    body = json.loads(path.read_text()) | {"outcomes": {}}
    text = json.dumps(body, indent=indent)
    path.write_text(text.replace('"outcomes": {}', '"outcomes": {'))
    found = [
        Recorded(tmp_path, Drawn(), with_answers=whole).has(
            ASKED, FIVE, configuration={"x": "1"}, source="c" * 64
        )
        for whole in (True, False)
    ]
    assert found == expected


def test_a_record_laid_out_otherwise_counts(has: Has, record: Record, tmp_path: Path) -> None:
    path = record_path(record.identity, tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text())))
    assert has(ASKED)
