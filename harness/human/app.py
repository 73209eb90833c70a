"""The application: a page, the trial that is next, practice, and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.errors import OneShotError, RecordError
from harness.human.answer import InvalidAnswer, NotNextTrial, parse_answer, parse_painted
from harness.human.origin_check import Application, OriginCheck
from harness.human.pages import Page, summary_page, trials_page, unrecorded_page
from harness.human.round import Trials
from harness.human.session import Session
from harness.report.pictures.sprite import sprite

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MAX_BODY = 512
"""Bytes of an answer; it needs a tenth."""


def application(session: Session, port: int, delivered: Callable[[], None]) -> Application:
    """Return the application.

    Args:
        session: what is played.
        port: where it listens: its own address is the only one that it answers to.
        delivered: called each time that a page was sent which needs the server no more.
    """
    from starlette.applications import Starlette
    from starlette.routing import Route

    handlers = _Handlers(session, delivered)
    routes = [
        Route("/", handlers.page),
        Route("/trial", handlers.trial),
        Route("/practice/{number:int}", handlers.practice),
        Route("/painted", handlers.painted, methods=["POST"]),
        Route("/answers", handlers.answer, methods=["POST"]),
    ]
    return OriginCheck(Starlette(routes=routes), port)


class _Handlers:
    """Answers requests. No ``await`` stands between a check and what it allows."""

    def __init__(self, session: Session, delivered: Callable[[], None]) -> None:
        self._session, self._delivered = session, delivered

    async def page(self, request: Request) -> Response:
        """Send the page: the one that asks, or the one of the end."""
        from starlette.background import BackgroundTask

        if not self._session.round.is_over:
            return _html(trials_page(self._session))
        is_last = True
        try:
            response = _html(summary_page(self._session))
        except OneShotError as refusal:
            is_last = not isinstance(refusal, RecordError)  # which somebody may mend meanwhile
            page = unrecorded_page(self._session, str(refusal), is_last=is_last)
            response = _html(page, status=409)
        if is_last and request.method == "GET":  # to HEAD the page itself is not sent
            response.background = BackgroundTask(self._told)
        return response

    async def trial(self, request: Request) -> Response:
        """Hand the next trial out."""
        asked = self._session.next_trial
        if asked is None:
            return _json({"over": True})
        return _json(_shown(self._session.round.trials, asked))

    async def practice(self, request: Request) -> Response:
        """Send a trial to practise on, together with its answer."""
        trials, number = self._session.setup.practice, request.path_params["number"]
        if trials is None or number >= len(trials):
            return _text(404, "there is no such trial to practise on")
        return _json({**_shown(trials, number), "truth": trials.truth(number)})

    async def painted(self, request: Request) -> Response:
        """Take note that a page shows a trial, and say for how long one has."""

        def note(body: bytes) -> dict[str, Any]:
            return {"elapsed": self._session.painted(parse_painted(body))}

        return await _taken(request, note)

    async def answer(self, request: Request) -> Response:
        """Store an answer, and say nothing of it; what becomes of the record, the end tells."""

        def store(body: bytes) -> dict[str, Any]:
            self._session.store(parse_answer(body))
            return {"stored": True}

        try:
            return await _taken(request, store)
        except OSError as failure:
            return _text(
                507,
                f"The answer cannot be stored: {failure.strerror or failure}. Make room in "
                f"{self._session.setup.results}, and reload this page: the trial is asked again.",
            )

    async def _told(self) -> None:
        self._delivered()


def _shown(trials: Trials, number: int) -> dict[str, Any]:
    """Return all that a page may know of a trial before it is answered."""
    return {
        "trial": number,
        "n_trials": len(trials),
        "n_way": trials.n_way,
        "n_shot": trials.n_shot,
        "sprite": asdict(sprite(trials.drawings(number))),
    }


async def _taken(request: Request, take: Callable[[bytes], dict[str, Any]]) -> Response:
    """Give what a page posts to ``take``, and return what it says of it, or why it refuses."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return _text(415, "what is posted is application/json")
    body = await _short_body(request)
    if body is None:
        return _text(413, f"what is posted is no longer than {MAX_BODY} bytes")
    try:
        return _json(take(body))
    except NotNextTrial as refusal:
        return _text(409, str(refusal))
    except InvalidAnswer as refusal:
        return _text(422, str(refusal))
    except ValueError:
        return _text(400, "what is posted is JSON, and this is not")


async def _short_body(request: Request) -> bytes | None:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            return None
    return body


def _html(page: Page, status: int = 200) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(page.html, status, {"content-security-policy": page.policy})


def _json(body: dict[str, Any]) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(body)


def _text(status: int, line: str) -> Response:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(f"{line}\n", status)
