"""Which figures the rows give; a drawing of each is another file's business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.protocol.file_names import dataset_folder, file_name
from harness.protocol.settings import MethodChoice
from harness.records.learning_curve import LearningCurve
from harness.records.repetitions import HEADLINE_WAYS, TaskEpisodes, Variant
from harness.report.published import Published, published_for
from harness.report.tables import Curve, Table, curves
from harness.statistics.accuracy import Accuracy

LEARNING = "learning-curves"
_FEWEST_WAYS, _FEWEST_METHODS = 3, 2


@dataclass(frozen=True, kw_only=True)
class AgainstN:
    """Accuracy against N.

    Attributes:
        name: of its file, without what follows the dot.
        what: the dataset and the tasks.
        curve: the tasks, by rising N.
        background: the same tasks on the background groups; None without records of them.
        published: the figures that may stand beside them.
    """

    name: str
    what: str
    curve: Curve
    background: Curve | None
    published: tuple[Published, ...]

    @property
    def title(self) -> str:
        """What it shows, where nothing beside it says so."""
        return f"{self.what}: accuracy against N"


@dataclass(frozen=True, kw_only=True)
class AgainstCost:
    """Accuracy against what training and scoring cost; names as above."""

    name: str
    what: str
    table: Table

    @property
    def title(self) -> str:
        """What it shows, where nothing beside it says so."""
        return f"{self.what}: accuracy against cost"


@dataclass(frozen=True, kw_only=True)
class Learning:
    """The learning curves of one dataset; names as above."""

    name: str
    what: str
    curves: tuple[LearningCurve, ...]

    @property
    def title(self) -> str:
        """What it shows, where nothing beside it says so."""
        return f"{self.what}: learning curves"


def against_n_figures(tables: Iterable[Table]) -> tuple[AgainstN, ...]:
    """Return a figure of each evaluation curve of three N or more; real ones first."""
    measured = [table for table in tables if table.measured]
    by_length = sorted(curves(measured, fewest=1), key=lambda curve: -len(curve.tables))
    found: dict[str, AgainstN] = {}
    for curve in by_length:
        episodes = curve.episodes
        if episodes.task.split == "evaluation" and len(curve.tables) >= _FEWEST_WAYS:
            family, shots = episodes.task.family, f"{episodes.task.n_shot}s"
            figure = AgainstN(
                name=_name("accuracy-against-n", episodes, f"{family}-{shots}"),
                what=f"{episodes.dataset.label} {family}-Nw{shots}{episodes.episodes_label}",
                curve=curve,
                background=next((c for c in by_length if _is_background_of(c, curve)), None),
                published=_published(curve),
            )
            # of two sets of pixels under one name, that of the most points came first
            found.setdefault(figure.name, figure)
    return tuple(sorted(found.values(), key=lambda f: (f.curve.episodes.dataset.synthetic, f.name)))


def against_cost_figures(tables: Iterable[Table]) -> tuple[AgainstCost, ...]:
    """Return a figure for each main task, real ones first.

    Of a curve's points those are main that papers report.
    """
    tables = tuple(tables)
    points = {
        table.episodes for curve in curves(tables, fewest=_FEWEST_WAYS) for table in curve.tables
    }
    found: dict[str, AgainstCost] = {}
    for table in tables:
        episodes = table.episodes
        headline = episodes not in points or episodes.task.n_way in HEADLINE_WAYS
        if not headline or episodes.task.split != "evaluation" or table.number > 1:
            continue
        if len(table.measured) >= _FEWEST_METHODS:
            name = _name("accuracy-against-cost", episodes, str(episodes.task))
            what = f"{episodes.dataset.label} {episodes.task_label}"
            found.setdefault(name, AgainstCost(name=name, what=what, table=table))
    return tuple(sorted(found.values(), key=lambda f: (f.table.episodes.dataset.synthetic, f.name)))


def learning_figures(learning: Iterable[LearningCurve]) -> tuple[Learning, ...]:
    """Return a figure for each dataset that anything learnt from."""
    learning = tuple(learning)
    datasets = {curve.dataset for curve in learning}
    return tuple(
        Learning(
            name=f"{LEARNING}-{dataset_folder(dataset)}",
            what=dataset.label,
            curves=tuple(curve for curve in learning if curve.dataset == dataset),
        )
        for dataset in sorted(datasets, key=lambda each: (each.name, each.fingerprint))
    )


def _is_background_of(other: Curve, curve: Curve) -> bool:
    one, two = other.episodes, curve.episodes
    return (one.dataset, one.n_episodes, one.task.curve) == (
        two.dataset,
        two.n_episodes,
        f"{two.task.curve}@background",
    )


def _published(curve: Curve) -> tuple[Published, ...]:
    episodes = curve.episodes
    if episodes.dataset.synthetic:
        return ()
    return tuple(
        figure
        for table in curve.tables
        for figure in published_for(
            episodes.dataset.name, str(table.episodes.task), episodes.n_episodes
        )
    )


def _name(kind: str, episodes: TaskEpisodes, what: str) -> str:
    length = "" if episodes.n_episodes is None else f"-{episodes.n_episodes}-episodes"
    return file_name(f"{kind}-{episodes.dataset.name}-{what}{length}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """The points of one variant of a method on a curve, by rising N; where it failed is none."""

    method: MethodChoice
    label: str
    ways: tuple[int, ...]
    accuracy: tuple[Accuracy, ...]


def lines(curve: Curve) -> tuple[Line, ...]:
    """Return the variants' lines, that which ends lowest first."""
    points: dict[Variant, list[tuple[int, Accuracy]]] = {}
    labels = {}
    for table in curve.tables:
        for row in table.measured:
            if row.accuracy is not None:
                points.setdefault(row.variant, []).append((table.n_way, row.accuracy))
                labels[row.variant] = row.label
    found = [
        Line(
            method=variant.method,
            label=labels[variant],
            ways=tuple(n_way for n_way, _ in line),
            accuracy=tuple(accuracy for _, accuracy in line),
        )
        for variant, line in points.items()
    ]
    return tuple(sorted(found, key=lambda line: (line.accuracy[-1].mean, line.label)))
