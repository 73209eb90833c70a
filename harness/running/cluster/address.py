"""The address of a cluster, as written after ``--engine``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError

LOCAL = "local"


@dataclass(frozen=True, kw_only=True)
class Address:
    """Which cluster runs the jobs: one that is started here, or one that exists already.

    Attributes:
        text: as written after ``--engine``.
        scheduler: the scheduler's address, as ``tcp://HOST:PORT``; None if ``file`` holds it, or
            if the cluster is started here.
        file: the scheduler file, which holds its address; None without one.
    """

    text: str
    scheduler: str | None = None
    file: Path | None = None

    @property
    def own(self) -> bool:
        """Whether the cluster is started on this machine, and ends with the run."""
        return self.scheduler is None and self.file is None


def parse_address(text: str) -> Address | None:
    """Read ``local`` (None), ``dask``, ``dask://HOST:PORT`` or ``dask:FILE``.

    Raises:
        UsageError: the text has none of these forms, or the file does not exist.
    """
    if text == LOCAL:
        return None
    kind, _, rest = text.partition(":")
    if kind != "dask" or text == "dask:":
        raise UsageError(
            f"--engine {text}: write local, dask, dask://HOST:PORT, or dask:FILE for a scheduler "
            "file"
        )
    if rest.startswith("//"):
        host, _, port = rest[2:].rpartition(":")
        if not host or not port.isdigit():
            raise UsageError(f"--engine {text}: write dask://HOST:PORT, such as dask://node7:8786")
        return Address(text=text, scheduler=f"tcp://{rest[2:]}")
    return Address(text=text, file=_scheduler_file(text, rest)) if rest else Address(text=text)


def _scheduler_file(text: str, name: str) -> Path:
    try:
        json.loads(Path(name).read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise UsageError(
            f"--engine {text}: {name} is no scheduler file ({type(failure).__name__}); name the "
            "one that dask scheduler --scheduler-file FILE writes"
        ) from failure
    return Path(name)
