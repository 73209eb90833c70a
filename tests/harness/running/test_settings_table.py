from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.records.store import write
from harness.running.events import Result
from harness.running.job import Job
from harness.running.plan import Plan
from harness.running.settings_table import settings_table
from tests.support.dataset_ids import OMNIGLOT
from tests.support.jobs import FIVE, TWENTY, job


def planned(asked: list[Job], left: list[Job]) -> Plan:
    return Plan(jobs=tuple(left), n_recorded=0, dataset=OMNIGLOT, requested=tuple(asked))


def figures(plan: Plan, measured: list[Result], results: Path) -> list[tuple[object, ...]]:
    table = settings_table(plan, measured, results)
    return [(str(each.choice), each.accuracies, each.seeds) for each in table.tried]


def test_the_best_on_the_first_task_stands_first(make_record, make_failure, tmp_path: Path) -> None:
    for method, right, seed in (
        ("a[x=1]", 10, 0),
        ("a[x=1]", 14, 1),
        ("a[x=2]", 16, 0),
        ("a[x=2]", 20, 1),
    ):
        write(make_record(method, "across-5w1s", right=right, seed=seed), tmp_path)
    write(make_record("a[x=1]", "across-20w1s", right=5), tmp_path)
    write(make_failure("a[x=3]", "across-5w1s"), tmp_path)
    asked = [
        replace(job(f"a[x={x}]", FIVE, TWENTY), seed=seed) for x in (1, 2, 3) for seed in (0, 1)
    ]
    plan = planned(asked, [])
    assert settings_table(plan, [], tmp_path).tasks == ("across-5w1s", "across-20w1s")
    assert figures(plan, [], tmp_path) == [
        ("a[x=2]", (90.0, None), 2),
        ("a[x=1]", (60.0, 25.0), 2),
        ("a[x=3]", (None, None), 0),
    ]


@pytest.mark.parametrize("stands_beside", [True, False])
def test_a_record_that_was_to_be_measured_anew_is_no_figure_of_today(
    make_record, make_failure, tmp_path: Path, stands_beside: bool
) -> None:
    of_earlier_code = make_record("a[x=1]", right=18, source="d" * 64)
    write(of_earlier_code, tmp_path)
    asked = [job("a[x=1]", FIVE), job("a[x=2]", FIVE)]
    plan = planned(asked, asked)
    measured: list[Result] = [make_record("a[x=2]", right=10)]
    if stands_beside:
        measured.append(make_failure("a[x=1]"))
    for result in measured:
        write(result, tmp_path)
    assert figures(plan, measured, tmp_path) == [
        ("a[x=2]", (50.0,), 1),
        ("a[x=1]", (None,), 0),
    ]
