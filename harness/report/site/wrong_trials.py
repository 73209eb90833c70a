"""The trials that methods got wrong as plain values, which the page's script shows as pictures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.protocol.dataset import Nouns
from harness.report.pictures.sprite import Sprite

MOST_BYTES = 8_000_000
"""Of the whole page; the gallery takes what the rest leaves."""
MOST_METHODS = 25
"""Of a chart, a matrix or a task's pictures: the best."""
MOST_QUERIES = 400
"""Of a task's, from the first on, in the gallery."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What one method answered wrongly: each list has a value for each of these queries.

    Attributes:
        query: the query's place in the task's ``queries``.
        drawing: the answered character's support image, a number of the sprite.
        score: of the answer; None where the record does not tell.
        true_score: of the true character.
        tied: how many characters scored as high as the answer.
    """

    query: list[int] = field(default_factory=list)
    drawing: list[int] = field(default_factory=list)
    score: list[float | None] = field(default_factory=list)
    true_score: list[float | None] = field(default_factory=list)
    tied: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query that somebody got wrong.

    Attributes:
        trial: its number in the task, from 1.
        cluster: the alphabet, or the official run.
        drawing: the query's image, by its number in the sprite.
        true_drawing: the true character's support image.
    """

    trial: int
    cluster: str
    drawing: int
    true_drawing: int


@dataclass(frozen=True, kw_only=True)
class Answers:
    """A method's wrong answers, with one of its seeds; no two of a task have one label."""

    label: str
    seed: int
    wrong: Wrong


@dataclass(frozen=True, kw_only=True)
class TaskGallery:
    """The wrong trials of one task.

    Attributes:
        title: dataset and task.
        n_queries: how many were looked at, from the first on.
        n_all: how many the task has.
        n_shot: support drawings of each character, of which the first is shown.
        queries: those that somebody got wrong.
        methods: the best first.
        n_left_out: methods beyond the best ``MOST_METHODS``.
        sprite: the drawings.
        nouns: the dataset's words for people.
    """

    title: str
    n_queries: int
    n_all: int
    n_shot: int
    queries: tuple[Query, ...]
    methods: tuple[Answers, ...]
    n_left_out: int
    sprite: Sprite
    nouns: Nouns

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script needs: all but the picture, which stands in the page's style."""
        data = asdict(self)
        del data["sprite"]["url"]
        return data

    @property
    def n_bytes(self) -> int:
        """What it takes of the page, and a little more."""
        return len(self.sprite.url) + len(json.dumps(self.data))


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """The wrong trials of some tasks.

    Attributes:
        tasks: those that can be shown.
        left_out: why others cannot, one line each.
    """

    tasks: tuple[TaskGallery, ...] = ()
    left_out: tuple[str, ...] = ()
