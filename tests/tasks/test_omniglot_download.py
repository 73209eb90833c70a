from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness import DataError
from harness.storage.dataset_cache import downloads_folder
from tasks import omniglot
from tasks.omniglot_download import MD5


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and notes what it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def upstream(tiny_omniglot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server of a tiny Omniglot; it is called with checksums to replace, and downloads."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tiny_omniglot.zipped()
    (folder / "one-shot-classification").mkdir()
    (folder / "all_runs.zip").rename(folder / "one-shot-classification" / "all_runs.zip")
    checksums = {path: md5((folder / path).read_bytes()).hexdigest() for path in MD5}
    Quiet.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()

        def download(**replaced: str) -> Any:
            sums = {path: replaced.get(Path(path).stem, checksums[path]) for path in checksums}
            url = f"http://127.0.0.1:{server.server_port}"
            return omniglot.download_omniglot(url, sums, tiny_omniglot.edition)

        yield download
        server.shutdown()
        thread.join()


def refusal(download: Any, **replaced: str) -> str:
    with pytest.raises(DataError) as refused:
        download(**replaced)
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith("or get the zips by other means and type: oneshot data import PATH")
    return message


def test_what_is_downloaded_is_what_load_returns(upstream: Any) -> None:
    downloaded = upstream()
    assert downloaded.runs is not None
    assert omniglot.load().fingerprint == downloaded.fingerprint
    assert not (downloads_folder() / "omniglot").exists()


def test_a_wrong_checksum(upstream: Any) -> None:
    message = refusal(upstream, images_evaluation="0" * 32)
    assert (
        "images_evaluation.zip: the file received has another checksum than md5 000000000"
        in message
    )
    assert not (downloads_folder() / "omniglot" / "images_evaluation.zip").exists()


def test_what_has_come_is_not_fetched_again(upstream: Any) -> None:
    refusal(upstream, images_evaluation="0" * 32)
    upstream()
    assert Quiet.asked.count("/images_background.zip") == 1
    assert Quiet.asked.count("/images_evaluation.zip") == 2


def test_half_a_file_is_fetched_again(upstream: Any) -> None:
    half = downloads_folder() / "omniglot" / "images_background.zip"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"PK half of it")
    assert upstream().runs is not None


def test_a_server_that_has_it_not(upstream: Any, tiny_omniglot: Any) -> None:
    (tiny_omniglot.folder.parent / "zips" / "images_background.zip").unlink()
    assert "images_background.zip: the server answered 404 File not found; try" in refusal(upstream)


def test_no_connection(tiny_omniglot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    url = "http://127.0.0.1:9"  # the discard port, where nothing listens
    message = refusal(partial(omniglot.download_omniglot, url))
    assert "the connection to 127.0.0.1:9 failed (ConnectionError)" in message


def test_a_cache_that_cannot_be_written(upstream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Path(__file__)
    monkeypatch.setenv("ONESHOT_CACHE", str(cache))
    with pytest.raises(DataError, match=r"cannot write images_background.zip into .*make room"):
        upstream()


def test_the_bar_counts_bytes(upstream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from io import StringIO

    from rich import console

    shown = StringIO()
    monkeypatch.setattr(
        console, "Console", partial(console.Console, file=shown, force_terminal=True, width=120)
    )
    upstream()
    for path in MD5:
        assert Path(path).name in shown.getvalue()
    assert re.search(r"([\d.]+)/\1 (bytes|kB)", shown.getvalue()), "one of them is seen full"
