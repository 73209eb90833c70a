"""The connection to a cluster's scheduler: made, guarded against its loss, and closed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from harness.errors import EngineError
from harness.running.cluster.address import Address
from harness.running.cluster.own_cluster import own_cluster

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10.0


class Connection:
    """A Dask client, and the address that it is connected to."""

    def __init__(self, client: Client, address: Address) -> None:
        self.client, self.address = client, address

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Raise what goes wrong between here and the scheduler as its loss."""
        try:
            yield
        except OSError as failure:
            raise self.lost() from failure

    def lost(self) -> EngineError:
        """Return the error that says that the scheduler is lost."""
        return EngineError(
            f"the scheduler of {self.address.text} was lost; finished records are kept: start it "
            "again, and run the same command to go on"
        )


@contextmanager
def connected(address: Address, n_workers: int = 1) -> Iterator[Connection]:
    """Connect to a cluster, and start one of ``n_workers`` first where the address says so.

    Raises:
        EngineError: no scheduler answers there.
    """
    from distributed import Client

    quieten()
    with ExitStack() as stack:
        if address.own:
            cluster = stack.enter_context(own_cluster(n_workers))
            client = stack.enter_context(Client(cluster, set_as_default=False))
        else:
            client = stack.enter_context(_join(address))
        # a scheduler forgets the jobs of a client that is gone
        yield Connection(client, address)


def _join(address: Address) -> Client:
    from distributed import Client

    where = {"address": address.scheduler, "scheduler_file": address.file and str(address.file)}
    try:
        return Client(**where, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as failure:
        raise EngineError(
            f"--engine {address.text}: no scheduler answers there; is it running? start one: "
            "dask scheduler"
        ) from failure


def quieten() -> None:
    """Keep Dask's own logs off the screen: an error or a failed row says what matters."""
    # some of them have levels of their own
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
