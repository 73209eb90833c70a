"""Accuracies that others have published, and the tasks here that follow the same protocol.

Two protocols never share a column: one network loses about 13 points from classes across Omniglot's
alphabets to classes within one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.storage.dataclass_json import from_body

_FILE = Path(__file__).parent / "published.toml"


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published accuracy.

    Attributes:
        method: what was measured, in words.
        protocol: the name of its protocol.
        n_way: classes in an episode.
        n_shot: support images of each class.
        accuracy: in percent.
        source: the work it comes from.
        primary: whether it was read in the work that measured it, or in its authors' code.
    """

    method: str
    protocol: str
    n_way: int
    n_shot: int
    accuracy: float
    source: str
    primary: bool


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A protocol, and the accuracies that others measured by it.

    Attributes:
        name: the protocol's name.
        dataset: the dataset that it divides.
        task: the task here that follows it; None if no task does.
        what: the protocol in words.
        figures: the accuracies, best first.
    """

    name: str
    dataset: str
    task: str | None
    what: str
    figures: tuple[Published, ...]


def published_for(dataset: str, task: str, n_episodes: int | None) -> tuple[Published, ...]:
    """Return the figures measured by the very protocol of a task of ours, best first.

    A task cut short by ``n_episodes`` no longer follows the protocol.
    """
    if n_episodes is not None:
        return ()
    wanted = (dataset, task)
    return next((p.figures for p in _protocols() if (p.dataset, p.task) == wanted), ())


def other_protocols(dataset: str) -> tuple[Protocol, ...]:
    """Return the protocols on a dataset whose figures compare with no task of ours."""
    return tuple(p for p in _protocols() if p.dataset == dataset and p.task is None)


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """One entry of the file: accuracies in percent by shape, such as ``20w1s``."""

    method: str
    accuracy: Mapping[str, float]
    source: str
    primary: bool


@dataclass(frozen=True, kw_only=True)
class _Block:
    """One block of the file: a protocol; see ``Protocol``."""

    dataset: str
    what: str
    figure: tuple[_Figure, ...]
    task: str | None = None


@cache
def _protocols() -> tuple[Protocol, ...]:
    body = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    blocks = {name: from_body(part, _Block) for name, part in body.items()}
    return tuple(
        Protocol(
            name=name,
            dataset=block.dataset,
            task=block.task,
            what=" ".join(block.what.split()),
            figures=_figures(name, block),
        )
        for name, block in blocks.items()
    )


def _figures(protocol: str, block: _Block) -> tuple[Published, ...]:
    figures = []
    for entry in block.figure:
        for shape, percent in entry.accuracy.items():
            n_way, n_shot = map(int, re.findall(r"\d+", shape))
            figures.append(
                Published(
                    method=entry.method,
                    protocol=protocol,
                    n_way=n_way,
                    n_shot=n_shot,
                    accuracy=percent,
                    source=entry.source,
                    primary=entry.primary,
                )
            )
    return tuple(sorted(figures, key=lambda f: (f.n_way, f.n_shot, -f.accuracy, f.method)))
