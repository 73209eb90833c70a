"""A client of a scheduler that is there already, and runs on without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import EngineError
from harness.running.cluster.address import Place
from harness.running.cluster.quiet import quieten

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0


def join(place: Place) -> Client:
    """Return a client of a scheduler that is there already.

    Raises:
        EngineError: none answers.
    """
    from distributed import Client

    quieten()
    try:
        if place.file is not None:
            return Client(
                scheduler_file=str(place.file), timeout=CONNECT_SECONDS, set_as_default=False
            )
        return Client(place.address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as failure:
        raise EngineError(
            f"--engine {place.text}: no scheduler answers there; is it running? start one: "
            "dask scheduler"
        ) from failure
