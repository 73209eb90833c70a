"""The server of a session: for this machine only, until shortly after the summary was sent."""

from __future__ import annotations

import asyncio
import os
import socket
from importlib.util import find_spec

from harness.errors import UsageError
from harness.human.app import application
from harness.human.session import Session

ADDRESS = "127.0.0.1"
LINGER = 5.0
"""Seconds from sending the summary to the stop, so that it may be reloaded once more."""
_REQUIRES = ("starlette", "uvicorn")


def check_installed() -> None:
    """Check that the server's libraries are installed.

    Raises:
        UsageError: a package of the extra ``human`` is missing.
    """
    for name in _REQUIRES:
        if find_spec(name) is None:
            raise UsageError(
                f"oneshot human needs {name}, which is not installed; install it: pip install "
                "'oneshot-harness[human]'"
            )


def listen(port: int) -> socket.socket:
    """Return a socket that listens on 127.0.0.1; port 0 takes any free port.

    Raises:
        UsageError: the port is in use or not allowed.
    """
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as failure:
        raise UsageError(
            f"--port {port} cannot be used ({_reason(failure)}); give another, or 0 for a free one"
        ) from failure


def _reason(failure: OSError) -> str:
    """Return the system's message, without the words that ``create_server`` adds."""
    return str(failure) if failure.errno is None else os.strerror(failure.errno)


class PageServer:
    """Serves a session until ``linger`` seconds after the last page was sent, or until stopped.

    Args:
        session: the session.
        listener: the socket that ``listen`` returned.
        linger: seconds from the last page to the stop.
    """

    def __init__(
        self, session: Session, listener: socket.socket, *, linger: float = LINGER
    ) -> None:
        import uvicorn

        self._listener, self._linger = listener, linger
        config = uvicorn.Config(
            application(session, listener.getsockname()[1], self._stop_later),
            # fixed: an installed uvloop or httptools would be used otherwise
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",  # warnings are about malformed requests, errors about our faults
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,  # a connection left open must not hold up the end
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until the end.

        Raises:
            KeyboardInterrupt: the program was interrupted; every answer is stored.
        """
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Stop the server soon; any thread may call this."""
        self._server.should_exit = True

    def _stop_later(self) -> None:
        asyncio.get_running_loop().call_later(self._linger, self.stop)
