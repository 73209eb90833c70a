"""The error gallery: the trials that methods got wrong, as pictures.

Records hold answers and no pixels. So the episodes are dealt again from the dataset, where it is at
hand, and shown only when they are the very ones that the records are of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError, OneShotError
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset, Nouns
from harness.protocol.episodes import Dealt
from harness.protocol.outcome import Outcomes
from harness.report.leaderboard import Row
from harness.report.pictures.sprite import Sprite, sprite
from harness.report.site.wrong_trials import (
    MOST_BYTES,
    MOST_METHODS,
    MOST_QUERIES,
    Answers,
    Gallery,
    Query,
    TaskGallery,
    Wrong,
)
from harness.report.tables import Table


def gallery(tables: Sequence[Table], plugins: Plugins, room: int = MOST_BYTES) -> Gallery:
    """Return the galleries of tables on the evaluation split, as far as there is room.

    Args:
        tables: what may be shown, the most important first.
        plugins: where datasets and tasks are found.
        room: the bytes that all of them may take.
    """
    tasks: list[TaskGallery] = []
    left_out: dict[str, list[str]] = {}
    dealt_again = DealtAgain(plugins)
    for table in tables:
        if table.episodes.task.split != "evaluation" or not table.measured:
            continue
        title = f"{table.episodes.dataset.label} {table.episodes.task_label}"
        try:
            made = _task(title, table, tables, dealt_again)
        except OneShotError as refusal:
            left_out.setdefault(str(refusal), []).append(title)
            continue
        if made is None:
            continue
        if made.n_bytes > room:
            reason = f"the page has no room for more {made.nouns.images}"
            left_out.setdefault(reason, []).append(title)
        else:
            tasks.append(made)
            room -= made.n_bytes
    return Gallery(
        tasks=tuple(tasks),
        left_out=tuple(f"{', '.join(titles)}: {reason}" for reason, titles in left_out.items()),
    )


def _task(
    title: str, table: Table, tables: Sequence[Table], dealt_again: DealtAgain
) -> TaskGallery | None:
    """Return a task's gallery; None where nobody got anything wrong.

    Raises:
        OneShotError: its dataset cannot be had, or has other pixels or episodes.
    """
    ready = dealt_again.of(table)
    n_all = ready.key.truth.size
    n_queries = min(MOST_QUERIES, n_all)
    found = [*table.measured, *_of_longer_tables(table, tables, ready, dealt_again)]
    found.sort(key=lambda row: -row.records[0].outcomes.right.ravel()[:n_all].mean())
    rows = found[:MOST_METHODS]
    answers = [_flat(row.records[0].outcomes, n_queries) for row in rows]
    trials = np.flatnonzero(~np.all([each.right for each in answers], axis=0)).tolist()
    if not len(trials):
        return None
    sheet = _Sheet(ready)
    return TaskGallery(
        title=title,
        n_queries=n_queries,
        n_all=n_all,
        n_shot=ready.episodes.n_shot,
        queries=tuple(sheet.query(trial) for trial in trials),
        methods=tuple(
            Answers(
                label=label,
                seed=row.seeds[0],
                wrong=_wrong(trials, each, sheet),
            )
            for label, row, each in zip(_labels(rows), rows, answers, strict=True)
        ),
        n_left_out=len(found) - len(rows),
        sprite=sheet.sprite(),
        nouns=dealt_again.nouns(table),
    )


def _labels(rows: Sequence[Row]) -> list[str]:
    """Return the rows' labels; those of one name tell how many episodes their record has."""
    names = Counter(row.label for row in rows)
    labels = [
        row.label
        if names[row.label] == 1
        else f"{row.label}, of {len(row.records[0].outcomes.answer)} episodes"
        for row in rows
    ]
    assert len(set(labels)) == len(labels)  # within a table the leaderboard tells variants apart
    return labels


class _Sheet:
    """Numbers a task's drawings as they are first needed."""

    def __init__(self, ready: Dealt) -> None:
        self._episodes, self._key = ready.episodes, ready.key
        self._numbers: dict[int, int] = {}

    def query(self, trial: int) -> Query:
        episode, query = divmod(trial, self._episodes.n_query)
        return Query(
            trial=trial + 1,
            cluster=self._key.clusters[self._key.cluster[episode]],
            drawing=self._number(self._episodes.query[episode, query]),
            true_drawing=self.candidate(trial, self._key.truth[episode, query]),
        )

    def candidate(self, trial: int, way: int) -> int:
        """Return the number of a way's first support image."""
        return self._number(self._episodes.support[trial // self._episodes.n_query, way, 0])

    def _number(self, row: int) -> int:
        return self._numbers.setdefault(int(row), len(self._numbers))

    def sprite(self) -> Sprite:
        return sprite(self._episodes.pool.take(np.fromiter(self._numbers, np.intp)))


def _wrong(trials: Sequence[int], answers: Outcomes, sheet: _Sheet) -> Wrong:
    wrong = Wrong()
    for number, trial in enumerate(trials):
        if not answers.right[trial]:
            wrong.query.append(number)
            wrong.drawing.append(sheet.candidate(trial, answers.answer[trial]))
            wrong.score.append(_score(answers.answer_score, trial))
            wrong.true_score.append(_score(answers.true_score, trial))
            wrong.tied.append(int(answers.tied[trial]))
    return wrong


def _score(scores: NDArray[np.float32] | None, trial: int) -> float | None:
    """Return a score to four digits; None where the record does not tell, or it is infinite."""
    if scores is None or not np.isfinite(scores[trial]):
        return None
    return float(f"{scores[trial]:.4g}")


def _flat(outcomes: Outcomes, n_queries: int) -> Outcomes:
    """Return the first outcomes, query after query: every array ``(n_queries,)``."""
    return Outcomes(
        answer=outcomes.answer.ravel()[:n_queries],
        tied=outcomes.tied.ravel()[:n_queries],
        right=outcomes.right.ravel()[:n_queries],
        answer_score=_flat_scores(outcomes.answer_score, n_queries),
        true_score=_flat_scores(outcomes.true_score, n_queries),
    )


def _flat_scores(scores: NDArray[np.float32] | None, n_queries: int) -> NDArray[np.float32] | None:
    return None if scores is None else scores.ravel()[:n_queries]


def _of_longer_tables(
    table: Table, tables: Sequence[Table], ready: Dealt, dealt_again: DealtAgain
) -> Iterator[Row]:
    """Yield the rows that answered these episodes and, after them, more of the same task.

    So a person who sat through the first 40 trials stands beside the methods that answered all.
    """
    episodes, n_episodes = table.episodes, len(ready.episodes)
    known = {row.variant for row in table.measured}
    for longer in tables:
        other = longer.episodes
        same_dataset = other.dataset.fingerprint == episodes.dataset.fingerprint
        same = same_dataset and other.task == episodes.task
        if episodes.n_episodes is None or not same or longer is table or not longer.measured:
            continue
        if len(longer.measured[0].records[0].outcomes.answer) <= n_episodes:
            continue
        with suppress(OneShotError):  # the longer task tells of it for itself
            if dealt_again.of(longer).begins_with(ready):
                yield from (row for row in longer.measured if row.variant not in known)
                known |= {row.variant for row in longer.measured}


class DealtAgain:
    """Deals what tables are of; each dataset is loaded once.

    Args:
        plugins: where datasets and tasks are found.
    """

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._datasets: dict[str, Dataset] = {}

    def of(self, table: Table) -> Dealt:
        """Return the episodes of a table.

        Raises:
            OneShotError: its dataset cannot be had, or has other pixels or episodes.
        """
        episodes = table.episodes
        dataset = self._dataset(episodes.dataset.name)
        if dataset.fingerprint != episodes.dataset.fingerprint:
            raise DataError(
                f"the dataset at hand has other pixels ({dataset.fingerprint[:8]}, and the "
                f"records are of {episodes.dataset.fingerprint[:8]})"
            )
        ready = dealt(dataset, episodes.task, episodes.n_episodes, self._plugins)
        if ready.key.manifest != episodes.manifest:
            raise DataError("this version draws other episodes than the records are of")
        return ready

    def nouns(self, table: Table) -> Nouns:
        """Return the words of a table's dataset."""
        return self._dataset(table.episodes.dataset.name).nouns

    def _dataset(self, name: str) -> Dataset:
        if name not in self._datasets:
            self._datasets[name] = load_dataset(name, self._plugins)
        return self._datasets[name]
