"""Refuses requests that come from other sites or are sent to other addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HOSTS = ("127.0.0.1", "localhost")
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _NOTHING,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""Added to every response, unless it sets the header itself."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An HTTP status, and the reason in one line."""

    status: int
    reason: str


class OriginCheck:
    """An application that is reached only by requests of its own pages.

    A foreign ``Host`` means DNS rebinding: another site's name that resolves to 127.0.0.1. A
    foreign ``Origin`` means a page of another site or another port.
    """

    def __init__(self, application: Application, port: int) -> None:
        self._application = application
        self._hosts = {f"{host}:{port}" for host in HOSTS}
        if port == 80:  # browsers omit the default port
            self._hosts |= set(HOSTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request to the application, or refuse it."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_headers(message["headers"])
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._application(scope, receive, send_guarded)
        else:
            await _send_text(send_guarded, refusal)

    def _refusal(self, scope: Scope) -> Refusal | None:
        # HTTP headers are bytes of any value, which latin-1 decodes without an error
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        host = headers.get("host", "")
        if host.lower() not in self._hosts:
            return Refusal(status=400, reason=f"this server answers to {min(self._hosts)} alone")
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return Refusal(status=403, reason="the request comes from a page of another site")
        if _is_cross_site(scope, headers):
            return Refusal(status=403, reason="the request comes from another site")
        return None


def _is_cross_site(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether the browser says that another site sends this; a link to the page is allowed."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    is_link = headers.get("sec-fetch-mode") == "navigate" and scope["method"] == "GET"
    return not (is_link and scope["path"] == "/")


def _with_headers(headers: Collection[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    sent = {key for key, _ in headers}
    added = [(key.encode(), value.encode()) for key, value in HEADERS.items()]
    return [*headers, *(pair for pair in added if pair[0] not in sent)]


async def _send_text(send: Send, refusal: Refusal) -> None:
    body = refusal.reason.encode() + b"\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
