"""Decoded datasets kept on disk, so that they are decoded once."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from harness.errors import DataError
from harness.protocol.dataset import Dataset
from harness.storage.atomic import cache_folder
from harness.storage.dataset_files import DAMAGE, read_dataset, read_index, write_dataset
from harness.storage.sealed import UNFINISHED

log = logging.getLogger("oneshot")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What the cache holds under one key.

    Attributes:
        key: what it is stored under.
        dataset: the dataset's name, or nothing where its index cannot be read.
        folder: where it lies.
        n_bytes: what it takes on disk.
    """

    key: str
    dataset: str | None
    folder: Path
    n_bytes: int


def downloads_folder() -> Path:
    """Return the folder that downloads stand in until they are stored."""
    return cache_folder() / "downloads"


def cached(key: str, build: Callable[[], Dataset]) -> Dataset:
    """Return the dataset stored under ``key``, or build it and store it.

    Everything that is stored is verified on the way in. What is damaged is told and built again.

    Args:
        key: letters, digits, dots and dashes; it must change whenever what ``build`` reads does.
        build: makes the dataset.

    Raises:
        DataError: the cache cannot be written.
    """
    final = _place(key)
    if final.is_dir():
        try:
            return read_dataset(final)
        except DAMAGE as damage:
            reason = " ".join(str(damage).split())
            log.warning("%s is damaged (%s); making it again", final, reason)
    return _keep(final, build(), replace=False)


def store(key: str, dataset: Dataset) -> Dataset:
    """Store a dataset under ``key`` in place of what was there; return it as it reads back.

    Raises:
        DataError: the cache cannot be written.
    """
    return _keep(_place(key), dataset, replace=True)


def is_stored(key: str) -> bool:
    """Whether the cache holds a dataset under ``key``."""
    return _place(key).is_dir()


def stored_dataset(key: str) -> Dataset:
    """Return the dataset stored under ``key``.

    Raises:
        DataError: it is not there, or damaged.
    """
    try:
        return read_dataset(_place(key))
    except DAMAGE as damage:
        raise DataError(
            f"{_place(key)} is missing or damaged ({' '.join(str(damage).split())}); remove it: "
            "oneshot data clear"
        ) from damage


def stored() -> list[Stored]:
    """Return what the cache holds, by key; unfinished leftovers of killed processes are counted."""
    folders = sorted(path for path in _place("x").parent.glob("*") if path.is_dir())
    return [
        Stored(key=folder.name, dataset=_name_of(folder), folder=folder, n_bytes=_n_bytes(folder))
        for folder in folders
    ]


def clear() -> int:
    """Remove every stored dataset and unfinished download; return how many bytes that freed.

    Raises:
        DataError: something cannot be removed.
    """
    folders = [*(each.folder for each in stored()), downloads_folder()]
    n_bytes = sum(_n_bytes(folder) for folder in folders)
    for folder in folders:
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as failure:
            raise DataError(
                f"cannot remove {folder}: {failure.strerror or failure}; remove it by hand"
            ) from failure
    return n_bytes


def _place(key: str) -> Path:
    if not re.fullmatch(r"\w[\w.-]*", key, re.ASCII):
        raise ValueError(f"cache key {key!r}: use letters, digits, dots and dashes")
    return cache_folder() / "datasets" / key


def _keep(final: Path, dataset: Dataset, *, replace: bool) -> Dataset:
    """Write a dataset to where it belongs.

    Several processes may do so at once: each writes a folder of its own and renames it. One of
    them wins; the others throw theirs away and use the winner's.
    """
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        own = Path(mkdtemp(prefix=UNFINISHED, dir=final.parent))
        try:
            write_dataset(dataset, own / "new")
            if replace or _read_if_sound(final) is None:
                with suppress(FileNotFoundError):
                    final.rename(own / "old")
            _rename_unless_taken(own / "new", final)
        finally:
            shutil.rmtree(own, ignore_errors=True)
    except OSError as failure:
        raise DataError(
            f"cannot store {dataset.name} in {final.parent}: {failure.strerror or failure}; make "
            "room there, or set ONESHOT_CACHE to a folder that can be written"
        ) from failure
    # nothing sound is there only while yet another process replaces it
    return _read_if_sound(final) or dataset


def _read_if_sound(folder: Path) -> Dataset | None:
    try:
        return read_dataset(folder)
    except DAMAGE:
        return None


def _rename_unless_taken(new: Path, final: Path) -> None:
    try:
        new.rename(final)
    except OSError:
        if not final.is_dir():
            raise


def _name_of(folder: Path) -> str | None:
    try:
        return str(read_index(folder)["name"])
    except DAMAGE:
        return None


def _n_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
