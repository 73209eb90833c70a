"""Which plots the rows give, and each as PNG and SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.learning_curve import LearningCurve
from harness.records import dataset_folder
from harness.repetitions import HEADLINE_WAYS, Asked, dataset_label
from harness.report.plot_against_cost import against_cost
from harness.report.plot_against_n import against_n
from harness.report.plot_learning import against_training
from harness.report.plot_style import Style, drawing, styles, to_bytes
from harness.report.published import published_for
from harness.report.tables import Curve, Table, curves
from harness.settings import MethodChoice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEARNING = "learning-curves"
FILE_NAME = re.compile(rf"(accuracy-against-(n|cost)|{LEARNING})-.+\.(png|svg)")
"""What every plot's file is called, and nothing else in the folder should be."""
_FEWEST_WAYS, _FEWEST_METHODS = 3, 3


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A picture of some rows.

    Attributes:
        name: of its files, without what follows the dot.
        title: as it stands in the picture.
        dataset_label: the dataset it shows, marked when synthetic.
        png: the picture as PNG.
        svg: the picture as SVG.
    """

    name: str
    title: str
    dataset_label: str
    png: bytes
    svg: bytes


def plots(tables: Iterable[Table], learning: Iterable[LearningCurve]) -> tuple[Plot, ...]:
    """Draw every plot that tables and learning curves have enough for, sorted by name."""
    tables, learning = tuple(tables), tuple(learning)
    shown = [row.method for table in tables for row in table.rows]
    look = styles([*shown, *(curve.choice for curve in learning)])
    found: dict[str, Plot] = {}
    with drawing():
        for plot in (
            *_against_n(tables, look),
            *_against_cost(tables, look),
            *_learning(learning, look),
        ):
            # of two sets of pixels under one name, that of the most points came first
            found.setdefault(plot.name, plot)
    return tuple(found[name] for name in sorted(found))


def _against_n(tables: tuple[Table, ...], look: Mapping[MethodChoice, Style]) -> Iterator[Plot]:
    measured = [table for table in tables if table.measured]
    by_length = sorted(curves(measured, fewest=1), key=lambda curve: -len(curve.tables))
    for curve in by_length:
        asked = curve.asked
        if asked.task.split != "evaluation" or len(curve.tables) < _FEWEST_WAYS:
            continue
        background = next((c for c in by_length if _is_background_of(c, curve)), None)
        published = [
            figure
            for table in curve.tables
            if not asked.synthetic
            for figure in published_for(asked.dataset, str(table.asked.task), asked.n_episodes)
        ]
        shots = f"{asked.task.n_shot}s"
        name = f"accuracy-against-n-{asked.dataset}-{asked.task.family}-{shots}"
        title = f"{asked.dataset_label}: accuracy against N, {asked.task.family}-Nw{shots}"
        draw = partial(against_n, curve, background, published, look)
        yield _plot(name, title, asked, draw)


def _is_background_of(other: Curve, curve: Curve) -> bool:
    one, two = other.asked, curve.asked
    return (one.dataset, one.fingerprint, one.n_episodes, one.task.curve) == (
        two.dataset,
        two.fingerprint,
        two.n_episodes,
        f"{two.task.curve}@background",
    )


def _against_cost(tables: tuple[Table, ...], look: Mapping[MethodChoice, Style]) -> Iterator[Plot]:
    """Draw the main tasks: evaluation ones, and of a curve's points those that papers report."""
    points = {
        table.asked for curve in curves(tables, fewest=_FEWEST_WAYS) for table in curve.tables
    }
    for table in tables:
        asked = table.asked
        headline = asked not in points or asked.task.n_way in HEADLINE_WAYS
        if not headline or asked.task.split != "evaluation" or table.number > 1:
            continue
        if len(table.measured) >= _FEWEST_METHODS:
            name = f"accuracy-against-cost-{asked.dataset}-{asked.task}"
            title = f"{asked.dataset_label}: accuracy against cost, {asked.task}"
            yield _plot(name, title, asked, partial(against_cost, table, look))


def _learning(
    learning: tuple[LearningCurve, ...], look: Mapping[MethodChoice, Style]
) -> Iterator[Plot]:
    """Draw one plot for each dataset."""
    datasets = {(curve.dataset, curve.fingerprint): curve.synthetic for curve in learning}
    for (dataset, fingerprint), synthetic in sorted(datasets.items()):
        found = (dataset, fingerprint)
        shown = [curve for curve in learning if (curve.dataset, curve.fingerprint) == found]
        label = dataset_label(dataset, synthetic)
        name = f"{LEARNING}-{dataset_folder(dataset, fingerprint)}"
        draw = partial(against_training, shown, look)
        yield _drawn(name, f"{label}: learning curves", label, draw)


def _plot(name: str, title: str, asked: Asked, draw: partial[Figure]) -> Plot:
    if asked.n_episodes is not None:
        name, title = (
            f"{name}-{asked.n_episodes}-episodes",
            f"{title}{asked.episodes_label}",
        )
    return _drawn(name, title, asked.dataset_label, draw)


def _drawn(name: str, title: str, label: str, draw: partial[Figure]) -> Plot:
    figure = draw(title)
    return Plot(
        name=re.sub(r"[^A-Za-z0-9_.@-]+", "-", name),
        title=title,
        dataset_label=label,
        png=to_bytes(figure, "png"),
        svg=to_bytes(figure, "svg"),
    )
