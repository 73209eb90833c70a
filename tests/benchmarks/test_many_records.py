from __future__ import annotations

from pathlib import Path

from harness.records.record import Record
from harness.records.store import read_all
from tests.benchmarks.many_records import DRAWN, N_SEEDS, make


def test_each_task_has_answers_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, 3 * N_SEEDS)
    records = [each for each in read_all(tmp_path) if isinstance(each, Record)]
    assert len(records) == 3 * N_SEEDS
    assert len({each.outcomes.answer.tobytes() for each in records}) == 3 * DRAWN
    assert {each.manifest for each in records} == {
        f"manifest of {task}" for task in ("across-2w1s", "across-3w5s", "across-4w1s")
    }


def test_records_can_be_of_todays_code_and_episodes(tmp_path: Path) -> None:
    make(tmp_path, 1, {"method-0": "of today"}, {"across-2w1s": "dealt today"})
    (record,) = read_all(tmp_path)
    assert isinstance(record, Record)
    assert (record.source, record.manifest) == ("of today", "dealt today")
