"""The plot of accuracy against N: one line for each method, dashed on the background alphabets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.plot_style import GREY, Style, new_figure
from harness.published import Published
from harness.settings import MethodChoice
from harness.tables import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 8.0, 5.0
_LINE_HEIGHT = 4.4
"""Of a label, in percent of the accuracy axis."""
_LONGEST_LABEL = 40
_MOST_MARKERS = 12


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A method's points on one curve; an interval's ends are NaN where there is none."""

    method: MethodChoice
    label: str
    ways: Sequence[int]
    mean: Sequence[float]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def against_n(
    curve: Curve,
    background: Curve | None,
    published: Sequence[Published],
    styles: Mapping[MethodChoice, Style],
    title: str,
) -> Figure:
    """Draw a curve, where it exists the same curve on the background alphabets, and chance."""
    figure = new_figure(_WIDTH, _HEIGHT)
    lines = _lines(curve)
    dashed = [] if background is None else _lines(background)
    known = {line.method for line in lines}
    labels = [(line, line.label) for line in lines]
    labels += [(line, f"{line.label}, background") for line in dashed if line.method not in known]
    axes = figure.add_axes((0.085, 0.115, _axes_width([text for _, text in labels]), 0.80))
    longest = max(line.ways[-1] for line in (*lines, *dashed))
    for line in lines:
        _draw(axes, line, styles[line.method], "-")
    for line in dashed:
        _draw(axes, line, styles[line.method], (0, (4, 2)))
    _draw_chance(axes, longest)
    for figures in published:
        _draw_published(axes, figures)
    axes.set(xlim=(0, longest + 1), ylim=(0, 102), xlabel="N, classes in an episode")
    axes.set(ylabel="accuracy, %", title=title)
    _label_ends(axes, [(line, _short(text)) for line, text in labels], styles, longest)
    if dashed:
        _explain_dashes(axes)
    return figure


def _lines(curve: Curve) -> list[_Line]:
    """Return the methods' lines, as high up as they end."""
    points: dict[MethodChoice, list[tuple[int, Any]]] = {}
    labels = {}
    for table in curve.tables:
        for row in table.measured:
            points.setdefault(row.method, []).append((table.asked.task.n_way or 0, row.accuracy))
            labels[row.method] = row.label
    lines = [
        _Line(
            method=method,
            label=labels[method],
            ways=[n_way for n_way, _ in found],
            mean=[accuracy.mean for _, accuracy in found],
            low=np.array([accuracy.low for _, accuracy in found], np.float64),
            high=np.array([accuracy.high for _, accuracy in found], np.float64),
        )
        for method, found in points.items()
    ]
    return sorted(lines, key=lambda line: (line.mean[-1], line.label))


def _draw(axes: Axes, line: _Line, style: Style, dashes: Any) -> None:
    few = len(line.ways) <= _MOST_MARKERS
    axes.fill_between(line.ways, line.low, line.high, color=style.colour, alpha=0.15, linewidth=0)
    axes.plot(
        line.ways,
        line.mean,
        color=style.colour,
        linestyle=dashes,
        linewidth=1.8,
        marker=style.marker if few else "",
        markersize=5,
    )


def _draw_chance(axes: Axes, longest: int) -> None:
    ways = np.arange(2, longest + 1)
    axes.plot(ways, 100 / ways, color="black", linewidth=0.8, linestyle=":", zorder=1.5)
    # above the line where it is still steep enough to leave room
    axes.annotate(
        "chance, 1/N",
        (2, 50),
        xytext=(4, -2),
        textcoords="offset points",
        fontsize=8,
        color="black",
    )


def _draw_published(axes: Axes, figure: Published) -> None:
    axes.plot(
        [figure.n_way],
        [figure.accuracy],
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor="black",
        markeredgewidth=1.4,
        linestyle="none",
        zorder=4,
    )
    axes.annotate(
        f"published {figure.accuracy:g}: {figure.method}",
        (figure.n_way, figure.accuracy),
        xytext=(8, 5),
        textcoords="offset points",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        zorder=3.5,
    )


def _label_ends(
    axes: Axes,
    labels: Sequence[tuple[_Line, str]],
    styles: Mapping[MethodChoice, Style],
    longest: int,
) -> None:
    """Write each label beside the end of its line, moved apart where lines end close together."""
    places = _apart([line.mean[-1] for line, _ in labels])
    for (line, text), place in zip(labels, places, strict=True):
        colour = styles[line.method].colour
        axes.plot(
            [line.ways[-1], longest + 1, 1.035 * longest + 1],
            [line.mean[-1], place if line.ways[-1] == longest else line.mean[-1], place],
            color=colour,
            linewidth=0.6,
            clip_on=False,
        )
        axes.text(1.045 * longest + 1, place, text, color=colour, fontsize=9, va="center")


def _apart(heights: Sequence[float]) -> NDArray[np.float64]:
    """Return the heights nearest to the given ones that leave a line's height between any two."""
    from scipy.optimize import isotonic_regression

    if not heights:
        return np.empty(0)
    order = np.argsort(heights, kind="stable")
    room = min(_LINE_HEIGHT, 100 / len(heights)) * np.arange(len(heights))
    places = isotonic_regression(np.asarray(heights)[order] - room).x
    placed = np.empty(len(heights))
    placed[order] = np.clip(places, 1, 101 - room[-1]) + room
    return placed


def _axes_width(labels: Sequence[str]) -> float:
    """Return the share of the figure's width that the longest label leaves for the axes."""
    longest = max((len(_short(label)) for label in labels), default=0)
    return 0.87 - 0.0105 * longest


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _explain_dashes(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    axes.legend(
        [Line2D([], [], color=GREY), Line2D([], [], color=GREY, linestyle=(0, (4, 2)))],
        ["evaluation alphabets", "background alphabets"],
        loc="upper right",
        fontsize=8,
    )
