"""The plot of accuracy against N: one line for each method, dashed on the background groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import Nouns
from harness.protocol.settings import MethodChoice
from harness.report.figures import AgainstN, Line, lines
from harness.report.plots.style import GREY, Style, new_figure
from harness.report.published import Published

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 8.0, 5.0
_LINE_HEIGHT = 4.4
"""Of a label, in percent of the accuracy axis."""
_LONGEST_LABEL = 36
_MOST_MARKERS = 12
Dashes: TypeAlias = tuple[float, tuple[float, float]]
"""An offset, and the lengths of a dash and a gap, as matplotlib takes them."""
_DASHES: Dashes = (0, (4, 2))


@dataclass(frozen=True, kw_only=True)
class _End:
    """Where a line ends, and what is written beside it."""

    text: str
    colour: str
    n_way: int
    height: float


def against_n(shown: AgainstN, styles: Mapping[MethodChoice, Style], nouns: Nouns) -> Figure:
    """Draw a curve, the same curve on the background groups where it exists, and chance."""
    figure = new_figure(_WIDTH, _HEIGHT)
    solid = lines(shown.curve)
    dashed = () if shown.background is None else lines(shown.background)
    longest = max(line.ways[-1] for line in (*solid, *dashed))
    ends = _ends(solid, dashed, styles, longest)
    axes = figure.add_axes((0.085, 0.115, _axes_width(ends), 0.80))
    for line in solid:
        _shade(axes, line, styles[line.method])
        _draw(axes, line, styles[line.method])
    for line in dashed:
        _draw(axes, line, styles[line.method], _DASHES)
    _draw_chance(axes, longest)
    for figures in shown.published:
        _draw_published(axes, figures, leftwards=figures.n_way > longest / 2)
    axes.set(xlim=(0, longest + 1), ylim=(0, 102))
    axes.set_xlabel("N, classes in an episode", loc="left")
    axes.set(ylabel="accuracy, %", title=shown.title)
    _label_ends(axes, ends, longest)
    if dashed:
        _explain_dashes(figure, nouns)
    return figure


def _draw(axes: Axes, line: Line, style: Style, dashes: Dashes | Literal["-"] = "-") -> None:
    axes.plot(
        line.ways,
        [each.mean for each in line.accuracy],
        color=style.colour,
        linestyle=dashes,
        linewidth=1.8,
        marker=style.marker,
        markersize=5,
        markevery=-(-len(line.ways) // _MOST_MARKERS),
    )


def _shade(axes: Axes, line: Line, style: Style) -> None:
    low = np.array([each.low for each in line.accuracy], np.float64)  # None becomes NaN, a gap
    high = np.array([each.high for each in line.accuracy], np.float64)
    axes.fill_between(line.ways, low, high, color=style.colour, alpha=0.15, linewidth=0)


def _draw_chance(axes: Axes, longest: int) -> None:
    ways = np.arange(2, longest + 1)
    axes.plot(ways, 100 / ways, color="black", linewidth=1, linestyle=":", zorder=2.5)


def _draw_published(axes: Axes, figure: Published, *, leftwards: bool) -> None:
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
        f"published: {figure.accuracy}\n{figure.method}",
        (figure.n_way, figure.accuracy),
        xytext=(-9 if leftwards else 9, 0),
        va="center",
        ha="right" if leftwards else "left",
        textcoords="offset points",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 1},
        zorder=3.5,
    )


def _ends(
    solid: Sequence[Line],
    dashed: Sequence[Line],
    styles: Mapping[MethodChoice, Style],
    longest: int,
) -> list[_End]:
    """Return the ends to label: of the lines, of dashed ones that stand alone, and of chance."""
    known = {line.method for line in solid}
    labelled = [(line, line.label) for line in solid]
    labelled += [(line, f"{line.label}, background") for line in dashed if line.method not in known]
    ends = [
        _End(
            text=text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…",
            colour=styles[line.method].colour,
            n_way=line.ways[-1],
            height=line.accuracy[-1].mean,
        )
        for line, text in labelled
    ]
    return [*ends, _End(text="chance, 1/N", colour="black", n_way=longest, height=100 / longest)]


def _label_ends(axes: Axes, ends: Sequence[_End], longest: int) -> None:
    """Write each label beside the end of its line, moved apart where lines end close together."""
    edge, elbow, text = longest + 1, 1.025 * longest + 1, 1.035 * longest + 1
    for end, place in zip(ends, _apart([end.height for end in ends]), strict=True):
        axes.plot(
            [end.n_way, edge, elbow],
            [end.height, end.height, place],
            color=end.colour,
            linewidth=0.6,
            clip_on=False,
        )
        axes.text(text, place, end.text, color=end.colour, fontsize=9, va="center")


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


def _axes_width(ends: Sequence[_End]) -> float:
    """Return the share of the figure's width that the longest label leaves for the axes."""
    return 0.86 - 0.0093 * max(len(end.text) for end in ends)


def _explain_dashes(figure: Figure, nouns: Nouns) -> None:
    from matplotlib.lines import Line2D

    # below the axes, where no line ever is
    figure.legend(
        [Line2D([], [], color=GREY), Line2D([], [], color=GREY, linestyle=_DASHES)],
        [f"evaluation {nouns.groups}", f"background {nouns.groups}"],
        loc="lower right",
        bbox_to_anchor=(0.995, 0.005),
        ncols=2,
        fontsize=8,
    )
