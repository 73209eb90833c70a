"""The figures as PNG and SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.protocol.settings import MethodChoice
from harness.records.learning_curve import LearningCurve
from harness.report.figures import (
    LEARNING,
    against_cost_figures,
    against_n_figures,
    learning_figures,
)
from harness.report.nouns import GENERAL, ReportNouns
from harness.report.plots.accuracy_against_cost import against_cost
from harness.report.plots.accuracy_against_n import against_n
from harness.report.plots.learning_curves import against_training
from harness.report.plots.style import Style, drawing, styles, to_bytes
from harness.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILE_NAME = re.compile(rf"(accuracy-against-(n|cost)|{LEARNING})-.+\.(png|svg)")
"""What every plot's file is called, and nothing else in the folder should be."""


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


def plots(
    tables: Iterable[Table], learning: Iterable[LearningCurve], nouns: ReportNouns = GENERAL
) -> tuple[Plot, ...]:
    """Draw every figure that tables and learning curves have enough for, sorted by name."""
    tables, learning = tuple(tables), tuple(learning)
    shown = [row.method for table in tables for row in table.rows]
    look = styles([*shown, *(curve.choice for curve in learning)])
    with drawing():
        found = [
            *_against_n(tables, look, nouns),
            *_against_cost(tables, look),
            *_learning(learning, look),
        ]
    return tuple(sorted(found, key=lambda plot: plot.name))


def _against_n(
    tables: tuple[Table, ...], look: Mapping[MethodChoice, Style], nouns: ReportNouns
) -> Iterator[Plot]:
    for shown in against_n_figures(tables):
        dataset = shown.curve.episodes.dataset
        figure = against_n(shown, look, nouns.of(dataset.name))
        yield _drawn(shown.name, shown.title, dataset.label, figure)


def _against_cost(tables: tuple[Table, ...], look: Mapping[MethodChoice, Style]) -> Iterator[Plot]:
    for shown in against_cost_figures(tables):
        figure = against_cost(shown.table, look, shown.title)
        yield _drawn(shown.name, shown.title, shown.table.episodes.dataset.label, figure)


def _learning(
    learning: tuple[LearningCurve, ...], look: Mapping[MethodChoice, Style]
) -> Iterator[Plot]:
    for shown in learning_figures(learning):
        figure = against_training(shown.curves, look, shown.title)
        yield _drawn(shown.name, shown.title, shown.what, figure)


def _drawn(name: str, title: str, label: str, figure: Figure) -> Plot:
    return Plot(
        name=name,
        title=title,
        dataset_label=label,
        png=to_bytes(figure, "png"),
        svg=to_bytes(figure, "svg"),
    )
