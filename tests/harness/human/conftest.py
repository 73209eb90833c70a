"""A tiny dataset with official runs, requests of rounds on it, and rounds that are served."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from harness.human.answer import Answer
from harness.human.opening import open_session
from harness.human.round import RoundRequest
from harness.human.server import PageServer, listen
from harness.human.session import Session
from harness.protocol.dataset import Dataset, Runs

N_RUNS, N_WAY = 6, 5


@pytest.fixture
def lake(tiny: Dataset) -> Dataset:
    """The tiny dataset with 6 official runs of 5 trials: one group and two sources each."""
    rows = tiny.evaluation.rows_of_class.reshape(N_RUNS, N_WAY, -1)
    order = np.array([np.roll(np.arange(N_WAY), run + 1) for run in range(N_RUNS)])
    queries = np.take_along_axis(rows[:, :, 1], order, axis=1)
    runs = Runs(
        support=rows[:, :, 0].astype(np.int32),
        query=queries.astype(np.int32),
        truth=order.astype(np.int32),
    )
    return replace(tiny, runs=runs)


@pytest.fixture
def invite(
    lake: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., RoundRequest]:
    """A function that makes the request of a round on the tiny dataset with runs."""
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: lake)

    def make(
        task: str | None = "across-5w1s", n_trials: int | None = 4, name: str = "ada"
    ) -> RoundRequest:
        return RoundRequest(
            data="tiny", task=task, n_trials=n_trials, name=name, results=tmp_path / "results"
        )

    return make


def play(session: Session, ways: Callable[[int], int] | None = None) -> None:
    """Answer the remaining trials with ``ways``, by default right, and end the round."""
    right = session.round.trials.truth
    while (trial := session.next_trial) is not None:
        session.painted(trial)
        session.store(Answer(trial=trial, answer=(ways or right)(trial), seconds=0.5))
    session.end()


@pytest.fixture
def played(invite: Callable[..., RoundRequest]) -> Callable[..., Session]:
    """A function that opens a round and answers it to the end."""

    def run(*options: Any, ways: Callable[[int], int] | None = None, **more: Any) -> Session:
        with open_session(invite(*options, **more)) as session:
            play(session, ways)
        return session

    return run


@dataclass(frozen=True, kw_only=True)
class Served:
    """A round on a real server of this machine, and a client for any request."""

    session: Session
    port: int
    server: PageServer
    thread: Thread

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> HTTPResponse:
        """Send a request; ``sec_fetch_site`` becomes ``sec-fetch-site``. ``text`` is the body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        spelled = {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, body, spelled)
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    def wait_for_the_end(self) -> None:
        """Wait until the server stops by itself."""
        self.thread.join(20)
        assert not self.thread.is_alive()

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self.send("GET", path, None, **headers)

    def post(self, body: Any, path: str = "/answers", **headers: str) -> HTTPResponse:
        """Post an answer: a value as JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        typed: Any = {"content_type": "application/json"} | headers
        return self.send("POST", path, data, **typed)

    def paint(self, trial: int) -> HTTPResponse:
        """Post that a page shows a trial."""
        return self.post({"trial": trial}, "/painted")


Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture
def serve(invite: Callable[..., RoundRequest]) -> Serve:
    """A function that serves a round until its block ends."""

    @contextmanager
    def run(*options: Any, linger: float = 60, port: int = 0, **more: Any) -> Iterator[Served]:
        with open_session(invite(*options, **more)) as session, listen(port) as listener:
            server = PageServer(session, listener, linger=linger)
            thread = Thread(target=server.run)
            thread.start()
            try:
                port = listener.getsockname()[1]
                yield Served(session=session, port=port, server=server, thread=thread)
            finally:
                server.stop()
                thread.join(20)
            assert not thread.is_alive()

    return run
