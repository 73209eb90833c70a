"""A real cluster on this machine: a scheduler and workers, each a process that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from harness.records.record import Failure, Record
from harness.running.cluster.address import Address, parse_address
from harness.running.cluster.engine import DaskEngine
from harness.running.events import Event, Result, Started
from harness.running.plan import plan
from harness.running.request import Request
from harness.running.run import run
from tests.support.odd_methods import LEARNS, PLUGIN

PATIENCE = 60.0
OWN, THEIRS = Address(text="dask"), Address(text="dask://a:1", scheduler="tcp://a:1")
LISTENS, LOOPBACK = "0A", ("0100007F", "00000000000000000000000001000000")
"""As /proc/net/tcp spells a state, and 127.0.0.1 and ::1."""


def until(happened: Callable[[], object], what: str) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


@dataclass
class Cluster:
    """Processes of one scheduler and its workers."""

    folder: Path
    allowed_failures: int = 2
    scheduler: subprocess.Popen[bytes] = field(init=False)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    @property
    def engine(self) -> str:
        return f"dask:{self.file}"

    def start(self) -> None:
        """Start the scheduler, at a port of its own each time."""
        self.file.unlink(missing_ok=True)
        setting = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(self.allowed_failures)}
        self.scheduler = self._process("dask_scheduler", "--port", "0", changed=setting)
        until(self.file.exists, "the scheduler's file")

    def add_worker(self, *more: str, changed: Mapping[str, str] | None = None) -> None:
        """Start a worker and wait until it has joined."""
        self.start_worker(*more, changed=changed)
        self.wait_for_workers()

    def start_worker(self, *more: str, changed: Mapping[str, str] | None = None) -> None:
        """Start a worker, which joins later."""
        joined = self.folder / f"worker-{len(self.workers)}"
        self.workers.append(
            self._process(
                "dask_worker", "--nthreads", "1", "--no-nanny", "--memory-limit", "0",
                "--local-directory", str(joined), *more, changed=changed or {},
            )
        )  # fmt: skip

    def wait_for_workers(self) -> None:
        """Wait until every worker that was started has joined; each says so once."""
        log = self.folder / "dask_worker.log"
        joined = lambda: log.read_text().count("Registered to:")  # noqa: E731
        until(lambda: joined() >= len(self.workers), "the workers join")

    def worker_at(self, where: str) -> subprocess.Popen[bytes]:
        """Return the worker's process that listens there."""
        port = f"{int(where.rpartition(':')[2]):04X}"
        return next(worker for worker in self.workers if port in listening(worker.pid))

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _process(
        self, program: str, *options: str, changed: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        address = ["--scheduler-file", str(self.file), "--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *address, *options],
                stdout=log,
                stderr=log,
                env={**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False", **changed},
                start_new_session=True,
                cwd=self.folder,
            )


def listening(pid: int, *, abroad: bool = False) -> set[str]:
    """The hexadecimal TCP ports that a process listens at; ``abroad``: for other machines too."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(handle)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    tables = ("/proc/net/tcp", "/proc/net/tcp6")
    rows = [row.split() for table in tables for row in Path(table).read_text().splitlines()[1:]]
    ports = set()
    for row in rows:
        host, _, port = row[1].partition(":")
        mine = row[9] in inodes and row[3] == LISTENS
        if mine and not (abroad and host in LOOPBACK):
            ports.add(port)
    return ports


@pytest.fixture
def cluster(tmp_path: Path, tests_cache: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder)
    yield made
    made.close()


@pytest.fixture
def two_workers(cluster: Cluster) -> Cluster:
    """A scheduler with two workers, each a single process."""
    cluster.start_worker()
    cluster.start_worker()
    cluster.wait_for_workers()
    return cluster


@pytest.fixture
def ask(plugin_file: Callable[..., Path], tmp_path: Path) -> Callable[..., Request]:
    """A function that makes a request on a tiny dataset, with the methods of ``test_run``."""
    plugins = (plugin_file(PLUGIN), plugin_file(LEARNS, "learns.py"))

    def make(*methods: str, **changed: object) -> Request:
        asked = Request(
            data="tiny",
            methods=methods,
            tasks=("across-2w1s",),
            n_episodes=40,
            results=tmp_path / "results",
            plugins=plugins,
            elsewhere=True,
        )
        return replace(asked, **changed)  # type: ignore[arg-type]

    return make


@dataclass
class Told:
    """Every event of a run."""

    events: list[Event] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        return [event for event in self.events if isinstance(event, Record | Failure)]

    @property
    def started(self) -> list[Started]:
        return [event for event in self.events if isinstance(event, Started)]


def run_on(
    engine: str,
    request: Request,
    notify: Callable[[Event], None] = lambda event: None,
    timeout: float = 60,
) -> Told:
    """Run a request on a cluster."""
    address = parse_address(engine)
    assert address is not None
    told = Told()

    def keep(event: Event) -> None:
        told.events.append(event)
        notify(event)

    run(plan(request), DaskEngine(address, 2, timeout), request.results, keep)
    return told


def address_in(file: Path) -> str:
    """The address that a scheduler's file says."""
    return json.loads(file.read_text())["address"]
