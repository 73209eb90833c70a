from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.settings_table import settings_table
from harness.store import write
from tests.harness.test_estimate import FIVE, TWENTY, job


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
    table = settings_table(asked, tmp_path)
    assert table.tasks == ("across-5w1s", "across-20w1s")
    assert [(str(each.choice), each.accuracies, each.seeds) for each in table.tried] == [
        ("a[x=2]", (90.0, None), 2),
        ("a[x=1]", (60.0, 25.0), 2),
        ("a[x=3]", (None, None), 0),
    ]
