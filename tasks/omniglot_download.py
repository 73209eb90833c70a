"""Fetching Omniglot's three zips from its own repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness import DataError

if TYPE_CHECKING:
    from requests import Response
    from rich.progress import Progress

UPSTREAM = "https://github.com/brendenlake/omniglot/raw/master/python"
MD5 = {
    "images_background.zip": "68d2efa1b9178cc56df9314c21c6e718",
    "images_evaluation.zip": "6b91aef0f799c5bb55b94e3f2daec811",
    "one-shot-classification/all_runs.zip": "e8996daecdf12afeeb4a53a179f06b19",
}
"""Upstream's checksums, by the path under ``UPSTREAM``."""
CHUNK = 64 * 1024
TIMEOUT = 30
"""Seconds without a byte before a connection counts as lost."""
OTHERWISE = "or get the zips in another way and type: oneshot data import PATH"


class _Bar:
    """What pooch tells its progress to, passed on to one task of a rich progress display."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=None)

    @property
    def total(self) -> float | None:
        return self._progress.tasks[self._task].total

    @total.setter
    def total(self, n_bytes: float) -> None:
        self._progress.update(self._task, total=n_bytes)

    def update(self, n_bytes: int) -> None:
        self._progress.advance(self._task, n_bytes)

    def reset(self) -> None:
        self._progress.reset(self._task)

    def close(self) -> None:
        self._progress.stop_task(self._task)


def fetch_omniglot(
    folder: Path, base_url: str = UPSTREAM, checksums: Mapping[str, str] = MD5
) -> None:
    """Fetch into ``folder`` the zips that are not there yet, with a progress bar on a terminal.

    A zip takes its place only when it is whole and its checksum right, so an interrupted download
    is taken up by calling again.

    Args:
        folder: where the zips go.
        base_url: where they come from.
        checksums: the md5 of each, by its path under ``base_url``.

    Raises:
        DataError: there is no connection, a zip is not what it should be, or cannot be written.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        for path, md5 in checksums.items():
            _fetch(f"{base_url}/{path}", folder, md5, progress)


def _fetch(url: str, folder: Path, md5: str, progress: Progress) -> None:
    import pooch
    import requests

    name = url.rpartition("/")[2]
    pooch.get_logger().setLevel("WARNING")  # the bar says it already
    downloader = pooch.HTTPDownloader(
        progressbar=_Bar(progress, name), chunk_size=CHUNK, timeout=TIMEOUT
    )
    try:
        pooch.retrieve(url, f"md5:{md5}", fname=name, path=folder, downloader=downloader)
    except requests.HTTPError as failure:
        raise DataError(f"{url}: {_answer(failure.response)}; try later, {OTHERWISE}") from failure
    except requests.RequestException as failure:
        raise DataError(
            f"{url}: the connection to {urlsplit(url).netloc} failed "
            f"({type(failure).__name__}); try again when it is there, {OTHERWISE}"
        ) from failure
    except ValueError as mismatch:
        raise DataError(
            f"{url}: what came has another checksum than md5 {md5}; try again, {OTHERWISE}"
        ) from mismatch
    except OSError as failure:
        raise DataError(
            f"cannot write {name} into {folder}: {failure.strerror or failure}; make room there, "
            "or set ONESHOT_CACHE to a folder that can be written"
        ) from failure


def _answer(response: Response | None) -> str:
    if response is None:
        return "the server answers nothing"
    response.close()  # its body was not read
    return f"the server answers {response.status_code} {response.reason}"
