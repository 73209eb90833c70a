"""Accuracies that others have published, and which of our tasks each may stand beside.

Two protocols never share a column: one network loses about 13 points from classes across alphabets
to classes within one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "published.toml"
_DATASET = "omniglot"
_PROTOCOLS = {"lake-400": "lake-400", "across-20w1s": "bouma"}
"""The protocol of each of our tasks that anybody has published figures for."""


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
    """A protocol: its name, what it is in words, and what was measured by it, best first."""

    name: str
    what: str
    figures: tuple[Published, ...]


def published_for(dataset: str, task: str, n_episodes: int | None) -> tuple[Published, ...]:
    """Return the figures measured by the very protocol of a task of ours, best first.

    A task cut short by ``n_episodes`` is no longer the protocol, and nothing but the real
    Omniglot has any.
    """
    if dataset != _DATASET or n_episodes is not None or task not in _PROTOCOLS:
        return ()
    (match,) = (each for each in _protocols() if each.name == _PROTOCOLS[task])
    return match.figures


def other_protocols(dataset: str) -> tuple[Protocol, ...]:
    """Return the protocols on a dataset whose figures compare with no task of ours."""
    if dataset != _DATASET:
        return ()
    ours = set(_PROTOCOLS.values())
    return tuple(protocol for protocol in _protocols() if protocol.name not in ours)


@cache
def _protocols() -> tuple[Protocol, ...]:
    body = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Protocol(
            name=name, what=" ".join(part["what"].split()), figures=_figures(name, part["figure"])
        )
        for name, part in body.items()
    )


def _figures(protocol: str, entries: list[dict[str, object]]) -> tuple[Published, ...]:
    figures = []
    for entry in entries:
        shapes = entry["accuracy"]
        assert isinstance(shapes, dict)
        for shape, percent in shapes.items():
            n_way, n_shot = map(int, re.findall(r"\d+", shape))
            figures.append(
                Published(
                    method=str(entry["method"]),
                    protocol=protocol,
                    n_way=n_way,
                    n_shot=n_shot,
                    accuracy=float(percent),
                    source=str(entry["source"]),
                    primary=entry["primary"] is True,
                )
            )
    return tuple(sorted(figures, key=lambda f: (f.n_way, f.n_shot, -f.accuracy, f.method)))
