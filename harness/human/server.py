"""Serving a session to this machine alone, until a while after the page of the end was sent."""

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
"""Seconds for which the server outlives the page of the end, which may be reloaded once more."""
_REQUIRES = ("starlette", "uvicorn")


def check_installed() -> None:
    """Refuse to begin what cannot be served.

    Raises:
        UsageError: a distribution of the extra ``human`` is missing.
    """
    for name in _REQUIRES:
        if find_spec(name) is None:
            raise UsageError(
                f"oneshot human needs {name}, which is not installed; install it: pip install "
                "'oneshot-harness[human]'"
            )


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine's own address; 0 takes any free port.

    Raises:
        UsageError: the port cannot be had.
    """
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as failure:
        raise UsageError(
            f"--port {port} cannot be had ({_reason(failure)}); give another, or 0 for a free one"
        ) from failure


def _reason(failure: OSError) -> str:
    """Return what the system says; ``create_server`` wraps it in words of its own."""
    return str(failure) if failure.errno is None else os.strerror(failure.errno)


class PageServer:
    """Serves a session until its last page was sent and a while went by, or it is stopped.

    Args:
        session: what is played.
        listener: where, as ``listen`` returned it.
        linger: seconds from the last page to the server's end.
    """

    def __init__(
        self, session: Session, listener: socket.socket, *, linger: float = LINGER
    ) -> None:
        import uvicorn

        self._listener, self._linger = listener, linger
        config = uvicorn.Config(
            application(session, listener.getsockname()[1], self._delivered),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",  # a request that is no HTTP is no news; a fault of ours is
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve, and return at the end.

        Raises:
            KeyboardInterrupt: somebody stopped the program; every answer is stored.
        """
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """End it soon; any thread may ask for that."""
        self._server.should_exit = True

    def _delivered(self) -> None:
        asyncio.get_running_loop().call_later(self._linger, self.stop)
