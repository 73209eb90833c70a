"""The web application: the page, the next trial, practice trials, and answers."""

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
"""Bytes of a posted body; an answer has about 50."""


def application(session: Session, port: int, on_last_page: Callable[[], None]) -> Application:
    """Return the web application.

    Args:
        session: the round in progress.
        port: the port it listens on; requests to any other address are refused.
        on_last_page: called each time a page was sent that needs the server no longer.
    """
    # starlette is an extra: without it this module can still be imported
    from starlette.applications import Starlette
    from starlette.routing import Route

    handlers = _Handlers(session, on_last_page)
    routes = [
        Route("/", handlers.page),
        Route("/trial", handlers.trial),
        Route("/practice/{number:int}", handlers.practice),
        Route("/painted", handlers.painted, methods=["POST"]),
        Route("/answers", handlers.answer, methods=["POST"]),
    ]
    return OriginCheck(Starlette(routes=routes), port)


class _Handlers:
    """The request handlers. They never ``await`` between a check and the change it allows."""

    def __init__(self, session: Session, on_last_page: Callable[[], None]) -> None:
        self._session, self._on_last_page = session, on_last_page

    async def page(self, request: Request) -> Response:
        """Send the page: the one with the trials, or after the last answer the summary."""
        from starlette.background import BackgroundTask

        if not self._session.round.is_over:
            return _html(trials_page(self._session))
        is_last = True
        try:
            response = _html(summary_page(self._session))
        except OneShotError as refusal:
            # a RecordError can be mended, and the page reloaded
            is_last = not isinstance(refusal, RecordError)
            page = unrecorded_page(self._session, str(refusal), is_last=is_last)
            response = _html(page, status=409)
        if is_last and request.method == "GET":  # HEAD does not send the page
            response.background = BackgroundTask(self._report_last_page)
        return response

    async def trial(self, request: Request) -> Response:
        """Send the next trial."""
        number = self._session.next_trial
        if number is None:
            return _json({"over": True})
        return _json(_shown(self._session.round.trials, number))

    async def practice(self, request: Request) -> Response:
        """Send a practice trial together with its truth."""
        trials, number = self._session.setup.practice, request.path_params["number"]
        if trials is None or number >= len(trials):
            return _text(404, "there is no such practice trial")
        return _json({**_shown(trials, number), "truth": trials.truth(number)})

    async def painted(self, request: Request) -> Response:
        """Note that a page shows a trial, and send for how long it has been shown."""

        def note(body: bytes) -> dict[str, Any]:
            return {"elapsed": self._session.painted(parse_painted(body))}

        return await _taken(request, note)

    async def answer(self, request: Request) -> Response:
        """Store an answer. The response does not say whether it is right."""

        def store(body: bytes) -> dict[str, Any]:
            self._session.store(parse_answer(body))
            return {"stored": True}

        try:
            return await _taken(request, store)
        except OSError as failure:
            return _text(
                507,
                f"The answer cannot be stored: {failure.strerror or failure}. Make room in "
                f"{self._session.setup.results}, and reload this page to see the trial again.",
            )

    # async, because starlette runs plain functions in a thread, where no loop runs
    async def _report_last_page(self) -> None:
        self._on_last_page()


def _shown(trials: Trials, number: int) -> dict[str, Any]:
    """Return everything that a page may know of a trial before the answer."""
    return {
        "trial": number,
        "n_trials": len(trials),
        "n_way": trials.n_way,
        "n_shot": trials.n_shot,
        "sprite": asdict(sprite(trials.images(number))),
    }


async def _taken(request: Request, take: Callable[[bytes], dict[str, Any]]) -> Response:
    """Pass the posted body to ``take``; respond with its result or the reason of its refusal."""
    # a page of another site can post forms and text unasked, but no JSON
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return _text(415, "the content type must be application/json")
    body = await _short_body(request)
    if body is None:
        return _text(413, f"the body must have at most {MAX_BODY} bytes")
    try:
        return _json(take(body))
    except NotNextTrial as refusal:
        return _text(409, str(refusal))
    except InvalidAnswer as refusal:
        return _text(422, str(refusal))
    except ValueError:
        return _text(400, "the body must be JSON")


async def _short_body(request: Request) -> bytes | None:
    body = b""  # counted as it arrives: a content-length may be missing or wrong
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
