"""The plot of learning curves: validation accuracy and loss against training time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.protocol.settings import MethodChoice
from harness.records.learning_curve import LearningCurve
from harness.report.plots.style import Style, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

_WIDTH, _HEIGHT, _LEGEND_LINE = 8.0, 5.6, 0.22
_LEGEND_COLUMNS = 3
_MINUTE = 60


def against_training(
    curves: Sequence[LearningCurve], styles: Mapping[MethodChoice, Style], title: str
) -> Figure:
    """Draw the curves of one dataset: a line for each seed, a colour for each method."""
    methods = sorted({curve.choice for curve in curves}, key=str)
    n_lines = -(-len(methods) // _LEGEND_COLUMNS)
    figure = new_figure(_WIDTH, _HEIGHT + _LEGEND_LINE * n_lines, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    for curve in curves:
        _draw(above, below, curve, styles[curve.choice])
    above.set(ylabel="validation accuracy, %")
    _log_axis(below)
    below.set_xlabel("minutes of training", loc="left")
    below.set_xlim(left=0)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    handles = [_handle(styles[method]) for method in methods]
    figure.legend(
        handles,
        list(map(str, methods)),
        loc="outside lower left",
        ncols=_LEGEND_COLUMNS,
        fontsize=9,
    )
    return figure


def _draw(above: Axes, below: Axes, curve: LearningCurve, style: Style) -> None:
    look: dict[str, Any] = {"color": style.colour, "linewidth": 1.3, "alpha": 0.85, "markersize": 4}
    minutes = [point.seconds / _MINUTE for point in curve.points]
    # a point without a validation has none to draw: NaN leaves a gap
    accuracy = [np.nan if point.accuracy is None else point.accuracy for point in curve.points]
    above.plot(minutes, accuracy, marker=style.marker, **look)
    below.plot(minutes, [point.loss for point in curve.points], marker=style.marker, **look)


def _log_axis(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set(ylabel="loss", yscale="log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _handle(style: Style) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=style.colour, marker=style.marker, markersize=4)
