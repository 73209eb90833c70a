from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.commands.schedule import print_schedule
from harness.records.store import write
from harness.running.plan import Plan
from tests.support.dataset_ids import OMNIGLOT
from tests.support.jobs import FIVE, TWENTY, job


@pytest.fixture
def plan(make_record, tmp_path: Path) -> Plan:
    """Five seeds, of which the third has one task left, and a method that nothing tells of."""
    write(make_record("siamese", "across-5w1s", cost={"score_seconds": 1.5}), tmp_path)
    asked = [job("siamese", FIVE, TWENTY, seed=seed) for seed in (0, 1, 2, 3, 5)]
    left = [replace(each, tasks=(FIVE,)) if each.seed == 2 else each for each in asked]
    other = job("other", FIVE)
    return Plan(
        jobs=(*left, other),
        n_recorded=1,
        dataset=OMNIGLOT,
        requested=(*asked, other),
    )


def test_jobs_that_differ_in_their_seeds_alone_share_a_line(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_schedule(plan, tmp_path, 2, as_json=False)
    title, *lines, together = capsys.readouterr().out.splitlines()
    assert title == "omniglot: 1 results recorded, 10 to measure in 6 of 6 jobs"
    assert [line.split() for line in lines[3:-1]] == [
        ["siamese", "0-1", "0", "4", "8.00", "s", "+", "?"],
        ["siamese", "2", "1", "1", "4.00", "s"],
        ["siamese", "3,5", "0", "4", "8.00", "s", "+", "?"],
        ["other", "0", "0", "1", "?"],
    ]
    assert together == (
        "about 10.5 s with 2 at a time, by earlier records; 5 results without one are not counted"
    )


def test_as_json_each_job_stands_by_itself(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_schedule(plan, tmp_path, 2, as_json=True)
    entries = json.loads(capsys.readouterr().out)
    assert [entry["seed"] for entry in entries] == [0, 1, 2, 3, 5, 0]
    assert entries[2] == {
        "method": "siamese",
        "seed": 2,
        "recorded": ["across-20w1s"],
        "to_measure": ["across-5w1s"],
        "seconds": 4.0,
        "unknown": [],
    }
