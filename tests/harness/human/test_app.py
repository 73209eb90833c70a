"""Requests to a real server on a free port, and its responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from harness.human.app import MAX_BODY
from harness.human.person_record import person_record
from harness.records.store import write

Serve = Callable[..., AbstractContextManager[Any]]
ANSWER = {"trial": 0, "answer": 0, "seconds": 0.1}


@pytest.fixture
def served(serve: Serve) -> Iterator[Any]:
    """A round of four trials; a page shows the first."""
    with serve() as served:
        assert served.paint(0).status == 200
        yield served


def n_answers(served: Any) -> int:
    return len(served.session.round.answers)


@pytest.mark.parametrize("trial", [1, 3, 4, 400])
def test_a_trial_that_is_not_next_is_refused(served: Any, trial: int) -> None:
    response = served.post({**ANSWER, "trial": trial})
    assert response.status == 409
    assert response.text == (f"trial {trial} is not shown yet; trial 0 is next, counted from 0\n")
    assert n_answers(served) == 0


def test_a_repeated_answer_is_refused(served: Any) -> None:
    assert served.post(ANSWER).status == 200
    response = served.post({**ANSWER, "answer": 1})
    assert (response.status, response.text) == (
        409, "trial 0 was answered already; trial 1 is next, counted from 0\n",
    )  # fmt: skip
    assert [each.answer for each in served.session.round.answers] == [0]


def test_an_answer_to_a_trial_that_was_not_shown_is_refused(served: Any) -> None:
    served.post(ANSWER)
    assert served.get("/trial").status == 200  # sent is not painted
    assert served.post({**ANSWER, "trial": 1}).status == 409
    assert served.paint(1).status == 200
    assert served.post({**ANSWER, "trial": 1}).status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * MAX_BODY])
def test_a_body_that_is_not_json_is_refused(served: Any, body: bytes) -> None:
    assert served.post(body).status == 400
    assert n_answers(served) == 0


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {**ANSWER, "more": 1},
        {**ANSWER, "trial": -1},
        {**ANSWER, "trial": "0"},
        {**ANSWER, "answer": 5},
        {**ANSWER, "answer": True},
        {**ANSWER, "seconds": -1},
        {**ANSWER, "seconds": float("nan")},
        {**ANSWER, "seconds": float("inf")},
        {**ANSWER, "seconds": 3600},  # longer than the server has been up
    ],
)
def test_json_that_is_no_answer_is_refused(served: Any, body: object) -> None:
    response = served.post(body)
    assert response.status == 422
    assert response.text.count("\n") == 1
    assert n_answers(served) == 0


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json"])
def test_another_content_type_is_refused(served: Any, kind: str) -> None:
    for path in ("/answers", "/painted"):
        assert served.post(ANSWER, path, content_type=kind).status == 415
    assert n_answers(served) == 0


def test_a_charset_after_the_type_is_fine(served: Any) -> None:
    assert served.post(ANSWER, content_type="Application/JSON; charset=utf-8").status == 200


def test_a_long_body_is_refused(served: Any) -> None:
    assert served.post(b" " * (MAX_BODY + 1)).status == 413
    assert served.post(b" " * 10_000_000).status == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/answers", 405),
        ("PUT", "/answers", 405),
        ("DELETE", "/", 405),
        ("POST", "/trial", 405),
        ("GET", "/painted", 405),
        ("GET", "/practice/5", 404),
        ("GET", "/practice/-1", 404),
        ("GET", "/../page.js", 404),
        ("GET", "/truth", 404),
    ],
)
def test_other_paths_and_methods_are_refused(
    served: Any, method: str, path: str, status: int
) -> None:
    assert served.send(method, path).status == status


def test_a_full_disk_is_reported_and_the_trial_is_shown_again(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*what: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        response = served.post(ANSWER)
    assert response.status == 507
    assert response.text == (
        f"The answer cannot be stored: No space left on device. Make room in "
        f"{served.session.setup.results}, and reload this page to see the trial again.\n"
    )
    assert n_answers(served) == 0
    assert json.loads(served.get("/trial").text)["trial"] == 0
    assert served.post(ANSWER).status == 200


def test_the_last_answer_is_stored_if_the_record_cannot_be_written(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*what: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("harness.human.session.write", full)
        for trial in range(4):
            served.paint(trial)
            answered = served.post({**ANSWER, "trial": trial})
            assert (answered.status, answered.text) == (200, '{"stored":true}')
        ended = served.get("/")
    assert ended.status == 409
    assert "Your 4 answers are stored, but not yet recorded</h1>" in ended.text
    assert f"cannot write {served.session.record_path}: No space left on device" in ended.text
    assert "reload the page or give the same command again" in ended.text
    assert "right" not in ended.text.partition("<body>")[2]
    assert '<a href="">Reload</a>' in ended.text
    assert not served.session.record_path.exists()
    assert "of 4 right</h1>" in served.get("/").text
    assert served.session.record_path.exists()


def test_a_record_of_another_process_is_reported_without_a_useless_reload(
    serve: Serve,
) -> None:
    with serve(n_trials=1, linger=0) as served:
        served.paint(0)
        served.post(ANSWER)
        write(person_record(served.session.round), served.session.setup.results)
        ended = served.get("/")
        assert ended.status == 409
        assert "Your 1 answer is stored, but not recorded</h1>" in ended.text
        assert "during this round; it was not changed" in ended.text
        assert "Reload" not in ended.text
        served.wait_for_the_end()


@pytest.mark.parametrize("task", ["across-5w1s", "lake-400"])
def test_no_response_shows_the_truth_before_the_end(serve: Serve, task: str) -> None:
    """The responses do not depend on the answers: a trial has only its number and images."""
    responses = []
    for name, step in (("ada", 0), ("bob", 1)):  # one is always right, one is always wrong
        with serve(task, 5, name=name) as served:
            truth = [served.session.round.trials.truth(trial) for trial in range(5)]
            said = []
            for trial, way in enumerate(truth):
                assert "<h1>Test yourself</h1>" in served.get("/").text
                said.append(served.get("/trial").text)
                assert json.loads(served.paint(trial).text) == {"elapsed": 0}
                answer = {"trial": trial, "answer": (way + step) % 5, "seconds": 0.1}
                said.append(served.post(answer).text)
            responses.append(said)
    assert responses[0] == responses[1]
    for trial in responses[0][::2]:
        shown = json.loads(trial)
        assert sorted(shown) == ["n_shot", "n_trials", "n_way", "sprite", "trial"]
        assert sorted(shown["sprite"]) == ["columns", "height", "rows", "url", "width"]
    assert set(responses[0][1::2]) == {'{"stored":true}'}


def test_practice_shows_the_truth_and_is_never_stored(served: Any) -> None:
    practice = served.session.setup.practice
    for number in range(len(practice)):
        shown = json.loads(served.get(f"/practice/{number}").text)
        assert shown["truth"] == practice.truth(number)
    assert n_answers(served) == 0


def test_the_page_is_the_summary_after_the_last_answer(served: Any) -> None:
    for trial in range(4):
        served.paint(trial)
        assert served.post({**ANSWER, "trial": trial}).status == 200
    assert json.loads(served.get("/trial").text) == {"over": True}
    assert served.post({**ANSWER, "trial": 4}).status == 409
    assert "of 4 right</h1>" in served.get("/").text
    assert served.session.record_path.exists()


def test_showing_a_trial_again_does_not_restart_its_clock(served: Any) -> None:
    served.post(ANSWER)
    one, another = (json.loads(served.get("/trial").text) for _ in range(2))
    assert one == another
    first, again = (json.loads(served.paint(1).text)["elapsed"] for _ in range(2))
    assert first == 0 < again < 60


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        ({"trial": 2}, 409),
        ({"trial": 0}, 409),  # answered, and late
        ({"trial": "1"}, 422),
        ({"trial": 1, "answer": 0}, 422),
        ({}, 422),
        (b" " * (MAX_BODY + 1), 413),
    ],
)
def test_a_trial_that_no_page_can_show_is_refused(served: Any, body: Any, status: int) -> None:
    served.post(ANSWER)
    response = served.post(body, "/painted")
    assert (response.status, response.text.count("\n")) == (status, 1)
    assert served.post({**ANSWER, "trial": 1}).status == 409  # no page has shown it yet
