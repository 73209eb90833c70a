"""The download of Omniglot's three zips from its own repository."""

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
"""Seconds without a byte after which a connection counts as lost."""
OTHERWISE = "or get the zips by other means and type: oneshot data import PATH"


class _Bar:
    """A progress bar of pooch's interface, shown as one task of a rich progress display."""

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
    """Download into ``folder`` the zips that it lacks, with a progress bar on a terminal.

    A zip is moved into ``folder`` once it is complete and its checksum is right, so calling again
    resumes an interrupted download with the zips that are missing.

    Args:
        folder: the folder of the zips.
        base_url: the address that they are under.
        checksums: the md5 of each, by its path under ``base_url``.

    Raises:
        DataError: the connection fails, a checksum differs, or a zip cannot be written.
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
    pooch.get_logger().setLevel("WARNING")  # the bar says the same
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
            f"({type(failure).__name__}); try again later, {OTHERWISE}"
        ) from failure
    except ValueError as mismatch:
        raise DataError(
            f"{url}: the file received has another checksum than md5 {md5}; try again, {OTHERWISE}"
        ) from mismatch
    except OSError as failure:
        raise DataError(
            f"cannot write {name} into {folder}: {failure.strerror or failure}; make room there, "
            "or set ONESHOT_CACHE to a folder that can be written"
        ) from failure


def _answer(response: Response | None) -> str:
    if response is None:
        return "the server sent no answer"
    response.close()  # its body was not read
    return f"the server answered {response.status_code} {response.reason}"
