"""A copy of Omniglot, read and verified."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness import DataError, Dataset, Images, Runs, Split
from tasks.drawings import Size, read_drawings
from tasks.file_tree import FileTree, open_tree
from tasks.omniglot_copy import Copy
from tasks.omniglot_edition import Edition, SplitFacts, character_digest, run_digest

NEXT = "get an intact copy with: oneshot data download"


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """One drawing's file in a copy: ``.../Alphabet/character01/0001_01.png``."""

    alphabet: str
    character: str
    drawer: int
    file: str


def read_omniglot(copy: Copy, edition: Edition) -> Dataset:
    """Read a copy and verify every pixel.

    Raises:
        DataError: it is damaged, or differs from the edition; the error names the first difference.
    """
    background = _read_split(open_tree(copy.background), edition, edition.background)
    evaluation = _read_split(open_tree(copy.evaluation), edition, edition.evaluation)
    runs = None
    if copy.runs is not None:
        runs = _read_runs(open_tree(copy.runs), evaluation.images, edition)
    return Dataset(
        name="omniglot",
        synthetic=False,
        background=background,
        evaluation=evaluation,
        runs=runs,
    )


def _read_split(tree: FileTree, edition: Edition, facts: SplitFacts) -> Split:
    drawings = _drawings(tree)
    _check_names(tree, drawings, edition, facts)
    size = Size(height=edition.height, width=edition.width)
    images = read_drawings(tree, [each.file for each in drawings], size)
    _check_pixels(tree, images, edition, facts)
    characters = tuple(facts.characters)
    alphabets = tuple(facts.alphabets)
    return Split(
        images=images,
        label=np.repeat(np.arange(len(characters), dtype=np.int32), edition.drawers),
        source=np.array([each.drawer - 1 for each in drawings], np.int32),
        group=np.array([alphabets.index(c.partition("/")[0]) for c in characters], np.int32),
        groups=alphabets,
        classes=characters,
    )


def _drawings(tree: FileTree) -> list[_Drawing]:
    """Return the drawings of a tree, sorted, whatever folders are above their alphabets."""
    found = []
    for name in tree.names:
        match = re.search(r"([^/]+)/(character\d+)/\d+_(\d+)\.png$", name)
        if match:
            alphabet, character, drawer = match.groups()
            found.append(
                _Drawing(alphabet=alphabet, character=character, drawer=int(drawer), file=name)
            )
    return sorted(found, key=lambda d: (d.alphabet, d.character, d.drawer, d.file))


def _check_names(
    tree: FileTree, drawings: Sequence[_Drawing], edition: Edition, facts: SplitFacts
) -> None:
    """Raise DataError for the first alphabet, character or drawer that is missing or unknown."""
    found: dict[str, list[int]] = defaultdict(list)
    for each in drawings:
        found[f"{each.alphabet}/{each.character}"].append(each.drawer)
    here = {name.partition("/")[0] for name in found}
    for noun, ours, theirs in (
        ("alphabet", here, set(facts.alphabets)),
        ("character", set(found), set(facts.characters)),
    ):
        for name in sorted(theirs - ours):
            raise DataError(
                f"{tree.path}: the {noun} {name} is missing; {len(theirs & ours)} of "
                f"{len(theirs)} are found; {NEXT}"
            )
        for name in sorted(ours - theirs):
            raise DataError(f"{tree.path}: the {noun} {name} is not one of Omniglot's; {NEXT}")
    for name, drawers in found.items():
        _check_drawers(tree, name, drawers, edition.drawers)


def _check_drawers(tree: FileTree, character: str, drawers: list[int], expected: int) -> None:
    for drawer in range(1, expected + 1):
        if drawer not in drawers:
            raise DataError(
                f"{tree.path}: drawer {drawer:02d} of {character} is missing; "
                f"{len(drawers)} of {expected} drawings are found; {NEXT}"
            )
    if len(drawers) != expected:
        raise DataError(
            f"{tree.path}: {character} has {len(drawers)} drawings, not {expected}; {NEXT}"
        )


def _check_pixels(tree: FileTree, images: Images, edition: Edition, facts: SplitFacts) -> None:
    if images.digest == facts.fingerprint:
        return
    for index, (name, digest) in enumerate(facts.characters.items()):
        first = index * edition.drawers
        if character_digest(images.take(slice(first, first + edition.drawers))) != digest:
            raise DataError(f"{tree.path}: the character {name} differs from Omniglot's; {NEXT}")
    raise DataError(f"{tree.path}: its pixels differ from Omniglot's; {NEXT}")


def _read_runs(tree: FileTree, evaluation: Images, edition: Edition) -> Runs:
    """Read the official runs as rows of the evaluation split with the same pixels."""
    row_of: dict[bytes, int] = {}
    for row, packed in enumerate(evaluation.packed):
        # two drawings in Braille are equal: take the first
        row_of.setdefault(packed.tobytes(), row)
    labels = [name for name in tree.names if re.search(r"run\d+/class_labels\.txt$", name)]
    if len(labels) != len(edition.runs):
        raise DataError(f"{tree.path}: {len(labels)} of {len(edition.runs)} runs are found; {NEXT}")
    support, query, truth = [], [], []
    for name, digest in zip(labels, edition.runs, strict=True):
        pairs = _pairs(tree, name)
        classes = sorted(set(pairs.values()))
        folder = name.removesuffix("class_labels.txt")
        size = Size(height=evaluation.height, width=evaluation.width)
        support.append(_rows(read_drawings(tree, classes, size), row_of))
        query.append(_rows(read_drawings(tree, list(pairs), size), row_of))
        truth.append(np.array([classes.index(c) for c in pairs.values()], np.int32))
        if run_digest(support[-1], query[-1], truth[-1]) != digest:
            raise DataError(f"{tree.path}: {folder.rstrip('/')} differs from Omniglot's; {NEXT}")
    return Runs(support=np.stack(support), query=np.stack(query), truth=np.stack(truth))


def _pairs(tree: FileTree, labels: str) -> dict[str, str]:
    """Return the file of each query's class, by the query's file, from ``class_labels.txt``."""
    # a line is: run01/test/item01.png run01/training/class08.png
    prefix = labels.removesuffix("class_labels.txt").rpartition("run")[0]
    lines = [line.split() for line in tree.read(labels).decode("utf-8", "replace").splitlines()]
    known = set(tree.names)
    pairs = {prefix + line[0]: prefix + line[1] for line in lines if len(line) == 2}
    for name in (*pairs, *pairs.values()):
        if name not in known:
            raise DataError(f"{tree.path}: {name}, which {labels} names, is missing; {NEXT}")
    if not pairs:
        raise DataError(f"{tree.path}: {labels} names no drawings; {NEXT}")
    return dict(sorted(pairs.items()))


def _rows(images: Images, row_of: dict[bytes, int]) -> NDArray[np.int32]:
    """Return the evaluation row of each image, or -1, which no run's digest is made of."""
    return np.array([row_of.get(packed.tobytes(), -1) for packed in images.packed], np.int32)
