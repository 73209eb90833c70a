"""Pictures of episodes, as the tutorial draws them, and of groups of classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset, Split
from harness.protocol.episodes import Dealt
from harness.protocol.task import Task, parse_tasks
from harness.report.pictures.canvas import (
    WHITE,
    Colour,
    below,
    beside,
    bordered,
    captioned,
    drawing,
    png,
    shrunk,
    signed,
)

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE = 105
"""Pixels of a drawing, about: smaller ones are enlarged by whole factors."""
_CLASS_SIDE = 60
_MARGIN, _THIN, _THICK = 16, 1, 6
_TITLE, _CAPTION = 18, 15
_LINE: Colour = (190, 190, 190)
_RIGHT: Colour = (0, 158, 115)
_MOST_GROUPS, _MOST_CLASSES = 6, 14


def picture_of_episodes(
    text: str, data: str, plugins: Plugins, numbers: Sequence[int], *, answer: bool = False
) -> bytes:
    """Return episodes of a task side by side, as the bytes of a PNG file.

    Args:
        text: the task.
        data: the dataset.
        plugins: where both are found.
        numbers: which episodes, counted from 0, rising.
        answer: whether to mark the true candidates.

    Raises:
        UsageError: no such task, more than one, or no such episode.
        DataError: the dataset cannot be had, or cannot fill the task.
    """
    task, *more = parse_tasks(text, plugins.listed("task"))
    if more:
        raise UsageError(f"{text} is {len(more) + 1} tasks, and a picture shows one; name {task}")
    dataset = load_dataset(data, plugins)
    ready = dealt(dataset, task, numbers[-1] + 1, plugins)
    n_episodes = len(ready.episodes)
    if numbers[-1] >= n_episodes:
        raise UsageError(
            f"{task} has no episode {numbers[-1]}: it has {n_episodes}, counted from 0; ask for "
            f"--episode {n_episodes - 1} or less"
        )
    return png(_sheet(ready, task, _label(dataset), numbers, answer=answer))


def picture_of_groups(data: str, plugins: Plugins) -> bytes:
    """Return classes of some groups of both splits, as the bytes of a PNG file.

    Raises:
        UsageError: no such dataset.
        DataError: it cannot be had.
    """
    dataset = load_dataset(data, plugins)
    parts = []
    for name, split in (("background", dataset.background), ("evaluation", dataset.evaluation)):
        spaced = np.linspace(0, len(split.groups) - 1, _MOST_GROUPS).round().astype(int)
        rows = [_group(split, number) for number in dict.fromkeys(spaced.tolist())]
        parts.append(
            _titled(f"{_label(dataset)}: {name} {dataset.nouns.groups}", below(rows, _MARGIN))
        )
    return png(below(parts, 0))


def _label(dataset: Dataset) -> str:
    return dataset.id.label


def _sheet(ready: Dealt, task: Task, label: str, numbers: Sequence[int], *, answer: bool) -> Image:
    sheets = [
        _titled(f"{label}: {task}, episode {number}", _episode(ready, number, answer=answer))
        for number in numbers
    ]
    return beside(sheets, _MARGIN)


def _episode(ready: Dealt, number: int, *, answer: bool) -> Image:
    """Draw one episode: its queries on the left, its candidates on the right."""
    episodes, truth = ready.episodes, ready.key.truth[number]
    queries = episodes.pool.ink(episodes.query[number])  # (n_query, height, width)
    supports = episodes.pool.ink(episodes.support[number])  # (n_way, n_shot, height, width)
    several = len(queries) > 1
    shown = [_numbered(_cell([ink]), [q] if several else []) for q, ink in enumerate(queries)]
    candidates = []
    for way, shots in enumerate(supports):
        answers = np.flatnonzero(truth == way).tolist() if answer else []
        # of several queries each has an answer here, and its number alone tells which
        cell = _cell(shots, framed=bool(answers) and not several)
        candidates.append(_numbered(cell, answers if several else []))
    return beside(
        [
            captioned("queries" if several else "query", _grid(shown, 1), _CAPTION),
            captioned("candidates", _grid(candidates, episodes.n_shot), _CAPTION),
        ],
        2 * _MARGIN,
    )


def _group(split: Split, number: int) -> Image:
    """Draw a group's name and its first classes, one image of each."""
    classes = np.flatnonzero(split.group == number)
    cells = [
        bordered(shrunk(drawing(split.images.ink(int(row)), 1), _CLASS_SIDE), _THIN, _LINE)
        for row in split.rows_of_class[classes[:_MOST_CLASSES], 0]
    ]
    rest = len(classes) - len(cells)
    name = split.groups[number].replace("_", " ") + (f", and {rest} more" if rest else "")
    return captioned(name, beside(cells, _THIN), _CAPTION)


def _cell(shots: Sequence[NDArray[np.bool_]], *, framed: bool = False) -> Image:
    """Draw one candidate: its drawings side by side, framed where it is the answer."""
    factor = max(1, round(_SIDE / max(shots[0].shape)))
    tiles = [bordered(drawing(ink, factor), _THIN, _LINE) for ink in shots]
    return bordered(beside(tiles, _THIN), _THICK, _RIGHT if framed else WHITE)


def _numbered(cell: Image, queries: Sequence[int]) -> Image:
    """Write the numbers of queries into a cell, counted from 1; none where there is only one."""
    text = ", ".join(str(query + 1) for query in queries)
    return signed(cell, text, _CAPTION, _RIGHT) if text else cell


def _grid(cells: Sequence[Image], n_shot: int) -> Image:
    """Put cells in as square a grid as they make: 9, 25 and 36 as 3 x 3, 5 x 5 and 6 x 6."""
    columns = max(1, math.ceil(math.sqrt(len(cells) / n_shot)))
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    return below([beside(row, 0) for row in rows], 0)


def _titled(text: str, image: Image) -> Image:
    return bordered(captioned(text, image, _TITLE), _MARGIN, WHITE)
