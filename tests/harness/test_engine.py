from __future__ import annotations

from dataclasses import replace

import pytest

from harness.engine import LocalEngine
from harness.errors import UsageError
from harness.resources import Resources
from tests.harness.test_estimate import FIVE, job


def test_a_card_that_this_machine_has_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = replace(job("l2-1nn", FIVE), resources=Resources(gpu=1))
    monkeypatch.setattr("harness.engine.graphics_card", lambda: "a card")
    LocalEngine().prepare([asks])
    monkeypatch.setattr("harness.engine.graphics_card", lambda: None)
    with pytest.raises(UsageError, match="gpu=1, and this machine has no NVIDIA card"):
        LocalEngine().prepare([asks])
