from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.running.cluster import same_code
from harness.running.cluster.same_code import difference, requirements
from harness.running.plan import plan


@pytest.mark.parametrize("name", ["job_main.py", "sent_job.py", "job_process.py", "training.py"])
def test_a_worker_whose_harness_is_of_other_code_is_refused(
    ask, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    required = requirements(plan(ask("l2-1nn")).jobs)
    assert difference(required) is None
    real = Path.read_bytes
    changed = lambda path: real(path) + (b"NEW = 1\n" if path.name == name else b"")  # noqa: E731
    monkeypatch.setattr(Path, "read_bytes", changed)
    same_code.harness_code.cache_clear()
    try:
        there = replace(required, plugins=())  # another key of its cache
        assert "has other code than here; bring every worker" in str(difference(there))
    finally:
        same_code.harness_code.cache_clear()
