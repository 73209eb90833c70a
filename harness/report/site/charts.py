"""The page's charts as plain values, which its script draws with Plotly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite

from harness.protocol.settings import MethodChoice
from harness.records.learning_curve import LearningCurve
from harness.report.figures import (
    AgainstCost,
    AgainstN,
    Learning,
    Line,
    against_cost_figures,
    against_n_figures,
    learning_figures,
    lines,
)
from harness.report.leaderboard import Row
from harness.report.plots.style import styles
from harness.report.quantities import UNTRAINED_SECONDS, ranged
from harness.report.site.wrong_trials import MOST_METHODS
from harness.report.tables import Table

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
class MethodLook:
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
class PublishedPoint:
    """A published figure."""

    n_way: int
    accuracy: float
    text: str


@dataclass(frozen=True, kw_only=True)
class NChart:
    """Accuracy against N."""

    title: str
    lines: tuple[NLine, ...]
    published: tuple[PublishedPoint, ...]

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

    methods: tuple[MethodLook, ...]
    against_n: tuple[NChart, ...]
    against_cost: tuple[CostChart, ...]
    learning: tuple[LearningChart, ...]


def charts(tables: Iterable[Table], learning: Iterable[LearningCurve]) -> Charts:
    """Return the charts that tables and learning curves have enough for.

    Each shows the best ``MOST_METHODS`` alone, and says so where there are more.
    """
    tables, learning = tuple(tables), tuple(learning)
    against_n = tuple(map(_against_n, against_n_figures(tables)))
    against_cost = tuple(map(_against_cost, against_cost_figures(tables)))
    learnt = tuple(map(_learning, learning_figures(learning)))
    drawn = {line.method for chart in against_n for line in chart.lines}
    drawn |= {line.method for chart in learnt for line in chart.lines}
    drawn |= {point.method for chart in against_cost for point in chart.points}
    return Charts(
        methods=tuple(each for each in _methods(tables, learning) if each.name in drawn),
        against_n=against_n,
        against_cost=against_cost,
        learning=learnt,
    )


def _methods(tables: Sequence[Table], learning: Sequence[LearningCurve]) -> Iterator[MethodLook]:
    """Yield every method, in the order in which it stands in the first table that has it."""
    shown = [row.method for table in tables for row in table.rows]
    shown += [curve.choice for curve in learning]
    look = styles(shown)
    for method in dict.fromkeys(shown):
        style = look[method]
        yield MethodLook(name=str(method), colour=style.colour, symbol=_SYMBOLS[style.marker])


def _title(what: str, n_all: int) -> str:
    return what if n_all <= MOST_METHODS else f"{what}, the best {MOST_METHODS} of {n_all} methods"


def _against_n(figure: AgainstN) -> NChart:
    solid = lines(figure.curve)  # the best last
    dashed = () if figure.background is None else lines(figure.background)
    return NChart(
        title=_title(figure.what, len(solid)),
        lines=(
            *(_line(line) for line in solid[-MOST_METHODS:]),
            *(_line(line, dashed=True) for line in dashed[-MOST_METHODS:]),
        ),
        published=tuple(
            PublishedPoint(
                n_way=each.n_way,
                accuracy=each.accuracy,
                text=f"published: {each.method}, {each.accuracy} ({each.source})",
            )
            for each in figure.published
        ),
    )


def _line(line: Line, *, dashed: bool = False) -> NLine:
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
    rows = figure.table.measured
    return CostChart(
        title=_title(figure.what, len(rows)), points=tuple(map(_point, rows[:MOST_METHODS]))
    )


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
    best = sorted({curve.choice for curve in figure.curves}, key=partial(_ended, figure.curves))
    return LearningChart(
        title=_title(figure.what, len(best)),
        lines=tuple(_training(c) for c in figure.curves if c.choice in best[:MOST_METHODS]),
    )


def _ended(curves: Sequence[LearningCurve], method: MethodChoice) -> tuple[float, str]:
    """Return where a method stands among others: the best validation accuracy first."""
    accuracies = [c.points[-1].accuracy or 0.0 for c in curves if c.choice == method]
    return -max(accuracies), str(method)


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
