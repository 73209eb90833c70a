"""Which origins are accepted: raw requests to a real server on a free port."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

ANSWER = {"trial": 0, "answer": 0, "seconds": 0.1}


@pytest.fixture
def served(serve: Callable[..., AbstractContextManager[Any]]) -> Iterator[Any]:
    """A round of four trials; a page shows the first."""
    with serve() as served:
        assert served.paint(0).status == 200
        yield served
        assert served.get("/trial").status == 200  # the server still answers


def n_answers(served: Any) -> int:
    return len(served.session.round.answers)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "localhost:1",
        "127.0.0.1:{port}0",
        "127.0.0.1.evil.example:{port}",
        "user@127.0.0.1:{port}",
        "[::1]:{port}",
        "0.0.0.0:{port}",
        "",
    ],
)
def test_a_foreign_host_is_refused(served: Any, host: str) -> None:
    spelled = host.format(port=served.port)
    for response in (served.get("/", host=spelled), served.post(ANSWER, host=spelled)):
        assert response.status == 400
        assert response.text.count("\n") == 1
    assert n_answers(served) == 0


def test_a_request_without_a_host_is_refused(served: Any) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_both_names_of_this_machine_are_accepted(served: Any, host: str) -> None:
    assert served.get("/", host=f"{host}:{served.port}").status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "null",
        "",
    ],
)
def test_a_foreign_origin_is_refused(served: Any, origin: str) -> None:
    spelled = origin.format(port=served.port)
    for response in (
        served.get("/trial", origin=spelled),
        served.post(ANSWER, origin=spelled),
        served.post({"trial": 0}, "/painted", origin=spelled),
    ):
        assert response.status == 403
    assert n_answers(served) == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_another_site_is_refused(served: Any, site: str) -> None:
    assert served.post(ANSWER, sec_fetch_site=site).status == 403
    assert served.post({"trial": 0}, "/painted", sec_fetch_site=site).status == 403
    for path in ("/", "/trial", "/practice/0"):
        assert served.get(path, sec_fetch_site=site).status == 403
    assert n_answers(served) == 0
    # a link to the page may be followed, for example from a terminal in a browser
    link = {"sec_fetch_site": site, "sec_fetch_mode": "navigate"}
    assert served.get("/", **link).status == 200
    assert served.get("/trial", **link).status == 403


def test_the_page_itself_may_answer(served: Any) -> None:
    own = {"origin": f"http://127.0.0.1:{served.port}", "sec_fetch_site": "same-origin"}
    assert served.post(ANSWER, **own).status == 200
    assert n_answers(served) == 1


@pytest.mark.parametrize("path", ["/", "/trial", "/practice/0", "/nowhere", "/answers"])
def test_every_response_carries_the_headers(served: Any, path: str) -> None:
    for response in (served.get(path), served.get(path, host="evil.example")):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert policy.endswith("frame-ancestors 'none'")
        assert response.headers["server"] is None
