"""A dataset as a folder of files: bit-packed, memory-mapped, and verified each time it is read."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import Dataset, Runs, Split
from harness.protocol.images import Images

FORMAT = 1
SPLITS = ("background", "evaluation")
DAMAGE = (OSError, EOFError, ValueError, KeyError, TypeError)
"""What reading a damaged folder raises."""


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """Write a dataset into a new folder: ``index.json``, and one ``.npy`` for each array.

    Raises:
        OSError: it cannot be written, or the disk is full.
    """
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
        arrays[f"{name}-character"] = split.label
        arrays[f"{name}-drawer"] = split.source
        arrays[f"{name}-alphabet"] = split.group
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
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.str,
        "header": _digest_of_header(path, array.nbytes),
        "sha256": _digest(array),
    }


def _describe(split: Split) -> dict[str, Any]:
    return {
        "height": split.images.height,
        "width": split.images.width,
        "alphabets": split.groups,
        "characters": split.classes,
    }


def read_dataset(folder: Path) -> Dataset:
    """Read a dataset back, once all of its bytes are found to be those that were written.

    Raises:
        DAMAGE: something is missing, or is not what was written.
    """
    content = read_index(folder)
    arrays = content["arrays"]

    def array(name: str) -> NDArray[Any]:
        return _read_array(folder / f"{name}.npy", arrays[name])

    def split(name: str) -> Split:
        text = content["splits"][name]
        return Split(
            images=_read_images(folder / f"{name}-images.npy", arrays[f"{name}-images"], text),
            label=array(f"{name}-character"),
            source=array(f"{name}-drawer"),
            group=array(f"{name}-alphabet"),
            groups=tuple(text["alphabets"]),
            classes=tuple(text["characters"]),
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


def read_index(folder: Path) -> dict[str, Any]:
    """Return the index: the dataset's name, the names in it, and the digest of every array.

    Raises:
        DAMAGE: it is missing, or is not what was written.
    """
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
    n_bytes = np.dtype(expected["dtype"]).itemsize * prod(expected["shape"])
    # before numpy parses it: it evaluates what stands there
    if _digest_of_header(path, n_bytes) != expected["header"]:
        raise ValueError(f"{path.name} is not what was written")
    # a plain array over the map: numpy's memmap class slows every view of it
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _digest_of_header(path: Path, n_bytes: int) -> str:
    """Digest what stands before the ``n_bytes`` of the array itself."""
    with path.open("rb") as file:
        return sha256(file.read(max(0, path.stat().st_size - n_bytes))).hexdigest()


def _digest(array: NDArray[Any]) -> str:
    return sha256(np.ascontiguousarray(array).data).hexdigest()


def _digest_of_json(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
