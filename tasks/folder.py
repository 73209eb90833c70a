"""``folder:PATH``: a user's own images, as ``PATH/split/group/class/*.png``.

The splits are ``background`` and ``evaluation``. All images have one size. Pixels darker than
middle grey are ink; transparent pixels are paper. The images of a class, sorted by file name, are
those of source 1, 2, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

import numpy as np

from harness import DataError, Dataset, DatasetSpec, Images, Split, cached, hookimpl
from tasks.drawings import read_drawings
from tasks.file_tree import FileTree, open_tree

SPLITS = ("background", "evaluation")
LAYOUT = "split/group/class/image.png, where split is background or evaluation"
MAX_FILE = 4 * 1024 * 1024
OTHER_IMAGES = {".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg"}
FEWEST = 2
"""Classes in a split, and images of a class: fewer make no episode."""


@dataclass(frozen=True, kw_only=True)
class _File:
    """One image file of the layout; ``label`` is ``group/class``."""

    split: str
    group: str
    label: str
    file: str


def load(argument: str) -> Dataset:
    """Return the images under a folder; they are read once, and again when a file changes.

    Raises:
        DataError: no folder is named, or its files do not follow the layout.
    """
    if not argument:
        raise DataError(f"folder: no path is given; write folder:PATH, with PATH/{LAYOUT}")
    path = Path(argument).expanduser()
    if not path.is_dir():
        raise DataError(f"folder:{argument}: there is no such folder; it must hold {LAYOUT}")
    tree = open_tree(path, MAX_FILE)
    return cached(f"folder-{_signature(tree)}", lambda: read_folder(tree))


def read_folder(tree: FileTree) -> Dataset:
    """Read and check every image.

    Raises:
        DataError: an image is missing, damaged, or of another size than the rest.
    """
    files = _files(tree)
    splits = {name: [each for each in files if each.split == name] for name in SPLITS}
    for name, members in splits.items():
        _check(tree, name, members)
    # background first, and all in one call, so that one size holds for both
    images = read_drawings(tree, [each.file for name in SPLITS for each in splits[name]])
    _check_ink(tree, images)
    n_background = len(splits["background"])
    return Dataset(
        name=f"folder:{tree.path.resolve().name}",
        synthetic=False,
        background=_split(splits["background"], images.take(slice(n_background))),
        evaluation=_split(splits["evaluation"], images.take(slice(n_background, None))),
    )


def _signature(tree: FileTree) -> str:
    """Return a digest of the names, sizes and times of all files."""
    digest = sha256(f"{tree.path.resolve()}\n".encode())
    for name in tree.names:
        found = (tree.path / name).stat()
        digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _files(tree: FileTree) -> list[_File]:
    """Return the image files, sorted; refuse those that would be left out silently."""
    found = []
    for name in tree.names:
        parts, suffix = name.split("/"), PurePosixPath(name).suffix.lower()
        if parts[0] not in SPLITS or suffix not in {".png", *OTHER_IMAGES}:
            continue
        if suffix != ".png":
            raise DataError(f"{tree.path}: {name} is not a PNG; convert or remove it")
        if len(parts) != 4:
            raise DataError(f"{tree.path}: {name} is at the wrong depth; images are {LAYOUT}")
        split, group, label, _ = parts
        found.append(_File(split=split, group=group, label=f"{group}/{label}", file=name))
    return found


def _check(tree: FileTree, split: str, files: Sequence[_File]) -> None:
    if not files:
        raise DataError(f"{tree.path}: {split}/ holds no PNG; images are {LAYOUT}")
    counts = Counter(each.label for each in files)
    if len(counts) < FEWEST:
        raise DataError(
            f"{tree.path}: {split}/ has {len(counts)} class; at least {FEWEST} are needed: add some"
        )
    for label, count in counts.items():
        if count < FEWEST:
            raise DataError(
                f"{tree.path}: {split}/{label} has {count} image; at least {FEWEST} are "
                "needed, a support and a query: add some"
            )


def _check_ink(tree: FileTree, images: Images) -> None:
    n_ink = int(np.bitwise_count(images.packed).sum(dtype=np.int64))
    share = n_ink / (len(images) * images.height * images.width)
    if share > 0.5:
        raise DataError(
            f"{tree.path}: {100 * share:.0f} % of all pixels are ink; images must be dark on light "
            "paper, at most half of it ink: invert them"
        )


def _split(files: Sequence[_File], images: Images) -> Split:
    classes = list(dict.fromkeys(each.label for each in files))
    groups = list(dict.fromkeys(each.group for each in files))
    numbers = {label: number for number, label in enumerate(classes)}
    label = np.array([numbers[each.label] for each in files], np.int32)
    first = np.searchsorted(label, label)  # images of a class are adjacent
    return Split(
        images=images,
        label=label,
        source=(np.arange(len(files)) - first).astype(np.int32),
        group=np.array([groups.index(c.partition("/")[0]) for c in classes], np.int32),
        groups=tuple(groups),
        classes=tuple(classes),
    )


@hookimpl
def oneshot_dataset() -> DatasetSpec:
    """Register the dataset."""
    return DatasetSpec(name="folder", load=load)
