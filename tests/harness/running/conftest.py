"""A request on a tiny dataset, with a method that misbehaves as it is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.running.request import Request
from tests.support.odd_methods import PLUGIN


@pytest.fixture
def ask(plugin_file: Callable[[str], Path], tmp_path: Path) -> Callable[..., Request]:
    """A function that makes a request on the tiny dataset, with the odd method there."""
    plugin = plugin_file(PLUGIN)

    def make(*methods: str, **changed: object) -> Request:
        asked: dict[str, object] = {
            "data": "tiny",
            "methods": methods,
            "tasks": ("across-2w1s",),
            "n_episodes": 40,
            "results": tmp_path / "results",
            "plugins": (plugin,),
        }
        return Request(**(asked | changed))  # type: ignore[arg-type]

    return make
