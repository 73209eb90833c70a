from __future__ import annotations

import pytest

from harness.errors import EngineError
from tests.harness.running.cluster.conftest import run_on


def test_a_scheduler_that_is_not_there_is_told(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.running.cluster.connection.CONNECT_SECONDS", 0.5)
    with pytest.raises(EngineError, match="no scheduler answers there"):
        run_on("dask://127.0.0.1:9", ask("l2-1nn"))
