from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic, sleep
from typing import Any

import pytest

from harness.errors import UsageError
from harness.human.serving import check_installed, listen


def test_it_listens_on_this_machine_alone() -> None:
    with listen(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(UsageError, match=f"--port {port} cannot be had.*0 for a free one"):
            listen(port)


def test_it_ends_a_while_after_the_end_was_seen(
    serve: Callable[..., AbstractContextManager[Any]],
) -> None:
    with serve(n_trials=1, linger=0.1) as served:
        served.get("/trial")
        served.post({"trial": 0, "answer": 0, "seconds": 0.1})
        sleep(0.5)  # nobody has seen the end yet
        assert "of 1 right" in served.get("/").text
        until = monotonic() + 20
        while monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", served.port), timeout=1).close()
            except OSError:
                break
            sleep(0.05)
        else:
            pytest.fail("it goes on")


def test_what_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    for missing in ("starlette", "uvicorn"):
        with monkeypatch.context() as patch:
            patch.setattr(
                "harness.human.serving.find_spec", lambda name, gone=missing: name != gone or None
            )
            with pytest.raises(UsageError, match=rf"{missing}.*'oneshot-harness\[human\]'"):
                check_installed()
