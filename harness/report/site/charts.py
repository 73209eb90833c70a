"""The page's charts as plain values, which its script draws with Plotly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from harness.learning_curve import LearningCurve
from harness.report.figures import (
    AgainstCost,
    AgainstN,
    Learning,
    against_cost_figures,
    against_n_figures,
    learning_figures,
)
from harness.report.leaderboard import Row
from harness.report.lines import Line, lines
from harness.report.plot_style import styles
from harness.report.quantities import UNTRAINED_SECONDS, ranged
from harness.report.tables import Curve, Table

_SYMBOLS = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    "X": "x",
    "p": "pentagon",
    "*": "star",
}
"""Plotly's names of the markers that the plots use."""
_MINUTE = 60
_DIGITS = 4
"""Of an accuracy or a time on the page: more are bytes that nobody sees."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method as the charts show it: what it is called, and its look in every one of them."""

    name: str
    colour: str
    symbol: str


@dataclass(frozen=True, kw_only=True)
class NLine:
    """A method's line of accuracy against N, in percent; dashed on the background alphabets."""

    method: str
    label: str
    dashed: bool
    ways: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]

    def at(self, n_way: int) -> str:
        """Return a point in words; nothing where there is none."""
        if n_way not in self.ways:
            return ""
        place = self.ways.index(n_way)
        return ranged(self.mean[place], self.low[place], self.high[place])


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A published figure."""

    n_way: int
    accuracy: float
    text: str


@dataclass(frozen=True, kw_only=True)
class NChart:
    """Accuracy against N."""

    title: str
    lines: tuple[NLine, ...]
    published: tuple[Mark, ...]

    @property
    def ways(self) -> tuple[int, ...]:
        """Every N of any line, rising."""
        return tuple(sorted({n_way for line in self.lines for n_way in line.ways}))


@dataclass(frozen=True, kw_only=True)
class CostPoint:
    """A method against its cost; ``fit_seconds`` is None where nothing was fitted."""

    method: str
    label: str
    mean: float
    low: float | None
    high: float | None
    fit_seconds: float | None
    score_ms: float


@dataclass(frozen=True, kw_only=True)
class CostChart:
    """Accuracy against cost on one task."""

    title: str
    points: tuple[CostPoint, ...]


@dataclass(frozen=True, kw_only=True)
class LearningLine:
    """One training; accuracy is None where a point has no validation, loss where it diverged."""

    method: str
    label: str
    minutes: tuple[float, ...]
    accuracy: tuple[float | None, ...]
    loss: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class LearningChart:
    """The trainings on one dataset."""

    title: str
    lines: tuple[LearningLine, ...]


@dataclass(frozen=True, kw_only=True)
class Charts:
    """All charts, and every method that is in one."""

    methods: tuple[Method, ...]
    against_n: tuple[NChart, ...]
    against_cost: tuple[CostChart, ...]
    learning: tuple[LearningChart, ...]


def charts(tables: Iterable[Table], learning: Iterable[LearningCurve]) -> Charts:
    """Return the charts that tables and learning curves have enough for."""
    tables, learning = tuple(tables), tuple(learning)
    return Charts(
        methods=_methods(tables, learning),
        against_n=tuple(map(_against_n, against_n_figures(tables))),
        against_cost=tuple(map(_against_cost, against_cost_figures(tables))),
        learning=tuple(map(_learning, learning_figures(learning))),
    )


def _methods(tables: Sequence[Table], learning: Sequence[LearningCurve]) -> tuple[Method, ...]:
    """Return every method, in the order in which it stands in the first table that has it."""
    shown = [row.method for table in tables for row in table.rows]
    shown += [curve.choice for curve in learning]
    look = styles(shown)
    return tuple(
        Method(name=str(method), colour=look[method].colour, symbol=_SYMBOLS[look[method].marker])
        for method in dict.fromkeys(shown)
    )


def _against_n(figure: AgainstN) -> NChart:
    return NChart(
        title=figure.title,
        lines=(*_lines(figure.curve), *_lines(figure.background, dashed=True)),
        published=tuple(
            Mark(
                n_way=each.n_way,
                accuracy=each.accuracy,
                text=f"published: {each.method}, {each.accuracy} ({each.source})",
            )
            for each in figure.published
        ),
    )


def _lines(curve: Curve | None, *, dashed: bool = False) -> tuple[NLine, ...]:
    return () if curve is None else tuple(_line(line, dashed) for line in lines(curve))


def _line(line: Line, dashed: bool) -> NLine:
    return NLine(
        method=str(line.method),
        label=line.label,
        dashed=dashed,
        ways=line.ways,
        mean=tuple(round(each.mean, _DIGITS) for each in line.accuracy),
        low=tuple(_rounded(each.low) for each in line.accuracy),
        high=tuple(_rounded(each.high) for each in line.accuracy),
    )


def _against_cost(figure: AgainstCost) -> CostChart:
    return CostChart(title=figure.title, points=tuple(map(_point, figure.table.measured)))


def _point(row: Row) -> CostPoint:
    assert row.accuracy is not None and row.spent is not None  # measured rows have both
    fitted = row.spent.fit_seconds >= UNTRAINED_SECONDS
    return CostPoint(
        method=str(row.method),
        label=row.label,
        mean=round(row.accuracy.mean, _DIGITS),
        low=_rounded(row.accuracy.low),
        high=_rounded(row.accuracy.high),
        fit_seconds=row.spent.fit_seconds if fitted else None,
        score_ms=row.spent.score_ms,
    )


def _learning(figure: Learning) -> LearningChart:
    return LearningChart(title=figure.title, lines=tuple(map(_training, figure.curves)))


def _training(curve: LearningCurve) -> LearningLine:
    return LearningLine(
        method=str(curve.choice),
        label=f"{curve.choice}, seed {curve.seed}",
        minutes=tuple(round(point.seconds / _MINUTE, _DIGITS) for point in curve.points),
        accuracy=tuple(_rounded(point.accuracy) for point in curve.points),
        loss=tuple(point.loss if isfinite(point.loss) else None for point in curve.points),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
