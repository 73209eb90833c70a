"""Decoded datasets kept on disk: bit-packed, memory-mapped, and verified each time."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.dataset import Dataset, Runs, Split
from harness.errors import DataError
from harness.images import Images

FORMAT = 1
SPLITS = ("background", "evaluation")
UNFINISHED = ".unfinished-"
DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError)
"""What reading a damaged file raises."""

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


def cache_folder() -> Path:
    """Return the folder that everything downloaded or decoded is kept in: ONESHOT_CACHE, if set."""
    named = os.environ.get("ONESHOT_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("oneshot")


def cached(key: str, build: Callable[[], Dataset]) -> Dataset:
    """Return the dataset stored under ``key``, or build it and store it.

    Everything that is stored is verified on the way in. What is damaged is told and built again.

    Args:
        key: letters, digits, dots and dashes; it must change whenever what ``build`` reads does.
        build: makes the dataset.

    Raises:
        DataError: the cache cannot be written.
    """
    folder = _place(key)
    if folder.is_dir():
        try:
            return _read(folder)
        except DAMAGE as damage:
            reason = " ".join(str(damage).split())
            log.warning("%s is damaged (%s); making it again", folder, reason)
    return store(key, build())


def store(key: str, dataset: Dataset) -> Dataset:
    """Store a dataset under ``key`` in place of what was there; return it as it reads back.

    Several processes may do so at once: each writes a folder of its own and renames it, the
    first of them wins, and the others throw theirs away.

    Raises:
        DataError: the cache cannot be written.
    """
    final = _place(key)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        own = Path(mkdtemp(prefix=UNFINISHED, dir=final.parent))
        try:
            _write(dataset, own / "new")
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
    try:
        return _read(final)
    except DAMAGE:  # another process is replacing it at this moment
        return dataset


def stored() -> list[Stored]:
    """Return what the cache holds, by key; unfinished leftovers of killed processes are counted."""
    folders = sorted(path for path in _place("x").parent.glob("*") if path.is_dir())
    return [
        Stored(key=folder.name, dataset=_name_of(folder), folder=folder, n_bytes=_n_bytes(folder))
        for folder in folders
    ]


def clear() -> int:
    """Remove every stored dataset; return how many bytes that freed.

    Raises:
        DataError: something cannot be removed.
    """
    freed = 0
    for each in stored():
        try:
            shutil.rmtree(each.folder)
        except OSError as failure:
            raise DataError(
                f"cannot remove {each.folder}: {failure.strerror or failure}; remove it by hand"
            ) from failure
        freed += each.n_bytes
    return freed


def _place(key: str) -> Path:
    if not re.fullmatch(r"\w[\w.-]*", key, re.ASCII):
        raise ValueError(f"cache key {key!r}: use letters, digits, dots and dashes")
    return cache_folder() / "datasets" / key


def _rename_unless_taken(new: Path, final: Path) -> None:
    try:
        new.rename(final)
    except OSError:
        if not final.is_dir():
            raise


def _write(dataset: Dataset, folder: Path) -> None:
    folder.mkdir()
    arrays = {
        name: _write_array(folder / f"{name}.npy", array)
        for name, array in _arrays(dataset).items()
    }
    content = {
        "format": FORMAT,
        "name": dataset.name,
        "synthetic": dataset.synthetic,
        "splits": {name: _describe(dataset.split(name)) for name in SPLITS},
        "arrays": arrays,
    }
    index = {"sha256": _digest_of_json(content), "content": content}
    with (folder / "index.json").open("w", encoding="utf-8") as file:
        json.dump(index, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _arrays(dataset: Dataset) -> dict[str, NDArray[Any]]:
    """Return every array of a dataset, by the name of its file."""
    arrays: dict[str, NDArray[Any]] = {}
    for name in SPLITS:
        split = dataset.split(name)
        arrays[f"{name}-images"] = split.images.packed
        arrays[f"{name}-character"] = split.character
        arrays[f"{name}-drawer"] = split.drawer
        arrays[f"{name}-alphabet"] = split.alphabet
    if dataset.runs is not None:
        arrays["runs-support"] = dataset.runs.support
        arrays["runs-query"] = dataset.runs.query
        arrays["runs-truth"] = dataset.runs.truth
    return arrays


def _write_array(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    array = np.ascontiguousarray(array)
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())  # a full disk may show only now
    return {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": _digest(array)}


def _describe(split: Split) -> dict[str, Any]:
    return {
        "height": split.images.height,
        "width": split.images.width,
        "alphabets": split.alphabets,
        "characters": split.characters,
    }


def _read(folder: Path) -> Dataset:
    content = _read_index(folder)
    arrays = content["arrays"]

    def array(name: str) -> NDArray[Any]:
        return _read_array(folder / f"{name}.npy", arrays[name])

    def split(name: str) -> Split:
        text = content["splits"][name]
        return Split(
            images=_read_images(folder / f"{name}-images.npy", arrays[f"{name}-images"], text),
            character=array(f"{name}-character"),
            drawer=array(f"{name}-drawer"),
            alphabet=array(f"{name}-alphabet"),
            alphabets=tuple(text["alphabets"]),
            characters=tuple(text["characters"]),
        )

    runs = None
    if "runs-support" in arrays:
        runs = Runs(
            support=array("runs-support"), query=array("runs-query"), truth=array("runs-truth")
        )
    return Dataset(
        name=content["name"],
        synthetic=content["synthetic"],
        background=split("background"),
        evaluation=split("evaluation"),
        runs=runs,
    )


def _read_index(folder: Path) -> dict[str, Any]:
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    content: dict[str, Any] = index["content"]
    if _digest_of_json(content) != index["sha256"]:
        raise ValueError("index.json is not what was written")
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {content['format']}, not {FORMAT}")
    return content


def _read_array(path: Path, expected: dict[str, Any]) -> NDArray[Any]:
    array = _map(path, expected)
    if _digest(array) != expected["sha256"]:
        raise ValueError(f"{path.name} is not what was written")
    return array


def _read_images(path: Path, expected: dict[str, Any], text: dict[str, Any]) -> Images:
    """Read images; verifying them is computing the digest that they are known by anyway."""
    images = Images(_map(path, expected), text["height"], text["width"])
    if images.digest != expected["sha256"]:
        raise ValueError(f"{path.name} is not what was written")
    return images


def _map(path: Path, expected: dict[str, Any]) -> NDArray[Any]:
    # a plain array over the map: numpy's memmap class slows every view of it
    array = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    if list(array.shape) != expected["shape"] or array.dtype.str != expected["dtype"]:
        raise ValueError(f"{path.name} is not of the shape that was written")
    return array


def _digest(array: NDArray[Any]) -> str:
    return sha256(np.ascontiguousarray(array).data).hexdigest()


def _digest_of_json(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _name_of(folder: Path) -> str | None:
    try:
        return str(_read_index(folder)["name"])
    except DAMAGE:
        return None


def _n_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
