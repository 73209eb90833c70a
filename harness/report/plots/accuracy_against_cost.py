"""The plot of accuracy against cost: what a query takes to score, and what training takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.protocol.settings import MethodChoice
from harness.report.leaderboard import Row
from harness.report.plots.style import Style, new_figure
from harness.report.quantities import UNTRAINED_SECONDS
from harness.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT, _LEGEND_LINE = 8.0, 4.2, 0.22
_LEGEND_COLUMNS = 3
_LONGEST_LABEL = 34


def against_cost(table: Table, styles: Mapping[MethodChoice, Style], title: str) -> Figure:
    """Draw a table's methods: against scoring time and, where any was trained, training time."""
    rows = table.measured
    n_lines = -(-len(rows) // _LEGEND_COLUMNS)
    figure = new_figure(_WIDTH, _HEIGHT + _LEGEND_LINE * n_lines, layout="constrained")
    trained = [row for row in rows if _fit_seconds(row) >= UNTRAINED_SECONDS]
    panels = figure.subplots(1, 2 if trained else 1, sharey=True, squeeze=False)[0]
    handles = _points(panels[0], rows, styles, _score_ms)
    _log_axis(panels[0], [_score_ms(row) for row in rows], "milliseconds to score a query")
    panels[0].set_ylabel("accuracy, %")
    if trained:
        seconds = [_fit_seconds(row) for row in trained]
        edge = min(seconds) / 20
        _points(panels[1], rows, styles, lambda row: max(_fit_seconds(row), edge))
        _log_axis(panels[1], seconds, "seconds to train", edge=edge)
    panels[0].set_ylim(*_limits(rows))
    figure.align_xlabels()
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    figure.legend(
        handles,
        [_short(row.label) for row in rows],
        loc="outside lower left",
        ncols=_LEGEND_COLUMNS,
        fontsize=9,
    )
    return figure


def _points(
    axes: Axes,
    rows: Sequence[Row],
    styles: Mapping[MethodChoice, Style],
    cost: Callable[[Row], float],
) -> list[Any]:
    handles = []
    for row in rows:
        assert row.accuracy is not None
        mean, low, high = row.accuracy.mean, row.accuracy.low, row.accuracy.high
        bars = None if low is None or high is None else [[mean - low], [high - mean]]
        style = styles[row.method]
        handles.append(
            axes.errorbar(
                [cost(row)],
                [mean],
                yerr=bars,
                color=style.colour,
                marker=style.marker,
                markersize=7,
                linestyle="none",
                elinewidth=1.4,
                capsize=3,
            )
        )
    return handles


def _log_axis(axes: Axes, costs: Sequence[float], label: str, edge: float | None = None) -> None:
    """Put ticks at powers of ten around the costs; with an edge, untrained methods stand at it."""
    low, high = min(costs) / 2, max(costs) * 2
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    if len(powers) < 2:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        low, high = 10.0 ** powers[0], 10.0 ** powers[-1]
    ticks = [10.0**power for power in powers]
    names = [f"{10.0**power:,.{max(0, -power)}f}" for power in powers]
    if edge is not None:
        low = edge / 3
        axes.axvspan(low, edge * 3, color="#f2f2f2", linewidth=0)
        ticks, names = [edge, *ticks], ["no\ntraining", *names]
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, names)
    axes.minorticks_off()
    axes.set_xlabel(label)


def _limits(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the range of accuracies with all intervals in it, and some room."""
    ends = [
        end
        for row in rows
        if row.accuracy is not None
        for end in (row.accuracy.mean, row.accuracy.low, row.accuracy.high)
        if end is not None
    ]
    room = max(2.0, 0.06 * (max(ends) - min(ends)))
    return max(-1.0, min(ends) - room), min(101.0, max(ends) + room)


def _score_ms(row: Row) -> float:
    # a clock that did not tick is no reason to leave the axis
    return max(row.spent.score_ms, 1e-6) if row.spent is not None else 1e-6


def _fit_seconds(row: Row) -> float:
    return row.spent.fit_seconds if row.spent is not None else 0.0


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
