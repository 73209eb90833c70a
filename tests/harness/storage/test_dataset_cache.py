from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from harness import DataError, Dataset, Runs
from harness.storage.atomic import cache_folder
from harness.storage.dataset_cache import cached, clear, store, stored

MAKE = """
import sys, time
from pathlib import Path
from harness import Dataset, Images, Split
from harness.storage.dataset_cache import cached
import numpy as np

def build():
    place = Path(sys.argv[1])
    (place / sys.argv[2]).touch()
    while len(list(place.glob("started-*"))) < int(sys.argv[3]):
        time.sleep(0.01)
    n = np.arange(4, dtype=np.int32)
    images = Images.from_ink(np.arange(4 * 35).reshape(4, 5, 7) % 3 == 0)
    split = Split(images=images, label=n // 2, source=n % 2, group=n[:2] * 0,
                  groups=("A",), classes=("A/1", "A/2"))
    return Dataset(name="made", synthetic=True, background=split, evaluation=split)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def never() -> NoReturn:
    raise AssertionError("it was stored, and is built again")


def with_runs(dataset: Dataset) -> Dataset:
    rows = np.arange(6, dtype=np.int32).reshape(2, 3)
    return Dataset(
        name="with runs",
        synthetic=False,
        background=dataset.background,
        evaluation=dataset.evaluation,
        runs=Runs(support=rows, query=rows + 6, truth=rows % 3),
    )


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAKE + script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_comes_back_is_what_went_in(tiny: Dataset) -> None:
    expected = with_runs(tiny)
    cached("key", lambda: expected)
    found = cached("key", never)
    assert (found.name, found.synthetic) == ("with runs", False)
    assert found.fingerprint == expected.fingerprint
    for name in ("background", "evaluation"):
        ours, theirs = found.split(name), expected.split(name)
        assert (ours.images.ink() == theirs.images.ink()).all()
        for labels in ("label", "source", "group"):
            assert (getattr(ours, labels) == getattr(theirs, labels)).all()
            assert getattr(ours, labels).dtype == np.int32
        assert (ours.groups, ours.classes) == (theirs.groups, theirs.classes)
    assert found.runs is not None and expected.runs is not None
    assert (found.runs.query == expected.runs.query).all()


def test_it_is_mapped_and_not_copied(tiny: Dataset) -> None:
    packed = cached("key", lambda: tiny).background.images.packed
    assert not packed.flags.owndata and not packed.flags.writeable
    assert type(packed) is np.ndarray


def test_keys_are_kept_apart(make_dataset: Callable[..., Dataset], tiny: Dataset) -> None:
    cached("one", lambda: tiny)
    assert len(cached("two", lambda: make_dataset(groups=3)).background.groups) == 3
    assert len(cached("one", never).background.groups) == 6


def test_storing_replaces(make_dataset: Callable[..., Dataset], tiny: Dataset) -> None:
    store("key", tiny)
    store("key", make_dataset(groups=3))
    assert len(cached("key", never).background.groups) == 3
    assert [each.key for each in stored()] == ["key"]


@pytest.mark.parametrize("key", ["", "../x", "a/b", ".hidden", "a b"])
def test_a_key_is_a_plain_name(key: str) -> None:
    with pytest.raises(ValueError, match="cache key"):
        cached(key, never)


FILES = ["index.json", "background-images.npy", "evaluation-drawer.npy", "runs-truth.npy"]


def assert_made_again(dataset: Dataset, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "oneshot"):
        assert cached("key", lambda: dataset).fingerprint == dataset.fingerprint
    (warning,) = caplog.messages
    assert warning.startswith(f"{folder} is damaged (")
    assert warning.endswith("; making it again")
    assert "\n" not in warning
    assert cached("key", never).fingerprint == dataset.fingerprint


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_noticed(
    tiny: Dataset, cache: Path, caplog: pytest.LogCaptureFixture, file: str
) -> None:
    store("key", with_runs(tiny))
    folder = cache / "datasets" / "key"
    (folder / file).unlink()
    assert_made_again(with_runs(tiny), folder, caplog)


@pytest.mark.parametrize("place", [0.0, 0.1, 0.5, 0.999])
@pytest.mark.parametrize("file", FILES)
def test_a_flipped_byte_is_noticed(
    tiny: Dataset, cache: Path, caplog: pytest.LogCaptureFixture, file: str, place: float
) -> None:
    store("key", with_runs(tiny))
    path = cache / "datasets" / "key" / file
    data = bytearray(path.read_bytes())
    data[int(place * len(data))] ^= 0x55
    path.write_bytes(data)
    assert_made_again(with_runs(tiny), path.parent, caplog)


@pytest.mark.parametrize("n_bytes", [0, 5, 130, -1])
def test_a_cut_file_is_noticed(
    tiny: Dataset, cache: Path, caplog: pytest.LogCaptureFixture, n_bytes: int
) -> None:
    store("key", tiny)
    path = cache / "datasets" / "key" / "evaluation-images.npy"
    path.write_bytes(path.read_bytes()[:n_bytes])
    assert_made_again(tiny, path.parent, caplog)


def test_two_processes_at_once_both_succeed(tmp_path: Path, cache: Path) -> None:
    # each builds until both have started, so neither finds the other's
    both = [
        start("print(cached('key', build).fingerprint)", tmp_path, f"started-{n}", 2)
        for n in range(2)
    ]
    (one, other) = (process.communicate(timeout=60) for process in both)
    assert one == other, "the same fingerprint, and nothing on stderr"
    assert [process.returncode for process in both] == [0, 0]
    assert cached("key", never).fingerprint == one[0].strip()
    assert [path.name for path in (cache / "datasets").iterdir()] == ["key"]


def test_a_process_killed_in_the_middle_does_no_harm(
    tmp_path: Path, cache: Path, tiny: Dataset
) -> None:
    # it stops at its third file, until it is killed
    script = """
import os
calls = []
def stop(descriptor):
    calls.append(descriptor)
    if len(calls) == 3:
        print("writing", flush=True)
        time.sleep(60)
os.fsync = stop
cached("key", build)
"""
    process = start(script, tmp_path, "started-1", 1)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert [path.name[:12] for path in (cache / "datasets").iterdir()] == [".unfinished-"]
    assert cached("key", lambda: tiny).fingerprint == tiny.fingerprint
    assert cached("key", never).fingerprint == tiny.fingerprint
    assert clear() > 0
    assert list((cache / "datasets").iterdir()) == []


def test_a_full_disk_is_one_line(
    tiny: Dataset, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(DataError) as refused:
        cached("key", lambda: tiny)
    assert str(refused.value) == (
        f"cannot store tiny in {cache / 'datasets'}: No space left on device; make room there, "
        "or set ONESHOT_CACHE to a folder that can be written"
    )
    assert list((cache / "datasets").iterdir()) == []


def test_a_failed_store_keeps_what_was_there(
    tiny: Dataset, make_dataset: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    store("key", tiny)

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(np, "save", fail)
        with pytest.raises(DataError):
            store("key", make_dataset(groups=3))
    assert cached("key", never).fingerprint == tiny.fingerprint


def test_a_cache_that_cannot_be_written_is_one_line(
    tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot store tiny in .* set ONESHOT_CACHE to a folder"):
        cached("key", lambda: tiny)


def test_what_is_stored_is_listed_and_cleared(tiny: Dataset, cache: Path) -> None:
    assert stored() == []
    store("key", tiny)
    (cache / "datasets" / "broken").mkdir()
    broken, entry = stored()
    assert (broken.key, broken.dataset, broken.n_bytes) == ("broken", None, 0)
    assert (entry.key, entry.dataset, entry.folder) == ("key", "tiny", cache / "datasets" / "key")
    assert entry.n_bytes == sum(file.stat().st_size for file in entry.folder.iterdir())
    assert clear() == entry.n_bytes
    assert stored() == []


def test_the_folder_is_the_users_own_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONESHOT_CACHE")
    assert cache_folder().name == "oneshot"
