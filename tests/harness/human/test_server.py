from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import sleep
from typing import Any

import pytest

from harness.errors import UsageError
from harness.human.server import LINGER, check_installed, listen

Serve = Callable[..., AbstractContextManager[Any]]


def test_it_listens_on_this_machine_only() -> None:
    with listen(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(UsageError) as refusal:
            listen(port)
        assert str(refusal.value) == (
            f"--port {port} cannot be used (Address already in use); give another, or 0 for a free "
            "one"
        )


def answered(served: Any) -> None:
    """Answer a round of one trial."""
    served.paint(0)
    served.post({"trial": 0, "answer": 0, "seconds": 0.1})


def test_it_stops_soon_after_the_summary_was_sent(serve: Serve) -> None:
    with serve(n_trials=1, linger=0.1) as served:
        answered(served)
        assert served.send("HEAD", "/").status == 200
        sleep(0.5)  # the summary was not sent yet
        assert "of 1 right" in served.get("/").text
        served.wait_for_the_end()


def test_the_summary_may_be_reloaded(serve: Serve) -> None:
    with serve(n_trials=1, linger=LINGER) as served:
        answered(served)
        for _ in range(2):
            assert "of 1 right" in served.get("/").text
            sleep(0.5)
        assert served.thread.is_alive()


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    for missing in ("starlette", "uvicorn"):
        with monkeypatch.context() as patch:
            patch.setattr(
                "harness.human.server.find_spec", lambda name, gone=missing: name != gone or None
            )
            with pytest.raises(UsageError, match=rf"{missing}.*'oneshot-harness\[human\]'"):
                check_installed()
