"""How every plot looks, and how it becomes bytes that are the same each time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from harness.plugins.defaults import COLOURED, GUESSING
from harness.protocol.settings import MethodChoice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# found by search from Okabe and Ito's palette: near to it, with a contrast of 3 : 1 on white and on
# the near-black of a dark page, and told apart, from grey too, by every kind of colour vision
_PALETTE = (
    "#2389BF",
    "#D65E00",
    "#34A494",
    "#EB6293",
    "#C08932",
    "#7C61CA",
    "#A9405F",
    "#D96E71",
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
GREY = "#767676"

_SETTINGS: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "svg.hashsalt": "oneshot",
    "text.parse_math": False,  # a method's settings may hold dollar signs
    "savefig.dpi": 200,
}


@dataclass(frozen=True, kw_only=True)
class Style:
    """A method's colour, which is its name's, and its marker, which tells settings apart."""

    colour: str
    marker: str


def styles(methods: Iterable[MethodChoice]) -> dict[MethodChoice, Style]:
    """Return every method's style; one name has one colour.

    The methods of ``COLOURED`` keep theirs whatever else is measured; others follow by name.
    """
    methods = set(methods)
    names = [*COLOURED, *sorted({method.name for method in methods} - {*COLOURED, GUESSING})]
    found = {}
    for name in {method.name for method in methods}:
        place = names.index(name) if name != GUESSING else 0
        colour = GREY if name == GUESSING else _PALETTE[place % len(_PALETTE)]
        variants = sorted((m for m in methods if m.name == name), key=str)
        for number, variant in enumerate(variants):
            marker = _MARKERS[(place + 3 * (place // len(_PALETTE)) + number) % len(_MARKERS)]
            found[variant] = Style(colour=colour, marker="*" if name == GUESSING else marker)
    return found


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with this project's settings alone, whatever the user's own are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


def new_figure(
    width: float, height: float, *, layout: Literal["constrained"] | None = None
) -> Figure:
    """Return an empty figure, in inches, that no window and no global state knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def to_bytes(figure: Figure, kind: str) -> bytes:
    """Return a figure as ``png`` or ``svg``, without a date or a version in it."""
    metadata = {
        "png": {"Software": "oneshot"},
        "svg": {"Creator": "oneshot", "Date": None},
    }
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=metadata[kind])
    return buffer.getvalue()
