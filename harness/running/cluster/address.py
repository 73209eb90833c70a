"""Which cluster is meant: one of this machine's own, a scheduler by address, or by its file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError

LOCAL = "local"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where jobs are to run.

    Attributes:
        text: as written after ``--engine``.
        address: the scheduler's, as ``tcp://HOST:PORT``; None for a cluster of this machine's own.
        file: the scheduler's file, which says its address; None without one.
    """

    text: str
    address: str | None = None
    file: Path | None = None

    @property
    def own(self) -> bool:
        """Whether the cluster is started here, and ends with the run."""
        return self.address is None and self.file is None


def parse_place(text: str) -> Place | None:
    """Read ``local`` (None), ``dask``, ``dask://HOST:PORT`` or ``dask:FILE``.

    Raises:
        UsageError: it is none of them, or there is no such file.
    """
    if text == LOCAL:
        return None
    kind, _, rest = text.partition(":")
    if kind != "dask" or text == "dask:":
        raise UsageError(
            f"--engine {text}: write local, dask, dask://HOST:PORT, or dask:FILE for a scheduler's "
            "file"
        )
    if rest.startswith("//"):
        host, _, port = rest[2:].rpartition(":")
        if not host or not port.isdigit():
            raise UsageError(f"--engine {text}: write dask://HOST:PORT, such as dask://node7:8786")
        return Place(text=text, address=f"tcp://{rest[2:]}")
    return Place(text=text, file=_scheduler_file(text, rest)) if rest else Place(text=text)


def _scheduler_file(text: str, name: str) -> Path:
    try:
        json.loads(Path(name).read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise UsageError(
            f"--engine {text}: {name} is no scheduler's file ({type(failure).__name__}); name the "
            "one that dask scheduler --scheduler-file FILE writes"
        ) from failure
    return Path(name)
