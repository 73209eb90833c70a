"""A dataset: labelled images, in a background and an evaluation split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError, UsageError, did_you_mean
from harness.protocol.images import Images
from harness.protocol.randomness import order


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """The background or the evaluation images of a dataset, with their labels.

    Attributes:
        images: the n images.
        label: ``(n,)`` int32 into ``classes``: the class of each image.
        source: ``(n,)`` int32: where each image comes from, such as who drew it. One number is
            one source within a group, and may be another in another group.
        group: ``(n_classes,)`` int32 into ``groups``: the group of each class.
        groups: the groups' names.
        classes: the classes' names, as ``group/class``.
    """

    images: Images
    label: NDArray[np.int32]
    source: NDArray[np.int32]
    group: NDArray[np.int32]
    groups: tuple[str, ...]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        for labels in (self.label, self.source, self.group):
            labels.flags.writeable = False

    @cached_property
    def rows_of_class(self) -> NDArray[np.int64]:
        """``(n_classes, most)`` rows of the images of each class, by source; -1 fills up."""
        by_label = np.lexsort((self.source, self.label))
        counts = np.bincount(self.label, minlength=len(self.classes))
        table = np.full((len(counts), counts.max()), -1)
        table[np.arange(counts.max()) < counts[:, None]] = by_label
        return table

    @cached_property
    def digest(self) -> str:
        """sha256 of the pixels and the labels: of all that a method can learn from."""
        digest = sha256(f"{self.images.digest} {self.groups} {self.classes}".encode())
        for labels in (self.label, self.source, self.group):
            digest.update(np.ascontiguousarray(labels, "<i4").data)
        return digest.hexdigest()

    def only(self, groups: Sequence[int]) -> Split:
        """Return the part of this split that belongs to some groups, in their order."""
        names = np.concatenate([np.flatnonzero(self.group == a) for a in groups])
        rows = np.concatenate([np.flatnonzero(self.label == c) for c in names])
        new_label = np.full(len(self.classes), -1, np.int32)
        new_label[names] = np.arange(len(names))
        new_group = np.full(len(self.groups), -1, np.int32)
        new_group[list(groups)] = np.arange(len(groups))
        return Split(
            images=self.images.take(rows),
            label=new_label[self.label[rows]],
            source=self.source[rows],
            group=new_group[self.group[names]],
            groups=tuple(self.groups[a] for a in groups),
            classes=tuple(self.classes[c] for c in names),
        )

    def hold_out(self, n_groups: int, *, seed: int) -> tuple[Split, Split]:
        """Return ``(the rest, n_groups groups held out)``; ``seed`` chooses the groups.

        A method chooses a checkpoint or a setting on groups of its own background that it did not
        learn from.

        Raises:
            DataError: no group would be held out, or none be left to learn from.
        """
        if not 0 < n_groups < len(self.groups):
            raise DataError(
                f"cannot hold out {n_groups} of {len(self.groups)} groups; "
                f"1 to {len(self.groups) - 1} are possible"
            )
        shuffled = order(len(self.groups), seed=seed, stream="hold-out")
        held, rest = np.sort(shuffled[:n_groups]), np.sort(shuffled[n_groups:])
        return self.only(rest.tolist()), self.only(held.tolist())


@dataclass(frozen=True, kw_only=True, eq=False)
class Runs:
    """The official one-shot runs of a dataset, as rows of its evaluation split.

    Attributes:
        support: ``(n_runs, n_way)`` int.
        query: ``(n_runs, n_query)`` int.
        truth: ``(n_runs, n_query)`` int, the way that shows each query's class.
    """

    support: NDArray[np.int32]
    query: NDArray[np.int32]
    truth: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Nouns:
    """The words that people read for the parts of a dataset, singular and plural.

    Attributes:
        class_: what a query is assigned to, such as a character.
        classes: the plural.
        group: classes that belong together, such as an alphabet.
        groups: the plural.
        source: who or what an image comes from, such as a drawer.
        sources: the plural.
        image: one image, such as a drawing.
        images: the plural.
    """

    class_: str = "class"
    classes: str = "classes"
    group: str = "group"
    groups: str = "groups"
    source: str = "source"
    sources: str = "sources"
    image: str = "image"
    images: str = "images"


@dataclass(frozen=True, kw_only=True)
class DatasetId:
    """Which dataset a result belongs to.

    Attributes:
        name: the dataset's name, as on the command line.
        fingerprint: sha256 of the pixels of both splits.
        synthetic: whether a program drew the images; shown wherever results are.
    """

    name: str
    fingerprint: str
    synthetic: bool

    @property
    def label(self) -> str:
        """The name as people see it, so that nobody takes synthetic data for real data."""
        return f"{self.name} (synthetic)" if self.synthetic else self.name


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Classes to learn from, and other classes to be tested on.

    Attributes:
        name: the dataset's name, as on the command line and in records.
        synthetic: whether a program drew the images; shown wherever results are.
        background: the split that methods learn from.
        evaluation: the split that tasks are drawn from, unless they say ``@background``.
        runs: the official runs, if the dataset has any.
        nouns: its plugin's words for classes, groups, sources and images; set by the harness.
    """

    name: str
    synthetic: bool
    background: Split
    evaluation: Split
    runs: Runs | None = None
    nouns: Nouns = Nouns()

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of both splits' pixels: the same for every copy, however its files are packed."""
        return sha256(
            f"{self.background.images.digest} {self.evaluation.images.digest}".encode()
        ).hexdigest()

    @cached_property
    def id(self) -> DatasetId:
        """Which dataset this is, as records hold it."""
        return DatasetId(name=self.name, fingerprint=self.fingerprint, synthetic=self.synthetic)

    def split(self, name: str) -> Split:
        """Return the split ``background`` or ``evaluation``.

        Raises:
            UsageError: ``name`` is neither.
        """
        splits = {"background": self.background, "evaluation": self.evaluation}
        if name not in splits:
            raise UsageError(f"no split is called {name}; {did_you_mean(name, splits)}")
        return splits[name]

    def validation(self) -> Dataset:
        """Return the dataset to choose settings on.

        Its evaluation split is a fifth of this dataset's background groups, held out; this
        dataset's own evaluation split is not in it.
        """
        n_held = max(1, len(self.background.groups) // 5)
        rest, held = self.background.hold_out(n_held, seed=0)
        return replace(
            self, name=f"{self.name}@validation", background=rest, evaluation=held, runs=None
        )


@dataclass(frozen=True, kw_only=True)
class DatasetSpec:
    """A dataset, as its plugin declares it.

    Attributes:
        name: the dataset's name, the same as its entry point.
        load: ``load(argument)`` returns the dataset; ``argument`` is the text after ``NAME:`` on
            the command line, or an empty string. Raises DataError if the data are missing or
            damaged.
        download: downloads and stores the dataset; None if it cannot be downloaded.
        import_: reads the dataset from a path of the user's and stores it; None if it cannot be
            imported.
        nouns: the words that people read for its classes, groups, sources and images.
    """

    name: str
    load: Callable[[str], Dataset]
    download: Callable[[], Dataset] | None = None
    import_: Callable[[Path], Dataset] | None = None
    nouns: Nouns = Nouns()
