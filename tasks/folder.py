"""``folder:PATH``: anyone's own drawings, as ``PATH/split/alphabet/character/*.png``.

The splits are called ``background`` and ``evaluation``. All drawings have one size. What is darker
than middle grey is ink; what is transparent is paper. Within a character, the drawings sorted by
file name are those of drawer 1, 2, and so on.
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
LAYOUT = "split/alphabet/character/drawing.png, where split is background or evaluation"
MAX_FILE = 4 * 1024 * 1024
OTHER_IMAGES = {".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg"}
FEWEST = 2
"""Characters in a split, and drawings of a character: less than that makes no episode."""


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """One file of the layout; ``character`` is ``alphabet/character``."""

    split: str
    group: str
    label: str
    file: str


def load(argument: str) -> Dataset:
    """Return the drawings under a folder; they are read once, and again when a file changes.

    Raises:
        DataError: no folder is named, or what is there is not of the layout.
    """
    if not argument:
        raise DataError(f"folder: no path is given; write folder:PATH, with PATH/{LAYOUT}")
    path = Path(argument).expanduser()
    if not path.is_dir():
        raise DataError(f"folder:{argument}: there is no such folder; it must hold {LAYOUT}")
    tree = open_tree(path, MAX_FILE)
    return cached(f"folder-{_signature(tree)}", lambda: read_folder(tree))


def read_folder(tree: FileTree) -> Dataset:
    """Read and check every drawing.

    Raises:
        DataError: something is missing, damaged, or of another size than the rest.
    """
    drawings = _drawings(tree)
    splits = {name: [each for each in drawings if each.split == name] for name in SPLITS}
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
    """Digest the names, sizes and times of all files: another one, another dataset."""
    digest = sha256(f"{tree.path.resolve()}\n".encode())
    for name in tree.names:
        found = (tree.path / name).stat()
        digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _drawings(tree: FileTree) -> list[_Drawing]:
    """Return the drawings, sorted; refuse images that would be passed over without a word."""
    found = []
    for name in tree.names:
        parts, suffix = name.split("/"), PurePosixPath(name).suffix.lower()
        if parts[0] not in SPLITS or suffix not in {".png", *OTHER_IMAGES}:
            continue
        if suffix != ".png":
            raise DataError(f"{tree.path}: {name} is not a PNG; convert it, or take it away")
        if len(parts) != 4:
            raise DataError(f"{tree.path}: {name} stands at the wrong depth; drawings are {LAYOUT}")
        split, group, label, _ = parts
        found.append(_Drawing(split=split, group=group, label=f"{group}/{label}", file=name))
    return found


def _check(tree: FileTree, split: str, drawings: Sequence[_Drawing]) -> None:
    if not drawings:
        raise DataError(f"{tree.path}: {split}/ holds no PNG; drawings are {LAYOUT}")
    counts = Counter(each.label for each in drawings)
    if len(counts) < FEWEST:
        raise DataError(
            f"{tree.path}: {split}/ has {len(counts)} character; at least {FEWEST} are "
            "needed: add some"
        )
    for label, count in counts.items():
        if count < FEWEST:
            raise DataError(
                f"{tree.path}: {split}/{label} has {count} drawing; at least {FEWEST} are "
                "needed, one to show and one to ask: add some"
            )


def _check_ink(tree: FileTree, images: Images) -> None:
    n_ink = int(np.bitwise_count(images.packed).sum(dtype=np.int64))
    share = n_ink / (len(images) * images.height * images.width)
    if share > 0.5:
        raise DataError(
            f"{tree.path}: {100 * share:.0f} % of all pixels are ink; drawings are dark on light "
            "paper, at most half of it ink: invert them"
        )


def _split(drawings: Sequence[_Drawing], images: Images) -> Split:
    classes = list(dict.fromkeys(each.label for each in drawings))
    groups = list(dict.fromkeys(each.group for each in drawings))
    numbers = {label: number for number, label in enumerate(classes)}
    label = np.array([numbers[each.label] for each in drawings], np.int32)
    first = np.searchsorted(label, label)  # drawings of a character stand together
    return Split(
        images=images,
        label=label,
        source=(np.arange(len(drawings)) - first).astype(np.int32),
        group=np.array([groups.index(c.partition("/")[0]) for c in classes], np.int32),
        groups=tuple(groups),
        classes=tuple(classes),
    )


@hookimpl
def oneshot_dataset() -> DatasetSpec:
    """Register the dataset."""
    return DatasetSpec(name="folder", load=load)
